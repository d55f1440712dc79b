import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { en } from '../../src/texts/en.ts'
import { zhCN } from '../../src/texts/zh-CN.ts'
import { readTree } from '../support/home-tree.ts'
import { installs, type StandIns, standIns } from '../support/install-stand-in.ts'
import { isAlive } from '../support/is-alive.ts'
import { makeHome, runProgram, sampleKey } from '../support/run-program.ts'
import { keys, startTerminal } from '../support/terminal.ts'
import { testKey } from '../support/test-host.ts'

let home = ''
let drop = () => {}
let programs: StandIns

beforeEach(() => {
  ;({ home, drop } = makeHome())
  programs = standIns(home)
})
afterEach(() => drop())

const install = (...args: readonly string[]) =>
  runProgram(['--no-check', '--region', 'eu', ...args], {
    home,
    env: { PATH: programs.path, QCODE_API_KEY: sampleKey },
  })

const written = () => Object.keys(readTree(home)).filter((path) => !path.startsWith('.local'))

interface Row {
  readonly title: string
  /** Programs that are there, with what they do. */
  readonly there: Readonly<Record<string, string>>
  readonly args: readonly string[]
  readonly exit: number
  readonly calls: readonly string[]
  readonly says?: string
  /** Whether the tool is configured at the end. */
  readonly writes: boolean
}

const npm = 'npm install -g --no-fund --no-audit'

const rows: readonly Row[] = [
  {
    title: 'the client is there: nothing is run',
    there: { npm: '', codex: '' },
    args: ['--tool', 'codex', '--install', '--yes'],
    ...{ exit: 0, calls: [], writes: true },
  },
  {
    title: 'two clients are missing: one after the other',
    there: { npm: `${installs('codex')}; ${installs('cline')}` },
    args: ['--tool', 'codex,cline', '--install', '--yes'],
    ...{ exit: 0, calls: [`${npm} cline`, `${npm} @openai/codex`], writes: true },
  },
  {
    title: 'a mirror by its name, for npm',
    there: { npm: installs('codex') },
    args: ['--tool', 'codex', '--install', '--yes', '--registry', 'china'],
    ...{ exit: 0, calls: [`${npm} --registry https://registry.npmmirror.com @openai/codex`], writes: true },
  },
  {
    title: 'pipx, with the mirror of the same name',
    there: { pipx: installs('aider'), uv: '' },
    args: ['--tool', 'aider', '--install', '--yes', '--registry', 'china'],
    exit: 0,
    calls: ['pipx install --index-url https://pypi.tuna.tsinghua.edu.cn/simple aider-chat'],
    writes: true,
  },
  {
    title: 'no pipx: uv installs the same',
    there: { uv: installs('aider') },
    args: ['--tool', 'aider', '--install', '--yes'],
    ...{ exit: 0, calls: ['uv tool install aider-chat'], writes: true },
  },
  {
    title: 'neither: says so, with the line, and configures',
    there: {},
    args: ['--tool', 'aider', '--install', '--yes'],
    ...{ exit: 0, calls: [], says: 'To install it yourself: pipx install aider-chat', writes: true },
  },
  {
    title: 'a line that no installer has is only shown',
    there: { npm: '', cargo: '' },
    args: ['--tool', 'aichat', '--install', '--yes', '--model', 'claude-9'],
    ...{ exit: 0, calls: [], says: 'To install it yourself: cargo install aichat', writes: true },
  },
  {
    title: 'a library has no client to install',
    there: { npm: '' },
    args: ['--tool', 'openai-sdk', '--install', '--yes'],
    ...{ exit: 0, calls: [], writes: true },
  },
  {
    title: 'a dry run tells what would be installed',
    there: { npm: installs('codex') },
    args: ['--tool', 'codex', '--install', '--dry-run'],
    ...{ exit: 0, calls: [], says: 'Would install Codex CLI: npm install -g', writes: false },
  },
  {
    title: 'Node.js is too old: told before anything is installed, of the other tool neither',
    there: { npm: installs('codex'), node: 'echo v20.19.0' },
    args: ['--tool', 'codex,qwen-code', '--model', 'claude-9', '--install', '--yes'],
    ...{ exit: 1, calls: ['node --version'], says: 'needs Node.js >=22.0.0', writes: false },
  },
  {
    title: 'Node.js is new enough',
    there: { npm: installs('qwen'), node: 'echo v22.1.0' },
    args: ['--tool', 'qwen-code', '--model', 'claude-9', '--install', '--yes'],
    ...{ exit: 0, calls: ['node --version', `${npm} @qwen-code/qwen-code`], writes: true },
  },
  {
    title: 'a folder that is not the user’s: never sudo, and how to do without',
    there: { npm: 'echo "npm error code EACCES" >&2; exit 243', sudo: '' },
    args: ['--tool', 'codex', '--install', '--yes'],
    ...{ exit: 1, calls: [`${npm} @openai/codex`], says: 'npm config set prefix', writes: false },
  },
  {
    title: 'the second of two fails: the first stays, nothing is configured',
    there: { npm: `case "$*" in *codex) exit 1 ;; esac; ${installs('cline')}` },
    args: ['--tool', 'codex,cline', '--install', '--yes'],
    exit: 1,
    calls: [`${npm} cline`, `${npm} @openai/codex`],
    says: 'Codex CLI could not be installed',
    writes: false,
  },
  {
    title: 'installed where PATH does not lead: configured, with a warning',
    there: { npm: '' },
    args: ['--tool', 'codex', '--install', '--yes'],
    ...{ exit: 0, calls: [`${npm} @openai/codex`], says: 'but codex is not in PATH', writes: true },
  },
  {
    title: 'a failing npm without a word',
    there: { npm: 'exit 9' },
    args: ['--tool', 'codex', '--install', '--yes'],
    ...{ exit: 1, calls: [`${npm} @openai/codex`], says: 'could not be installed', writes: false },
  },
  ...[
    'ftp://x',
    'http://registry.example',
    'https://me:pw@registry.example',
    'https://x/$(id)',
    'nowhere',
  ].map((registry) => ({
    title: `--registry ${registry} is refused`,
    there: { npm: installs('codex') },
    args: ['--tool', 'codex', '--install', '--yes', '--registry', registry],
    ...{ exit: 2, calls: [], says: 'china', writes: false },
  })),
  {
    title: '--registry alone is refused',
    there: { npm: '' },
    args: ['--tool', 'codex', '--yes', '--registry', 'china'],
    ...{ exit: 2, calls: [], says: '--registry is for --install', writes: false },
  },
  {
    title: 'one address for npm and pipx is refused',
    there: { npm: '', pipx: '' },
    args: ['--tool', 'codex,aider', '--install', '--yes', '--registry', 'http://127.0.0.1:9/'],
    ...{ exit: 2, calls: [], says: 'two runs', writes: false },
  },
]

