import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, win32 } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Finding } from '../../../src/finding.ts'
import type { Host, RunResult } from '../../../src/host/host.ts'
import { createWindowsMachine } from '../../support/fake-registry.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { createTestHost } from '../../support/test-host.ts'

const machineKey = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment'
const policies = (root: string) => `${root}\\SOFTWARE\\Policies`
const preferences = 'Library/Managed Preferences/com.anthropic.claudecode.plist'
const mac = 'Library/Application Support/ClaudeCode/managed-settings.json'
const linux = 'etc/claude-code/managed-settings.json'
const windows = 'Program Files/ClaudeCode/managed-settings.json'

interface Row {
  readonly store: string
  readonly platform: 'linux' | 'darwin' | 'win32'
  /** Below the system's folder; a folder in the place of a file is one that nobody can read. */
  readonly folders?: readonly string[]
  readonly files?: Readonly<Record<string, string>>
  /** What a program of the system ends with, by its first words; undefined leaves it to the machine. */
  readonly run?: (command: string, args: readonly string[]) => RunResult | undefined
  /** As the findings name it; below the system's folder where it is a file. */
  readonly place: string
  readonly isFile?: true
  /** In the hint. */
  readonly next: string
}

const ended = (exit: number | null, stdout = ''): RunResult => ({ exit, stdout, stderr: '' })

const rows: readonly Row[] = [
  {
    store: 'preferences of a Mac that are none',
    platform: 'darwin',
    files: { [preferences]: 'bplist00 broken' },
    run: (command) => (command.endsWith('plutil') ? ended(1) : undefined),
    place: preferences,
    isFile: true,
    next: 'plutil -lint',
  },
  {
    store: 'preferences of a Mac without plutil',
    platform: 'darwin',
    files: { [preferences]: 'bplist00' },
    run: (command) => (command.endsWith('plutil') ? ended(null) : undefined),
    place: preferences,
    isFile: true,
    next: 'plutil -lint',
  },
  {
    store: 'preferences of a Mac that may not be read',
    platform: 'darwin',
    folders: [preferences],
    place: preferences,
    isFile: true,
    next: 'ls -l',
  },
  ...['HKLM', 'HKCU'].map(
    (root): Row => ({
      store: `a policy in ${root} that may not be read`,
      platform: 'win32',
      run: (command, [verb, key]) => {
        if (win32.basename(command) !== 'reg.exe' || verb !== 'query') return undefined
        if (key === policies(root))
          return ended(
            0,
            `\r\nHKEY_X\\SOFTWARE\\Policies\\ClaudeCode\r\nHKEY_X\\SOFTWARE\\Policies\\Else\r\n`,
          )
        return ended(1)
      },
      place: `${policies(root)}\\ClaudeCode\\Settings`,
      next: `reg query ${policies(root)}\\ClaudeCode`,
    }),
  ),
  {
    store: 'the variables of the user',
    platform: 'win32',
    run: (_, [verb, key]) => (verb === 'export' && key === 'HKCU\\Environment' ? ended(1) : undefined),
    place: 'HKCU\\Environment',
    next: 'reg query',
  },
  {
    store: 'the variables of the machine',
    platform: 'win32',
    run: (_, [verb, key]) => (verb === 'export' && key === machineKey ? ended(1) : undefined),
    place: machineKey,
    next: 'reg query',
  },
  ...(
    [
      ['linux', linux],
      ['darwin', mac],
      ['win32', windows],
    ] as const
  ).map(
    ([platform, path]): Row => ({
      store: `managed settings of ${platform} that may not be read`,
      platform,
      folders: [path],
      place: path,
      isFile: true,
      next: 'ls -l',
    }),
  ),
]

/** A home in which Claude Code is set up, and then what the row has. */
async function machineOf(row: Row): Promise<{ host: Host; place: string }> {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-unread-')))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  mkdirSync(join(home, '.claude'))
  const env = { HOME: home, PATH: '', SHELL: '/bin/bash' }
  const given =
    row.platform === 'win32'
      ? createWindowsMachine(home, {}, { systemFolder: home }).host
      : createTestHost(home, { env, platform: row.platform, systemFolder: home })
  const set = 'setup --tool claude-code --key-file - --yes --no-check'
  const done = await runInProcess(set, given)
  expect(done.exit, done.text).toBe(0)
  for (const path of row.folders ?? []) mkdirSync(join(home, path), { recursive: true })
  for (const [path, text] of Object.entries(row.files ?? {})) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  const run: Host['run'] = async (command, args, options) =>
    row.run?.(command, args) ?? given.run(command, args, options)
  return { host: { ...given, run }, place: row.isFile ? join(home, row.place) : row.place }
}

const commands = [
  'doctor --no-check',
  'lint',
  'status',
  'setup --tool claude-code --region eu --key-file - --yes --no-check --dry-run',
] as const

describe.each(rows)('given $store', (row) => {
  it.each(commands)('%s says that it could not be read, and what to look at', async (line) => {
    const { host, place } = await machineOf(row)
    const { text } = await runInProcess(line, host)
    const said = JSON.parse(text) as { findings?: Finding[]; data: { findings?: Finding[] } }
    const all = [...(said.findings ?? []), ...(said.data.findings ?? [])]
    const found = all.filter(({ where }) => where?.file === place)
    const level = line.startsWith('setup') || line === 'status' ? 'warning' : 'failed'
    expect(found.map((one) => [one.id, one.level])).toEqual([['could-not-look', level]])
    expect(String(found[0]?.message)).toMatch(/^.+\. Values there may beat this setup\.$/)
    expect(String(found[0]?.message)).toContain(place)
    expect(String(found[0]?.hint).replaceAll("'", '')).toContain(row.next)
  })
})

/** What is there and can be read, or is not there at all: nothing is said of it. */
const fine: readonly (Omit<Row, 'place' | 'next'> & { readonly place?: string })[] = [
  { store: 'no policies', platform: 'win32' },
  {
    store: 'a key of policies without settings for this client',
    platform: 'win32',
    run: (_, [verb, key]) => {
      if (verb !== 'query') return undefined
      if (key === policies('HKLM'))
        return ended(0, '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCode\r\n')
      return key === `${policies('HKLM')}\\ClaudeCode` ? ended(0) : ended(1)
    },
  },
  {
    store: 'policies of others whose names begin alike',
    platform: 'win32',
    run: (_, [verb, key]) =>
      verb === 'query' && key === policies('HKLM')
        ? ended(
            0,
            '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\ClaudeCodeOther\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\MyClaudeCode\r\n',
          )
        : undefined,
  },
  { store: 'no preferences', platform: 'darwin' },
  {
    store: 'preferences that can be read',
    platform: 'darwin',
    files: { [preferences]: 'bplist00' },
    run: (command) => (command.endsWith('plutil') ? ended(0, '{}') : undefined),
  },
  { store: 'managed settings that can be read', platform: 'linux', files: { [linux]: '{}' } },
]

describe.each(fine)('given $store', (row) => {
  it.each(commands)('%s says nothing of the kind', async (line) => {
    const { host } = await machineOf({ ...row, place: '', next: '' })
    const { text } = await runInProcess(line, host)
    expect(text).not.toContain('could-not-look')
  })
})
