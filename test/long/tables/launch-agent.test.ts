import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Host } from '../../../src/host/host.ts'
import { readTree, usersPart } from '../../support/home-tree.ts'
import { findShell } from '../../support/real-shells.ts'
import { runInProcess } from '../../support/run-in-process.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'
import { createAnsweringHost } from '../../unit/wizard/answering-host.ts'

/** Every sign that XML, a shell or a path of theirs takes for its own. */
const oddApp = `R&D <It's> "Editor" $HOME; 张`
const oddHome = `张伟 O'Neil & "co" <$x>`

interface Setting {
  readonly home?: string
  readonly app?: string
  readonly platform?: NodeJS.Platform
  readonly shell?: string
}

/** A Mac with an application in the user's own folder, whose program writes down what it was started with. */
function mac({
  home: name = 'ada',
  app = 'Some Editor',
  platform = 'darwin',
  shell = '/bin/zsh',
}: Setting = {}) {
  const root = mkdtempSync(join(tmpdir(), 'qcode-agent-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const home = join(root, 'Users', name)
  const application = join(home, 'Applications', `${app}.app`)
  write(join(application, 'Contents/Info.plist'), '')
  const program = join(application, 'Contents/MacOS/Its Program')
  write(program, `#!/bin/sh\nenv >"$STARTED/env"\n${noteArguments('$$')}`, 0o755)
  // Of macOS: prints a value of a plist.
  write(
    join(root, 'bin/defaults'),
    `#!/bin/sh\n${noteArguments('$$')}${noteArguments('$PPID')}echo "Its Program"\n`,
    0o755,
  )
  const env = { HOME: home, PATH: '', SHELL: shell, QCODE_API_KEY: testKey }
  const host = createTestHost(home, { env, platform, systemFolder: root })
  return { root, home, app, application, program, host, agents: join(home, 'Library/LaunchAgents') }
}

const noteArguments = (process: string) => `tr '\\0' '\\n' </proc/${process}/cmdline >>"$STARTED/arguments"\n`

function write(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}

const words = (line: string) => line.split(' ')
const setUp = (app: string, line = '--tool openai-sdk') => [
  ...words(`setup ${line} --region eu --yes --no-check`),
  ...['--launch-agent', app],
]

/** The only file there, as the parser of Python's library reads it. */
function plistIn(host: Host): {
  readonly path: string
  readonly text: string
  readonly data: Record<string, unknown>
} {
  const folder = join(host.home, 'Library/LaunchAgents')
  const [name = '', ...more] = Object.keys(readTree(folder))
  expect(more).toEqual([])
  const script = 'import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], "rb"))))'
  const path = join(folder, name)
  const json = execFileSync('python3', ['-c', script, path], { encoding: 'utf8' })
  return { path, text: readFileSync(path, 'utf8'), data: JSON.parse(json) }
}

describe('a LaunchAgent', () => {
  it.each([
    ['Some Editor', 'cc.qcode.setup.some-editor'],
    ['some-editor', 'cc.qcode.setup.some_2d_editor'],
    ['张', 'cc.qcode.setup._5f20_'],
    [oddApp, `cc.qcode.setup.r_26_d-_3c_it_27_s_3e_-_22_editor_22_-_24_home_3b_-_5f20_`],
  ])('for %s is named so that a shell takes its name as it is', async (app, label) => {
    const { host, home, application } = mac({ app, home: oddHome })
    expect(await runInProcess(setUp(app), host)).toMatchObject({ exit: 0 })
    const { path, text, data } = plistIn(host)
    expect(basename(path)).toBe(`${label}.plist`)
    expect(text).not.toContain(testKey)
    const { ProgramArguments, ...rest } = data
    expect(rest).toEqual({ Label: label, ProcessType: 'Interactive', LimitLoadToSessionType: 'Aqua' })
    const file = join(home, '.config/qcode-setup/env.sh')
    expect(ProgramArguments).toEqual(['/bin/sh', '-c', expect.any(String), label, file, application])
  })

  it('can be written by nobody else, as launchd wants it, whatever new files are like', async () => {
    const { host, app } = mac()
    await runInProcess(setUp(app), { ...host, umask: 0o000 })
    expect(statSync(plistIn(host).path).mode & 0o777).toBe(0o644)
  })

  it('says how it is started, and who needs none', async () => {
    const { host, app } = mac()
    const { text } = await runInProcess(setUp(app), host)
    const load = 'launchctl bootstrap gui/$UID ~/Library/LaunchAgents/cc.qcode.setup.some-editor.plist'
    const start = 'launchctl kickstart gui/$UID/cc.qcode.setup.some-editor'
    expect(text).toContain(`"${load}; ${start}"`)
    expect(text).toContain('they need no LaunchAgent')
    // launchd has read it meanwhile.
    expect((await runInProcess(setUp(app), host)).text).toContain(
      `"launchctl bootout gui/$UID/cc.qcode.setup.some-editor; ${load}; ${start}"`,
    )
  })

  const shells = ['sh', 'dash', 'bash', 'zsh'].flatMap((name) => findShell(name) ?? [])

  it.runIf(existsSync('/proc/self/cmdline')).each(shells)(
    'has %s become the application, with the variables and with no key in an argument',
    async (shell) => {
      const { root, host, app } = mac({ app: oddApp, home: oddHome })
      await runInProcess(setUp(app), host)
      const [, ...args] = plistIn(host).data.ProgramArguments as string[]
      const env = { HOME: host.home, PATH: `${root}/bin:/usr/bin:/bin`, STARTED: root }
      execFileSync(shell, args, { env, stdio: 'pipe' })
      const started = readFileSync(join(root, 'env'), 'utf8').split('\n')
      expect(started).toContain(`OPENAI_API_KEY=${testKey}`)
      expect(started).toContain('OPENAI_BASE_URL=https://eu.qcode.cc/openai/v1')
      const seen = readFileSync(join(root, 'arguments'), 'utf8')
      // The shell, what it asks, and what it becomes.
      for (const one of [shell, `${root}/bin/defaults`, 'CFBundleExecutable', 'MacOS/Its Program'])
        expect(seen).toContain(one)
      expect(seen).not.toContain(testKey)
    },
  )

  it.each(shells)(
    'has %s start the application without the variables where their file is gone',
    async (shell) => {
      const { root, host, app } = mac()
      await runInProcess(setUp(app), host)
      rmSync(join(host.home, '.config/qcode-setup/env.sh'))
      const [, ...args] = plistIn(host).data.ProgramArguments as string[]
      execFileSync(shell, args, { env: { PATH: `${root}/bin:/usr/bin:/bin`, STARTED: root }, stdio: 'pipe' })
      expect(readFileSync(join(root, 'env'), 'utf8')).not.toContain('OPENAI')
    },
  )

  it('is left as it is by a second setup, another region and another key', async () => {
    const { host, app } = mac()
    await runInProcess(setUp(app), host)
    const before = plistIn(host)
    const again = await runInProcess([...setUp(app), '--dry-run', '--exit-code'], host)
    expect(again.exit).toBe(0)
    const other = `cr_${'f'.repeat(64)}`
    const renewed = { ...host, readStdin: async () => new TextEncoder().encode(other) }
    for (const line of [
      'switch us --yes --no-check',
      'setup --tool langchain --yes --no-check',
      'key rotate --key-file - --yes --no-check',
    ])
      expect(await runInProcess(line, renewed)).toMatchObject({ exit: 0 })
    expect(readFileSync(join(host.home, '.config/qcode-setup/env.sh'), 'utf8')).toContain(other)
    expect(plistIn(host)).toEqual(before)
  })

  it.each<[string, readonly (readonly string[])[], { readonly plist: boolean; readonly variables: boolean }]>(
    [
      ['undo', [['undo', '--yes']], { plist: false, variables: false }],
      [
        'the last tool with variables',
        [words('remove --tool openai-sdk --yes')],
        { plist: false, variables: false },
      ],
      ['all', [words('remove --yes')], { plist: false, variables: false }],
      [
        'itself alone',
        [['remove', '--launch-agent', 'Some Editor', '--yes']],
        { plist: false, variables: true },
      ],
      [
        'itself by its path',
        [['remove', '--launch-agent', '/Applications/Some Editor.app/', '--yes']],
        { plist: false, variables: true },
      ],
      [
        'one of two tools',
        [words('setup --tool langchain --yes --no-check'), words('remove --tool openai-sdk --yes')],
        { plist: true, variables: true },
      ],
      ['a dry run', [words('remove --yes --dry-run')], { plist: true, variables: true }],
    ],
  )('goes, or stays, with %s', async (_, lines, left) => {
    const { host, home, app } = mac()
    const before = usersPart(readTree(home))
    await runInProcess(setUp(app), host)
    for (const line of lines) expect(await runInProcess(line, host)).toMatchObject({ exit: 0 })
    const after = usersPart(readTree(home))
    expect(Object.keys(after).some((path) => path.endsWith('.plist') && path.startsWith('Library'))).toBe(
      left.plist,
    )
    expect(Object.keys(after).some((path) => path.endsWith('env.sh'))).toBe(left.variables)
    if (!left.variables) expect(after).toEqual(before)
  })

  it('is told of while launchd still has it', async () => {
    const { host, app } = mac()
    await runInProcess(setUp(app), host)
    const { text } = await runInProcess('remove --yes', host)
    expect(text).toContain('launchctl bootout gui/$UID/cc.qcode.setup.some-editor')
  })

  it.each<[string, (machine: ReturnType<typeof mac>, path: string) => void, string]>([
    ['was changed', (_, path) => writeFileSync(path, '<plist/>'), 'drift'],
    ['was deleted', (_, path) => rmSync(path), 'drift'],
    [
      'starts an application that is gone',
      ({ application }) => renameSync(application, `${application}x`),
      'no-application',
    ],
  ])('that %s is told by doctor and status', async (_, spoil, id) => {
    const one = mac()
    const status = ['status', '--exit-code']
    await runInProcess(setUp(one.app), one.host)
    expect((await runInProcess(status, one.host)).exit).toBe(0)
    expect((await runInProcess('doctor --no-check', one.host)).text).not.toContain(`"id":"${id}"`)
    spoil(one, plistIn(one.host).path)
    const told = await runInProcess(status, one.host)
    expect(told.exit).toBe(3)
    for (const text of [told.text, (await runInProcess('doctor --no-check', one.host)).text]) {
      expect(text).toContain(`"id":"${id}"`)
      expect(text).toContain(`qcode-setup remove --launch-agent 'Some Editor'`)
    }
    // The advice leads out of it.
    await runInProcess(['remove', '--launch-agent', one.app, '--on-conflict', 'overwrite', '--yes'], one.host)
    expect((await runInProcess(status, one.host)).exit).toBe(0)
  })

  it('takes no file that is somebody else’s, unless that is asked for, and gives it back', async () => {
    const { host, home, app, agents } = mac()
    const path = join(agents, 'cc.qcode.setup.some-editor.plist')
    write(path, '<plist><dict/></plist>\n', 0o600)
    const before = usersPart(readTree(home))
    expect(await runInProcess(setUp(app), host)).toMatchObject({ exit: 3 })
    expect(usersPart(readTree(home))).toEqual(before)
    expect(await runInProcess([...setUp(app), '--on-conflict', 'overwrite'], host)).toMatchObject({ exit: 0 })
    expect(plistIn(host).data.Label).toBe('cc.qcode.setup.some-editor')
    expect(await runInProcess('remove --yes', host)).toMatchObject({ exit: 0 })
    expect(usersPart(readTree(home))).toEqual(before)
  })

  it.each<[string, Setting, string, string | undefined, string]>([
    [
      'on Linux',
      { platform: 'linux' },
      '--tool openai-sdk',
      undefined,
      'Start the editor from a new terminal',
    ],
    [
      'on Windows',
      { platform: 'win32' },
      '--tool openai-sdk',
      undefined,
      'every program that you start anew',
    ],
    ['for a tool with files', {}, '--tool codex', undefined, '--method env'],
    ['for a project', {}, '--tool openai-sdk --scope project', undefined, '--method env'],
    ['for fish', { shell: '/bin/fish' }, '--tool openai-sdk', undefined, '--shell zsh'],
    ['for a key that stands elsewhere', {}, '--tool openai-sdk --key-store env', undefined, 'writes no key'],
    ['without such an application', {}, '--tool openai-sdk', 'Nobody', 'Application Nobody was not found ('],
    ['without one at that path', {}, '--tool openai-sdk', './Nobody.app', '/Nobody.app'],
    ['for a name that no plist can say', { app: 'Bell\u0007' }, '--tool openai-sdk', 'Bell\u0007', 'Bell?'],
  ])('is refused %s, and nothing is written', async (_, setting, line, asked, says) => {
    const { host, home, app } = mac(setting)
    const before = readTree(home)
    const { exit, text } = await runInProcess(setUp(asked ?? app, line), host)
    expect({ exit, after: readTree(home) }).toEqual({ exit: 2, after: before })
    expect(text).toContain(says)
  })

  it.each<[string, Setting, string]>([
    ['on Linux', { platform: 'linux' }, 'Some Editor'],
    ['without such an application', {}, 'Nobody'],
  ])('is refused %s before a person is asked anything', async (_, setting, asked) => {
    const { home, host } = mac(setting)
    const answering = createAnsweringHost(home, host)
    answering.input.end()
    expect(await runInProcess(['setup', '--launch-agent', asked], answering.host)).toMatchObject({ exit: 2 })
    expect(answering.shown()).toBe('')
  })

  it('that is not there cannot be removed', async () => {
    const { host, app } = mac()
    await runInProcess(setUp(app), host)
    const before = usersPart(readTree(host.home))
    const ended = await runInProcess('remove --launch-agent Nobody --yes', host)
    expect(ended).toMatchObject({ exit: 2, text: expect.stringContaining('Valid: Some Editor') })
    expect(usersPart(readTree(host.home))).toEqual(before)
  })
})

const agentFile = '{ "tools": [{ "id": "openai-sdk" }], "region": "eu", "launch_agents": ["Some Editor"] }'

/** What a setup file does with it, by the machine that it comes to. */
describe('a LaunchAgent in a setup file', () => {
  const apply = (host: Host, file: string, ...more: string[]) =>
    runInProcess(['apply', file, '--yes', '--no-check', ...more], host)
  const agentsOf = (home: string) =>
    Object.keys(readTree(home)).filter((path) => path.startsWith('Library/') && path.endsWith('.plist'))

  function withFile(setting?: Setting, text = agentFile) {
    const machine = mac(setting)
    const file = join(machine.root, 'qcode.json')
    write(file, text)
    return { ...machine, file }
  }

  it('is set up as by its flag, found as it should be, and taken back to the byte', async () => {
    const { host, home, file, app } = withFile()
    const before = usersPart(readTree(home))
    const dry = await apply(host, file, '--dry-run')
    expect(dry).toMatchObject({ exit: 0, text: expect.stringContaining('some-editor.plist') })
    expect(usersPart(readTree(home))).toEqual(before)
    expect((await apply(host, file, '--check')).exit).toBe(3)
    const applied = await apply(host, file)
    expect(applied).toMatchObject({ exit: 0, text: expect.stringContaining('launchctl kickstart') })
    const twin = mac()
    await runInProcess(setUp(app), twin.host)
    const made = plistIn(host).text.replaceAll(home, twin.home)
    expect(made).toBe(plistIn(twin.host).text)
    expect((await apply(host, file, '--check')).exit).toBe(0)
    expect((await runInProcess(['status', '--exit-code'], host)).exit).toBe(0)
    expect(await runInProcess('undo --yes', host)).toMatchObject({ exit: 0 })
    expect(usersPart(readTree(home))).toEqual(before)
  })

  it.each([
    ['another text', (path: string) => writeFileSync(path, '<plist/>'), 3],
    ['no file', (path: string) => rmSync(path), 0],
  ] as const)(
    'that has %s since is told by --check, and is written again where that is said',
    async (_, spoil, exit) => {
      const { host, file } = withFile()
      await apply(host, file)
      const { path, text } = plistIn(host)
      spoil(path)
      expect((await apply(host, file, '--check')).exit).toBe(3)
      expect((await apply(host, file)).exit).toBe(exit)
      expect((await apply(host, file, '--on-conflict', 'overwrite')).exit).toBe(0)
      expect(readFileSync(path, 'utf8')).toBe(text)
    },
  )

  it.each(['toml', 'yaml', 'json'])(
    'comes with export as %s to another Mac, by a path that begins at its home',
    async (format) => {
      const { host, app } = mac()
      await runInProcess(setUp(app), host)
      const exported = JSON.parse((await runInProcess(`export --format ${format}`, host)).text)
      expect(exported.data.file.launch_agents).toEqual(['~/Applications/Some Editor.app'])
      const other = mac({ home: oddHome })
      const file = join(other.root, `qcode.${format}`)
      write(file, exported.data.text)
      for (const one of [
        { host, exit: 0 },
        { host: other.host, exit: 3 },
      ])
        expect((await apply(one.host, file, '--check')).exit).toBe(one.exit)
      expect(await apply(other.host, file)).toMatchObject({ exit: 0 })
      expect(plistIn(other.host).data.Label).toBe('cc.qcode.setup.some-editor')
    },
  )

  it('is in no export of a tool that has no variables', async () => {
    const { host } = mac()
    await runInProcess('setup --tool codex --region eu --yes --no-check', host)
    expect((await runInProcess('export', host)).text).not.toContain('launch_agents')
  })

  it.each<NodeJS.Platform>(['linux', 'win32'])(
    'is passed over on %s, which is said, and the rest is set up',
    async (platform) => {
      const { host, home, file } = withFile({ platform, shell: '/bin/bash' })
      const { exit, text } = await apply(host, file)
      expect({ exit, text }).toMatchObject({ exit: 0, text: expect.stringContaining('Only macOS') })
      expect(agentsOf(home)).toEqual([])
      expect((await runInProcess('status', host)).text).toContain('openai-sdk')
    },
  )

  it.each<[string, string, string]>([
    [
      'an application that is not there',
      agentFile.replace('Some Editor', 'Nobody'),
      'Application Nobody was not found',
    ],
    ['tools without variables', agentFile.replace('openai-sdk', 'codex'), 'method = "env"'],
    ['something that is no list', agentFile.replace('["Some Editor"]', '"Some Editor"'), 'launch_agents'],
  ])('for %s is an error at its place, and nothing is written', async (_, text, says) => {
    const { host, home, file } = withFile({}, text)
    const before = readTree(home)
    const ended = await apply(host, file)
    expect(ended).toMatchObject({ exit: 2, text: expect.stringContaining(says) })
    expect(readTree(home)).toEqual(before)
  })

  it('of two applications has both, and of two files the later one counts', async () => {
    const { root, host, home, file } = withFile()
    write(join(home, 'Applications/Other.app/Contents/Info.plist'), '')
    const later = join(root, 'later.json')
    write(later, '{ "launch_agents": ["Some Editor", "./Users/ada/Applications/Other.app"] }')
    expect(await runInProcess(['apply', file, later, '--yes', '--no-check'], host)).toMatchObject({ exit: 0 })
    expect(agentsOf(home)).toHaveLength(2)
    const other = `cr_${'f'.repeat(64)}`
    const renewed = { ...host, readStdin: async () => new TextEncoder().encode(other) }
    for (const line of ['switch us --yes --no-check', 'key rotate --key-file - --yes --no-check'])
      expect(await runInProcess(line, renewed)).toMatchObject({ exit: 0 })
    expect((await runInProcess(['status', '--exit-code'], host)).exit).toBe(0)
    await runInProcess(['remove', '--launch-agent', 'Other', '--yes'], host)
    expect(agentsOf(home)).toHaveLength(1)
  })

  it('goes with the last tool with variables that --prune takes out', async () => {
    const { host, home, file } = withFile()
    const before = usersPart(readTree(home))
    await apply(host, file)
    write(file, '{ "tools": [] }')
    expect(await apply(host, file)).toMatchObject({ exit: 0 })
    expect(agentsOf(home)).toHaveLength(1)
    expect(await apply(host, file, '--prune')).toMatchObject({ exit: 0 })
    expect(usersPart(readTree(home))).toEqual(before)
  })

  it('needs the file to be sent along with an invitation', async () => {
    const { host, file } = withFile()
    for (const platform of ['darwin', 'linux'] as const)
      expect((await runInProcess(['invite', file], { ...host, platform })).text).toContain('"needsFile":true')
  })
})
