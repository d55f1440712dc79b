import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createCommitter } from '../../../src/apply/committer.ts'
import { askWhatNext } from '../../../src/commands/what-next.ts'
import type { Host, RunOptions } from '../../../src/host/host.ts'
import { fieldsOf } from '../../../src/request/fields.ts'
import { folderFlags } from '../../../src/request/folder-flags.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'
import { createAnsweringHost } from '../wizard/answering-host.ts'
import { examine } from './doctor-home.ts'

interface Started {
  readonly command: string
  readonly args: readonly string[]
  readonly options: RunOptions
}

interface Setting {
  readonly env?: Readonly<Record<string, string>>
  readonly platform?: NodeJS.Platform
  /** Below the root of the system. */
  readonly files?: readonly string[]
  readonly wslConf?: string
  readonly exit?: number
}

/** A home in the Linux of a Windows; the drives of that are below the folder of the system. */
function wsl({
  env = { WSL_DISTRO_NAME: 'Debian' },
  platform = 'linux',
  files = [],
  wslConf,
  exit = 0,
}: Setting) {
  const root = mkdtempSync(join(tmpdir(), 'qcode-wsl-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const home = join(root, 'home/ada')
  mkdirSync(home, { recursive: true })
  for (const file of files) write(join(root, file), '')
  if (wslConf !== undefined) write(join(root, 'etc/wsl.conf'), wslConf)
  const started: Started[] = []
  const run: Host['run'] = async (command, args, options = {}) => {
    started.push({ command, args, options })
    return { exit: command.endsWith('cmd.exe') ? exit : 1, stdout: '', stderr: '' }
  }
  const surroundings = { HOME: home, PATH: '', SHELL: '/bin/bash', QCODE_API_KEY: testKey, ...env }
  const host = createTestHost(home, { env: surroundings, platform, systemFolder: root, run })
  return { root, host, onWindows: () => started.filter(({ command }) => command.endsWith('cmd.exe')) }
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

const cmd = 'mnt/c/Windows/System32/cmd.exe'
const codexThere = 'mnt/c/Users/Ada L/.codex/config.toml'
const claudeThere = 'mnt/c/Users/Ada L/AppData/Roaming/npm/claude.cmd'
const setup = 'setup --tool codex --region eu --yes --no-check'

describe('in WSL, doctor', () => {
  it('says which clients Windows has of its own, and for whom', async () => {
    const { root, host } = wsl({ files: [codexThere, claudeThere, 'mnt/c/Users/Public/.codex/config.toml'] })
    const { findings } = await examine(host)
    const found = findings.filter(({ id }) => id === 'windows-has-its-own')
    expect(found.map(({ message }) => String(message))).toEqual([
      `Windows has its own Claude Code and Codex CLI (${join(root, 'mnt/c/Users/Ada L')}), which settings of this Linux don't reach.`,
    ])
    expect(String(found[0]?.hint)).toContain('qcode-setup --tool claude-code --tool codex --also-windows')
  })

  it.each<[string, Setting, number]>([
    [
      'where drives are mounted elsewhere',
      { wslConf: '[boot]\nroot = /x\n[automount]\nroot = "/win"\n', files: ['win/c/Users/ada/.codex/x'] },
      1,
    ],
    ['by the other variable', { env: { WSL_INTEROP: '/run/WSL/8_interop' }, files: [codexThere] }, 1],
    ['not on another Linux', { env: {}, files: [codexThere] }, 0],
    ['not on macOS', { platform: 'darwin', files: [codexThere] }, 0],
    ['not where Windows has none', { files: ['mnt/c/Users/ada/Documents/x'] }, 0],
  ])('says it %s', async (_, setting, count) => {
    const { findings } = await examine(wsl(setting).host)
    expect(findings.filter(({ id }) => id === 'windows-has-its-own')).toHaveLength(count)
  })

  it('takes no program of Windows for a client of Linux', async () => {
    const { root, host } = wsl({})
    const folder = join(root, 'mnt/c/npm')
    write(join(folder, 'codex'), '')
    const { tools } = await examine({ ...host, env: { ...host.env, PATH: '/mnt/c/npm' } })
    expect(tools).toEqual([])
  })
})

describe('in WSL, the wizard', () => {
  it.each([
    ['says what Windows has, before it asks anything', [codexThere], 1],
    ['says nothing where Windows has none', [], 0],
  ] as const)('%s', async (_, files, count) => {
    const { host } = wsl({ files })
    const { env, systemFolder } = host
    const terminal = createAnsweringHost(host.home, { env, systemFolder })
    const context = { host: terminal.host, catalog: testCatalog, committer: createCommitter(host, true) }
    const asked: string[] = []
    const setUp = async () => {
      asked.push(terminal.shown())
      return { exit: 0, findings: [], data: {}, report: '' } as const
    }
    await askWhatNext({ values: {}, switches: new Set(), positionals: [] }, context, setUp)
    expect(asked).toHaveLength(1)
    expect(asked[0]?.match(/Windows has its own Codex CLI/g) ?? []).toHaveLength(count)
  })
})

describe('in WSL, setup', () => {
  it('tells whoever sets up a tool that Windows has one of its own', async () => {
    const { host } = wsl({ files: [codexThere] })
    const { exit, text } = await runInProcess(setup, host)
    expect(exit).toBe(0)
    expect(text).toContain('windows-has-its-own')
    expect(
      (await runInProcess(`${setup} --tool aider`.replace('--tool codex ', ''), host)).text,
    ).not.toContain('Windows')
  })

  it('with --also-windows runs the same there, with the key on standard input alone', async () => {
    const { root, host, onWindows } = wsl({ files: [cmd, codexThere] })
    const { exit, text } = await runInProcess(`${setup} --also-windows`, host)
    expect([exit, onWindows().length]).toEqual([0, 1])
    expect(text).toContain('windows-set-up')
    const [{ command, args, options } = {} as Started] = onWindows()
    expect(command).toBe(join(root, cmd))
    const [version = ''] = args.filter((word) => word.startsWith('qcode-setup@'))
    expect(args).toEqual([
      ...['/d', '/c', 'npx', '--yes', version],
      ...['--tool', 'codex', '--region', 'eu', '--no-check', '--key-file', '-', '--yes'],
    ])
    expect(options).toMatchObject({ input: `${testKey}\n`, cwd: join(root, 'mnt/c') })
    expect(JSON.stringify({ args, text })).not.toContain(testKey)
  })

  it.each<[string, Setting, string]>([
    ['where nothing can be started there', { files: [codexThere] }, ''],
    ['on a dry run', { files: [cmd, codexThere] }, ' --dry-run'],
    ['where a word is more than one for cmd.exe', { files: [cmd] }, ' --model a&b'],
  ])('prints the command %s', async (_, setting, more) => {
    const { host, onWindows } = wsl(setting)
    const { exit, text } = await runInProcess(`${setup} --also-windows${more}`, host)
    expect([exit, onWindows()]).toEqual([0, []])
    expect(text).toMatch(
      /In PowerShell on Windows, run: npx --yes qcode-setup@[\d.]+ --tool codex --region eu/,
    )
    expect(text).not.toContain(testKey)
  })

  it('with --name gives it the same name there', async () => {
    const { host, onWindows } = wsl({ files: [cmd] })
    for (const more of ['', ' --tool aider']) {
      const { exit } = await runInProcess(`${setup}${more} --name work --also-windows`, host)
      expect(exit).toBe(0)
    }
    for (const { args, options } of onWindows()) {
      expect(args.join(' ')).toContain(' --region eu --name work ')
      expect(options.input).toBe(`${testKey}\n`)
    }
    expect(onWindows()).toHaveLength(2)
  })

  it('says that it failed there, and what to type', async () => {
    const { host } = wsl({ files: [cmd], exit: 9 })
    const { exit, text } = await runInProcess(`${setup} --also-windows`, host)
    expect(exit).toBe(1)
    expect(text).toContain('exit code 9')
    expect(text).toContain('In PowerShell on Windows, run: npx')
  })

  it.each([
    ['elsewhere', { env: {} }, ''],
    ['for a project', {}, ' --scope project'],
  ] as const)('refuses --also-windows %s, before anything is written', async (_, setting, more) => {
    const { host } = wsl(setting)
    const { exit, text } = await runInProcess(`${setup} --also-windows${more}`, host)
    expect(exit).toBe(2)
    expect(text).toContain('--also-windows')
  })

  it.each([
    ['CODEX_HOME', '/mnt/c/Users/ada/.codex', true],
    ['CODEX_HOME', '/mnt/data/codex', false],
  ])('given %s=%s, refuses a folder of Windows: %s', async (name, value, isRefused) => {
    const { host } = wsl({ env: { WSL_DISTRO_NAME: 'Debian', [name]: value } })
    const { exit, text } = await runInProcess(`${setup} --dry-run`, host)
    expect([exit, text.includes('belongs to Windows')]).toEqual(isRefused ? [2, true] : [0, false])
  })
})

/** Each flag of setup: how it is typed, and what Windows gets of it. */
const flags: Readonly<Record<string, readonly [typed: string, there: string]>> = {
  tool: ['--tool aider', '--tool aider'],
  region: ['--region us', '--region us'],
  gateway: ['--gateway https://relay.example', '--gateway https://relay.example'],
  allowHttp: ['--gateway http://relay.example --allow-http', '--gateway http://relay.example --allow-http'],
  name: ['--name work', '--name work'],
  method: ['--tool aider --method env', '--tool aider --method env'],
  keyStore: ['--key-store env', '--key-store env'],
  model: ['--model some-model', '--model some-model'],
  unset: ['--unset model', '--unset model'],
  timeout: ['--timeout 5', '--timeout 5'],
  gitignore: ['--gitignore', '--gitignore'],
  restartDaemons: ['--restart-daemons', '--restart-daemons'],
  noCheck: ['--no-check', '--no-check'],
  // The user's own in any case.
  scope: ['--scope user', ''],
  // Of this system.
  shell: ['--shell zsh', ''],
  keyFile: ['--key-file -', ''],
  recover: ['--recover finish', ''],
  // Agreed to for what stands here.
  onConflict: ['--on-conflict overwrite', ''],
  allowTracked: ['--allow-tracked', ''],
  allowProblems: ['--allow-problems', ''],
  install: ['--install', ''],
  registry: ['--install --registry https://registry.example', ''],
  yes: ['--yes', ''],
  // How this run is told.
  dryRun: ['--dry-run', ''],
  alsoWindows: ['--also-windows', ''],
  exitCode: ['--exit-code', ''],
  diff: ['--diff', ''],
  quiet: ['--quiet', ''],
  json: ['--json', ''],
  lang: ['--lang en', ''],
}

/** Flags of tools' folders, of which all go along. */
const ofFolders = folderFlags(testCatalog).map(([name, { flag, value, choices }]) => {
  const id = name.slice(name.indexOf(':') + 1)
  const tool = name.startsWith('pin:')
    ? id
    : (testCatalog.tools.find(({ options }) => options.some((option) => option.id === id))?.id ?? '')
  const word = value === undefined ? '' : ` ${choices?.()[0] ?? '60000'}`
  const typed = `--tool ${tool} --${flag}${word}`
  return [name, [typed, typed]] as const
})

describe('a flag of setup', () => {
  it('is known to go along to Windows, or not to', () => {
    const names = fieldsOf('setup', testCatalog).map(([name]) => name)
    // Of macOS alone: it is refused in any Linux.
    const known = [...Object.keys(flags), ...ofFolders.map(([name]) => name), 'launchAgent']
    expect(known.toSorted()).toEqual(names.toSorted())
  })

  const usual = ['--tool codex', '--region eu', '--no-check']

  it.each([...Object.entries(flags), ...ofFolders])('%s goes along, or not', async (_, [typed, there]) => {
    const { host } = wsl({})
    const words = typed.split(/ (?=--)/)
    const others = usual.filter((one) => !words.some((word) => kindOf(word) === kindOf(one)))
    const line = ['setup', ...others, typed, '--also-windows --yes --dry-run'].join(' ')
    const { text } = await runInProcess(line, host)
    const [, command = text] = /run: npx --yes qcode-setup@[\d.]+ ([^"]*)"/.exec(text) ?? []
    const expected = [...others, ...there.split(/ (?=--)/)].filter(Boolean)
    expect(command.split(/ (?=--)/).toSorted()).toEqual(expected.toSorted())
  })
})

/** A region and a gateway are two ways to say one thing. */
function kindOf(words: string): string {
  return words.replace(/ .*/, '').replace('gateway', 'region')
}
