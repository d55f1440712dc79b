import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Host } from '../../../src/host/host.ts'
import { type HomeTree, readTree, usersPart } from '../../support/home-tree.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

const settings = 'etc/claude-code/managed-settings.json'
const codex = 'etc/codex/managed_config.toml'
const login = 'etc/profile.d/qcode-setup.sh'
const service = 'etc/environment.d/60-qcode-setup.conf'
const tools = 'claude-code,codex,openai-sdk'
const setUp = `setup --scope managed --tool ${tools} --region eu --yes --no-check`

/** A computer of its own, with the home of an administrator who has settings and a tool folder; gone when the test is over. */
function makeComputer(files: Readonly<Record<string, string>> = {}, changes: Partial<Host> = {}): Host {
  const folder = mkdtempSync(join(tmpdir(), 'qcode-managed-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const home = join(folder, 'root')
  mkdirSync(home)
  const own = {
    'root/.claude/settings.json': '{"env": {"ANTHROPIC_BASE_URL": "https://proxy.example"}}',
    'root/.config/qcode-setup/tools/mine/tool.toml': 'no tool at all',
  }
  for (const [path, text] of Object.entries({ ...own, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const env = { HOME: home, PATH: '', CLAUDE_CONFIG_DIR: join(home, 'elsewhere'), ANTHROPIC_API_KEY: testKey }
  return createTestHost(home, { env, systemFolder: folder, ...changes })
}

const treeOf = ({ systemFolder }: Host): HomeTree => usersPart(readTree(systemFolder))
const without = (tree: HomeTree, start: string) =>
  Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith(start)))
const text = (host: Host, path: string) => readFileSync(join(host.systemFolder, path), 'utf8')

/** What an administrator has on a computer before. */
const states: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  fresh: {},
  "the administrator's own settings": {
    [settings]: '{ "permissions": { "deny": ["WebFetch"] },  "env": {"HTTP_TIMEOUT": "5"} }',
    [codex]: '# ours\nsandbox_mode = "read-only"\n',
    'etc/environment.d/10-site.conf': 'SITE=1\n',
  },
  'another base URL that is replaced': {
    [settings]: '{"env": {"ANTHROPIC_BASE_URL": "https://old.example", "A": "1"}}\n',
  },
}

describe.each(Object.entries(states))('given %s', (_, files) => {
  it('when it is set up, then every user can read it, no key is in it, and undo gives back every byte', async () => {
    const host = makeComputer(files)
    const before = treeOf(host)
    expect((await runInProcess(setUp, host)).exit).toBe(0)
    const after = treeOf(host)
    for (const path of [settings, codex, login, service]) {
      expect(after[path]?.mode, path).toBe(0o644)
      expect(text(host, path)).toContain('https://eu.qcode.cc')
      expect(text(host, path)).not.toContain(testKey)
    }
    expect(without(after, 'root')).toHaveProperty(
      ['var/lib/qcode-setup'],
      expect.objectContaining({ mode: 0o700 }),
    )
    expect(after).toMatchObject(
      Object.fromEntries(Object.entries(before).filter(([path]) => /^root/.test(path))),
    )
    expect((await runInProcess('undo --scope managed --yes', host)).exit).toBe(0)
    expect(without(treeOf(host), 'var')).toEqual(before)
  })

  it('when it is set up, moved and removed, then the computer is as it was', async () => {
    const host = makeComputer(files)
    const before = treeOf(host)
    await runInProcess(setUp, host)
    expect((await runInProcess('switch us --scope managed --yes --no-check', host)).exit).toBe(0)
    for (const path of [settings, codex, login, service])
      expect(text(host, path)).toContain('https://us.qcode.cc')
    expect((await runInProcess('remove --scope managed --yes', host)).exit).toBe(0)
    expect(without(treeOf(host), 'var')).toEqual(before)
  })

  it('when it is only tried, then nothing is written', async () => {
    const host = makeComputer(files)
    const before = treeOf(host)
    expect((await runInProcess(`${setUp} --dry-run`, host)).exit).toBe(0)
    expect(treeOf(host)).toEqual(before)
  })

  it('when it is exported, then applying that finds nothing to do, and a change by hand is drift', async () => {
    const host = makeComputer(files)
    await runInProcess(setUp, host)
    const { text: exported } = await runInProcess('export --scope managed --format json', host)
    const file = join(host.systemFolder, 'computer.json')
    writeFileSync(file, JSON.stringify(JSON.parse(exported).data.file))
    const check = `apply ${file} --scope managed --check --no-check`
    expect((await runInProcess(check, host)).exit).toBe(0)
    const drifted = text(host, settings).replace('https://eu.', 'https://us.')
    writeFileSync(join(host.systemFolder, settings), drifted)
    expect((await runInProcess('status --scope managed --json', host)).text).toContain('changed')
    expect((await runInProcess(check, host)).exit).toBe(3)
    expect((await runInProcess('remove --scope managed --yes', host)).exit).toBe(0)
    expect(text(host, settings)).toContain('https://us.qcode.cc')
  })
})

describe("an administrator's own account", () => {
  it('given settings of root and of the computer, when both are set up, then each is in its own state', async () => {
    const host = makeComputer({ 'root/.claude/settings.json': '{}' }, { env: { HOME: '/none', PATH: '' } })
    await runInProcess(setUp, host)
    const own = await runInProcess('setup --tool claude-code --region us --key-file - --yes --no-check', host)
    expect(own.exit).toBe(0)
    // The computer's settings win, and root is told so.
    expect(own.text).toContain('base-url-managed')
    expect((await runInProcess('status --json', host)).text).not.toContain('"scope":"managed"')
    await runInProcess('remove --yes', host)
    expect(text(host, settings)).toContain('https://eu.qcode.cc')
  })
})

describe("a relay of the company's own", () => {
  const relay = 'https://relay.corp.example'
  const list = 'var/lib/qcode-setup-gateways.json'

  /** A computer that root set up for a relay, and one of its users, who has a key for it. */
  async function makeFleetComputer(): Promise<{ admin: Host; user: Host }> {
    const admin = makeComputer({ 'alice/.bashrc': '' })
    const line = `setup --scope managed --tool ${tools} --gateway ${relay} --yes --no-check`
    expect((await runInProcess(line, admin)).exit).toBe(0)
    const home = join(admin.systemFolder, 'alice')
    const env = { HOME: home, PATH: '', SHELL: '/bin/bash' }
    const uid = process.getuid?.()
    return {
      admin,
      user: createTestHost(home, { env, systemFolder: admin.systemFolder, ...(uid && { uid }) }),
    }
  }

  const setUpUser = 'setup --tool claude-code --region eu --key-file - --yes --no-check'

  it('when a user sets a tool up and asks doctor, then it is the administrator’s, and nothing foreign', async () => {
    const { admin, user } = await makeFleetComputer()
    expect(text(admin, list)).toContain(relay)
    expect(treeOf(admin)[list]?.mode).toBe(0o644)
    expect(await runInProcess(setUpUser, user)).toMatchObject({ exit: 0 })
    const { exit, text: said } = await runInProcess('doctor --no-check --json', user)
    expect(exit).toBe(0)
    expect(said).toContain(`${relay}/api, set by your administrator in ${join(admin.systemFolder, settings)}`)
    // What the user has beneath is named.
    expect(said).toContain('base-url-managed')
    expect(said).not.toMatch(/key-to-stranger|base-url-elsewhere/)
  })

  it.each<[what: string, change: (system: string) => void]>([
    ['others may write the list', (system) => chmodSync(join(system, list), 0o666)],
    ['others may write its folder', (system) => chmodSync(join(system, 'var/lib'), 0o777)],
    [
      'it is a link',
      (system) => {
        renameSync(join(system, list), join(system, 'alice/list'))
        symlinkSync(join(system, 'alice/list'), join(system, list))
      },
    ],
    ['it is not ours to read', (system) => writeFileSync(join(system, list), '[')],
    [
      'it has another gateway',
      (system) => writeFileSync(join(system, list), '{"gateways": ["https://other.example"]}'),
    ],
  ])('when %s, then it is not believed, and the key is called leaked', async (_, change) => {
    const { admin, user } = await makeFleetComputer()
    change(admin.systemFolder)
    const ended = await runInProcess(setUpUser, user)
    expect(ended).toMatchObject({ exit: 3, text: expect.stringContaining(relay) })
  })

  it.each([
    'remove --scope managed --yes',
    'undo --scope managed --yes',
    'switch us --scope managed --yes --no-check',
  ])('when root types %s, then the list says no more than what is set up', async (line) => {
    const { admin } = await makeFleetComputer()
    expect((await runInProcess(line, admin)).exit).toBe(0)
    const { [list]: left } = treeOf(admin)
    if (line.startsWith('switch'))
      expect(JSON.parse(left?.bytes ?? '').gateways).toEqual(['https://us.qcode.cc'])
    else expect(left).toBeUndefined()
  })
})

describe('what is refused, with nothing written', () => {
  it.each([
    'setup --scope managed --tool codex --yes --no-check',
    'status --scope managed',
    'switch us --scope managed --yes',
    'undo --scope managed --yes',
    'remove --scope managed --yes',
    'export --scope managed',
    'apply FILE --scope managed --yes',
  ])('given a user who is not root, when %s, then exit 2', async (line) => {
    const host = makeComputer({}, { uid: 1000 })
    const before = treeOf(host)
    const ended = await runInProcess(line, host)
    expect(ended).toMatchObject({ exit: 2, text: expect.stringContaining('sudo qcode-setup') })
    expect(treeOf(host)).toEqual(before)
  })

  it.each([
    ['a key file', `${setUp} --key-file -`],
    ['a key in the files', `${setUp} --key-store file`],
    ['a key in the keychain', `${setUp} --key-store keychain`],
    ['a tool without such a place', 'setup --scope managed --tool cline --yes --no-check'],
    [
      'a file for a user',
      'apply FILE --scope managed --yes --no-check',
      'tools = [{ id = "codex", scope = "user" }]',
    ],
    [
      'a file that keeps the key',
      'apply FILE --scope managed --yes',
      'key_store = "file"\ntools = ["codex"]',
    ],
    ['a file for the computer, without the flag', 'apply FILE --yes', 'scope = "managed"\ntools = ["codex"]'],
  ])('given %s, then exit 2', async (_, line, file = '') => {
    const host = makeComputer({ 'setup.toml': file })
    const before = treeOf(host)
    const ended = await runInProcess(line.replace('FILE', join(host.systemFolder, 'setup.toml')), host)
    expect(ended.exit).toBe(2)
    expect(treeOf(host)).toEqual(before)
  })

  it('given a stronger file that leads elsewhere, then exit 3 names it', async () => {
    const stronger = 'etc/claude-code/managed-settings.d/50-proxy.json'
    const host = makeComputer({ [stronger]: '{"env": {"ANTHROPIC_BASE_URL": "https://proxy.example"}}' })
    const before = treeOf(host)
    const ended = await runInProcess(setUp, host)
    expect(ended).toMatchObject({ exit: 3, text: expect.stringContaining('proxy.example') })
    expect(treeOf(host)).toEqual(before)
  })
})

describe('the places of each platform', () => {
  it.each([
    ['darwin', 'Library/Application Support/ClaudeCode/managed-settings.json', 'Library/Application Support'],
    ['win32', 'Program Files/ClaudeCode/managed-settings.json', 'ProgramData'],
  ] as const)('given %s, when Claude Code is set up, then it is in %s', async (platform, place, state) => {
    const host = makeComputer({}, { platform })
    const line = 'setup --scope managed --tool claude-code --region eu --yes --no-check'
    expect((await runInProcess(line, host)).exit).toBe(0)
    expect(JSON.parse(text(host, place))).toEqual({ env: { ANTHROPIC_BASE_URL: 'https://eu.qcode.cc/api' } })
    expect(text(host, `${state}/qcode-setup/ledger.json`)).toContain('managed')
  })

  it('given macOS, when variables are set up, then its shells read them', async () => {
    const host = makeComputer({ 'etc/zshenv': '# site\n' }, { platform: 'darwin' })
    const line = 'setup --scope managed --tool openai-sdk --region eu --yes --no-check'
    expect((await runInProcess(line, host)).exit).toBe(0)
    for (const profile of ['etc/zshenv', 'etc/profile'])
      expect(text(host, profile)).toContain('qcode-setup/env.sh')
    expect((await runInProcess('remove --scope managed --yes', host)).exit).toBe(0)
    expect(text(host, 'etc/zshenv')).toBe('# site\n')
  })

  it.each(['codex', 'openai-sdk'])('given Windows, when %s is asked for, then exit 2', async (tool) => {
    const host = makeComputer({}, { platform: 'win32' })
    const line = `setup --scope managed --tool ${tool} --yes --no-check`
    expect((await runInProcess(line, host)).exit).toBe(2)
  })
})
