import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { LintFinding } from '../../../src/checks/lint/lint-context.ts'
import type { Finding } from '../../../src/finding.ts'
import type { Host } from '../../../src/host/host.ts'
import { createWindowsMachine, type RegistryKey } from '../../support/fake-registry.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

const wrong = 'https://eu.qcode.cc/api/v1'
const right = 'https://eu.qcode.cc/api'
const name = 'ANTHROPIC_BASE_URL'
const settings = JSON.stringify({ env: { [name]: wrong } })
const machineKey = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment'
const policy = (root: string) => `${root}\\SOFTWARE\\Policies\\ClaudeCode\\Settings`

interface Row {
  readonly where: string
  readonly platform: 'linux' | 'darwin' | 'win32'
  readonly user?: RegistryKey
  readonly machine?: RegistryKey
  /** What `reg query` answers. */
  readonly policies?: Readonly<Record<string, string>>
  /** Below the home, where the system's own folders are as well. */
  readonly files?: Readonly<Record<string, string>>
  /** As lint names it; below the home where it is a file. */
  readonly place: string
  readonly level: 'user' | 'system' | 'managed'
}

const plist = 'Library/Managed Preferences/com.anthropic.claudecode.plist'
const managed = 'etc/claude-code/managed-settings.json'
const more = 'etc/claude-code/managed-settings.d/10-a.json'

const rows: readonly Row[] = [
  {
    where: 'a variable of the user',
    platform: 'win32',
    user: { [name]: { sz: wrong } },
    place: `HKCU\\Environment\\${name}`,
    level: 'user',
  },
  {
    where: 'a variable of the user in which others count, spelled in another case',
    platform: 'win32',
    user: { Anthropic_Base_Url: { expand: wrong } },
    place: 'HKCU\\Environment\\Anthropic_Base_Url',
    level: 'user',
  },
  {
    where: 'a variable of the machine',
    platform: 'win32',
    machine: { [name]: { sz: wrong } },
    place: `${machineKey}\\${name}`,
    level: 'system',
  },
  ...['HKLM', 'HKCU'].map((root) => ({
    where: `a policy in ${root}`,
    platform: 'win32' as const,
    policies: { [policy(root)]: settings },
    place: policy(root),
    level: 'managed' as const,
  })),
  {
    where: 'what the management of a Mac sets',
    platform: 'darwin',
    files: { [plist]: settings },
    place: plist,
    level: 'managed',
  },
  {
    where: 'managed settings',
    platform: 'linux',
    files: { [managed]: settings },
    place: managed,
    level: 'managed',
  },
  {
    where: 'one more file of managed settings',
    platform: 'linux',
    files: { [more]: settings },
    place: more,
    level: 'managed',
  },
]

interface Situation {
  readonly host: Host
  readonly user: RegistryKey
  /** As the findings name it. */
  readonly place: string
}