describe('setup --install', () => {
  it.each(rows.map((row) => [row.title, row] as const))('given %s', async (_, row) => {
    for (const [name, script] of Object.entries(row.there)) programs.add(name, script)
    const { exit, stdout, stderr } = await install(...row.args)
    expect([exit, stdout + stderr]).toEqual([row.exit, expect.stringContaining(row.says ?? '')])
    const ofInstallers = programs.calls().filter((call) => !/^(codex|cline|aider|qwen) /.test(call))
    expect(ofInstallers).toEqual(row.calls)
    expect(written().length > 0).toBe(row.writes)
    expect(stdout + stderr).not.toContain(sampleKey)
  })

  it('in JSON, tells of each tool', async () => {
    programs.add('npm', installs('codex'))
    const { exit, stdout } = await install('--tool', 'codex', '--install', '--yes', '--json')
    expect(exit).toBe(0)
    expect(JSON.stringify(JSON.parse(stdout).notes)).toContain('Codex CLI has been installed.')
  })
})

describe('setup --install on a terminal', () => {
  const start = (LANG: string) => {
    programs.add('npm', installs('codex'))
    return startTerminal({
      home,
      args: ['--tool', 'codex', '--region', 'eu', '--no-check', '--install'],
      env: { LANG, PATH: `${programs.folder}:/usr/bin:/bin`, QCODE_API_KEY: testKey },
    })
  }

  it.each([
    ['en_US.UTF-8', en],
    ['zh_CN.UTF-8', zhCN],
  ])('asks first, shows the line, and goes on without where the answer is no (%s)', async (LANG, texts) => {
    const run = start(LANG)
    await run.question(texts['install.ask']({ tools: ['Codex CLI'] }))
    expect(run.screen().replace(/\s+/g, '')).toContain(`${npm} @openai/codex`.replace(/\s+/g, ''))
    expect(programs.calls()).toEqual([])
    run.press('n', keys.enter)
    await run.question(texts['ask.confirm'])
    expect(programs.calls()).toEqual([])
    run.press(keys.ctrlC)
    expect(await run.exit).toBe(130)
  })

  it('installs after a yes, and the line of the same command says so', async () => {
    const run = start('en_US.UTF-8')
    await run.question(en['install.ask']({ tools: ['Codex CLI'] }))
    run.press(keys.enter)
    await run.question(en['ask.confirm'])
    expect(programs.calls()).toEqual([`${npm} @openai/codex`])
    run.press(keys.enter)
    expect(await run.exit).toBe(0)
    expect(run.screen().replace(/\s+/g, '')).toContain('--install')
  })

  it('is stopped by Ctrl-C, npm with it, and nothing is written', async () => {
    const run = start('en_US.UTF-8')
    programs.add('npm', `echo $$ > "$here/pid"; exec /bin/sleep 60`)
    await run.question(en['install.ask']({ tools: ['Codex CLI'] }))
    run.press(keys.enter)
    await run.waitFor(en['install.progress']({ command: `${npm} @openai/codex` }))
    run.press(keys.ctrlC)
    expect(await run.exit).toBe(130)
    expect(isAlive(Number(readFileSync(join(programs.folder, 'pid'), 'utf8')))).toBe(false)
    expect(written()).toEqual([])
  })
})