/** Beside what the row has, a wrong base URL in a file of the user's own. */
function situationOf(row: Row): Situation {
  const home = mkdtempSync(join(tmpdir(), 'qcode-stores-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  for (const [path, text] of Object.entries({ ...row.files, '.claude/settings.json': settings })) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  const place = row.files ? join(home, row.place) : row.place
  if (row.platform === 'win32') {
    const windows = createWindowsMachine(home, structuredClone(row.user ?? {}), { systemFolder: home })
    Object.assign(windows.machine, row.machine)
    Object.assign(windows.asked, row.policies)
    return { host: windows.host, user: windows.user, place }
  }
  const host = createTestHost(home, {
    platform: row.platform,
    systemFolder: home,
    run: async (command, args) =>
      command.endsWith('plutil')
        ? { exit: 0, stdout: readFileSync(args.at(-1) ?? '', 'utf8'), stderr: '' }
        : { exit: 1, stdout: '', stderr: '' },
  })
  return { host, user: {}, place }
}

async function linted(line: string, host: Host, exit: number) {
  const ended = await runInProcess(line, host)
  expect(ended.exit, ended.text).toBe(exit)
  return JSON.parse(ended.text) as { data: { findings: LintFinding[] }; report: string; next: string[] }
}

describe('a wrong base URL', () => {
  it.each(rows)('in $where is told by lint, with who sets it', async (row) => {
    const { host, place } = situationOf(row)
    const { data, report, next } = await linted('lint', host, 3)
    const found = data.findings.filter(({ file }) => file === place)
    expect(found.map(({ rule, level, url, fix }) => [rule, level, url, fix])).toEqual([
      ['doubled-v1', row.level, wrong, right],
    ])
    expect(report.includes(`(${row.level}:`)).toBe(row.level !== 'user')
    // The user's own file can be corrected, and what an administrator sets cannot.
    expect(next.join(' ')).toContain(row.level === 'user' ? '2 problems' : '1 problem')
  })

  it.each(rows)('in $where is corrected by lint --fix where it is the user’s own', async (row) => {
    const { host, user, place } = situationOf(row)
    const isOwn = row.level === 'user'
    const { data } = await linted('lint --fix --yes', host, isOwn ? 0 : 3)
    expect(data.findings.map(({ file }) => file)).toEqual(isOwn ? [] : [place])
    expect(readFileSync(join(host.home, '.claude/settings.json'), 'utf8')).toContain(`"${right}"`)
    for (const path of Object.keys(row.files ?? {}))
      expect(readFileSync(join(host.home, path), 'utf8')).toBe(settings)
    if (row.user) {
      const own = Object.entries(row.user).map(([each, value]) => [
        each,
        { [Object.keys(value)[0] ?? '']: right },
      ])
      expect(user).toEqual(Object.fromEntries(own))
      await linted('undo --yes', host, 0)
      expect(user).toEqual(row.user)
    }
  })

  it.each(rows)(
    'in $where is told once by doctor, which promises no correction that is not to be had',
    async (row) => {
      const { host, place } = situationOf(row)
      const { text } = await runInProcess('doctor --no-check', host)
      const { findings } = (JSON.parse(text) as { data: { findings: Finding[] } }).data
      const key = row.user ? 'HKCU\\Environment' : row.machine ? machineKey : place
      const found = findings.filter(
        ({ id, where, level }) =>
          level === 'error' && /^(lint|base-url)-/.test(id) && [place, key].includes(where?.file ?? ''),
      )
      expect(found.map(({ tool }) => tool)).toEqual(
        found.map(({ tool }, index) => (index === 0 ? tool : 'never')),
      )
      expect(found).toHaveLength(1)
      expect(String(found[0]?.hint).includes('lint --fix')).toBe(row.level === 'user')
    },
  )
})

describe('a wrong base URL that this program was started with', () => {
  it('is told once by doctor where it is a variable of the user', async () => {
    const [row] = rows as [Row]
    const { host } = situationOf(row)
    const started = { ...host, env: { ...host.env, [name]: wrong } }
    rmSync(join(host.home, '.claude/settings.json'))
    const { text } = await runInProcess('doctor --no-check --tool claude-code', started)
    const { findings } = (JSON.parse(text) as { data: { findings: Finding[] } }).data
    const found = findings.filter(({ id }) => /^(lint|base-url)-/.test(id))
    expect(found.map(({ id, where }) => [id, where?.file])).toEqual([
      ['base-url-doubled-v1', 'HKCU\\Environment'],
    ])
    expect(String(found[0]?.hint)).toContain('qcode-setup lint --fix')
  })
})

describe('an old key', () => {
  const old = `cr_${'fedcba9876543210'.repeat(4)}`
  const withKey = JSON.stringify({ env: { MY_KEY: old } })

  it.each<[string, Partial<Row>, string]>([
    ['a variable of the user', { user: { MY_KEY: { sz: old } } }, 'HKCU\\Environment\\MY_KEY'],
    ['a variable of the machine', { machine: { MY_KEY: { sz: old } } }, `${machineKey}\\MY_KEY`],
    ['a policy', { policies: { [policy('HKLM')]: withKey } }, policy('HKLM')],
    ['preferences of a Mac', { platform: 'darwin', files: { [plist]: withKey } }, plist],
    ['managed settings', { platform: 'linux', files: { [managed]: withKey } }, managed],
    ['one more file of managed settings', { platform: 'linux', files: { [more]: withKey } }, more],
  ])('in %s is told by key rotate', async (where, changes, named) => {
    const row: Row = { where, platform: 'win32', place: named, level: 'managed', ...changes }
    const { host, place } = situationOf(row)
    const reading = (key: string): Host => ({ ...host, readStdin: async () => Buffer.from(`${key}\n`) })
    const set = 'setup --tool openai-sdk --key-file - --yes --no-check'
    expect(await runInProcess(set, reading(old))).toMatchObject({ exit: 0 })
    const { text } = await runInProcess('key rotate --key-file - --yes --no-check', reading(testKey))
    const { data } = JSON.parse(text) as { data: { elsewhere: { file: string }[] } }
    expect(data.elsewhere.map(({ file }) => file)).toEqual([place])
    expect(text).not.toContain(old)
  })
})
