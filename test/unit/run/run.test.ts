import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createCommitter } from '../../../src/apply/committer.ts'
import type { WritingContext } from '../../../src/command.ts'
import { runClient, runCommand } from '../../../src/commands/run.ts'
import { runSetup } from '../../../src/commands/setup.ts'
import type { Host } from '../../../src/host/host.ts'
import { parseArguments } from '../../../src/request/parse-arguments.ts'
import { readTree } from '../../support/home-tree.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'
import { makeHome } from '../apply/make-home.ts'
import { foreignKey, type RunHome, runHomes } from './run-homes.ts'

/** What the client found when it was started. */
interface Started {
  readonly program: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The private files that its arguments and variables name, by name; with their modes. */
  readonly files: Readonly<Record<string, { readonly text: string; readonly mode: number }>>
}

const programs = [
  'claude',
  'codex',
  'cline',
  'aider',
  'opencode',
  'kilo',
  'python',
  'qwen',
  'pi',
  'openclaw',
  'aichat',
  'cn',
  'vibe',
  'llm',
]

/** A home with these files, and a program for every client, which notes what it was started with. */
function makeMachine({ files, env = {}, cwd = '' }: RunHome, changes: Partial<Host> = {}) {
  const home = makeHome()
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  const bin = join(makeHome(), 'bin')
  mkdirSync(bin)
  for (const name of programs) {
    writeFileSync(join(bin, name), '')
    chmodSync(join(bin, name), 0o755)
  }
  const started: Started[] = []
  const host = createTestHost(home, {
    cwd: join(home, cwd),
    env: { HOME: home, PATH: bin, SHELL: '/bin/bash', QCODE_API_KEY: testKey, ...env },
    runInForeground: async (program, args, settings) => {
      settings.onStarted(process.pid)
      const folder = join(home, '.local/state/qcode-setup/clients')
      started.push({ program, args, env: settings.env, files: readPrivate(folder) })
      return 7
    },
    ...changes,
  })
  return { home, host, started }
}

function readPrivate(folder: string): Started['files'] {
  try {
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    const found = paths.map((path) => [path, statSync(join(folder, path))] as const)
    expect(found.filter(([, stat]) => stat.isDirectory()).map(([, stat]) => stat.mode & 0o777)).not.toContain(
      0o755,
    )
    return Object.fromEntries(
      found
        .filter(([, stat]) => stat.isFile())
        .map(([path, stat]) => [
          path.split('/').at(-1) ?? '',
          { text: readFileSync(join(folder, path), 'utf8'), mode: stat.mode & 0o777 },
        ]),
    )
  } catch {
    return {}
  }
}

function run(args: readonly string[], host: Host) {
  const context: WritingContext = { host, catalog: testCatalog, committer: createCommitter(host, false) }
  return runClient(parseArguments(args, runCommand, testCatalog), context)
}

const isLibrary = (tool: string) =>
  testCatalog.tools.find(({ id }) => id === tool)?.detect.commands.length === 0

const ownArguments = ['--one', 'two words', '--', '$three']

function argumentsFor(tool: string, { model, region }: Pick<RunHome, 'model' | 'region'> = {}): string[] {
  return [
    tool,
    ...(region === undefined ? [] : ['--region', region]),
    ...(model === undefined ? [] : ['--model', model]),
    '--',
    ...(isLibrary(tool) ? ['python'] : []),
    ...ownArguments,
  ]
}

const cases = Object.entries(runHomes).flatMap(([tool, homes]) =>
  Object.entries(homes).map(([title, home]) => [tool, title, home] as const),
)

describe('run', () => {
  it('has homes for every tool', () => {
    expect(testCatalog.tools.filter(({ runs }) => runs.length > 0).map(({ id }) => id)).toEqual(
      expect.arrayContaining(Object.keys(runHomes)),
    )
  })

  it.each(cases.filter(([, , { refused }]) => !refused))(
    '%s, %s: starts the client with the gateway and changes nothing of the home',
    async (tool, _, machine) => {
      const { home, host, started } = makeMachine(machine)
      const before = readTree(home)
      expect((await run(argumentsFor(tool, machine), host)).exit).toBe(7)
      expect(readTree(home)).toEqual(before)
      const [{ args, env, files } = { args: [], env: {}, files: {} }] = started
      expect(args.slice(-ownArguments.length)).toEqual(ownArguments)
      expect(args.join(' ')).not.toContain(testKey)
      // Where the client itself reads the variable that the key came by, it would be taken away if the run did not set it.
      const isRead = testCatalog.tools.some(
        ({ id, runs }) => id === tool && runs.some((way) => 'QCODE_API_KEY' in way.env),
      )
      const given = JSON.stringify([args, isRead ? env : { ...env, QCODE_API_KEY: '' }, files])
      expect(given).toContain(testKey)
      expect(given).toContain('https://api.qcode.cc/')
      expect(given).not.toContain(foreignKey)
      expect(given).not.toContain('llm.example.com')
      for (const [name, text] of Object.entries(machine.sets ?? {}))
        expect(started[0]?.env[name]).toContain(text)
      expect(Object.values(files).map(({ mode }) => mode)).toEqual(Object.values(files).map(() => 0o600))
    },
  )

  it.each(cases.filter(([, , { refused }]) => refused))(
    '%s, %s: is not started, exit 3, and the reason is named',
    async (tool, _, machine) => {
      const { home, host, started } = makeMachine(machine)
      const before = readTree(home)
      const refusal = await run(argumentsFor(tool, machine), host).catch((error) => error)
      expect(refusal).toMatchObject({ code: 'run-not-effective', exit: 3 })
      for (const word of machine.refused ?? []) expect(refusal.message).toContain(word)
      expect(refusal.message).not.toContain(foreignKey)
      expect(started).toEqual([])
      expect(readTree(home)).toEqual(before)
    },
  )

  it.each(Object.keys(runHomes))(
    '%s: --print shows the command with the key masked and starts nothing',
    async (tool) => {
      const { home, host, started } = makeMachine({ files: {} })
      const before = readTree(home)
      const outcome = await run(
        [tool, '--print', ...argumentsFor(tool, runHomes[tool]?.fresh).slice(1)],
        host,
      )
      expect(outcome.exit).toBe(0)
      expect(outcome.report).toContain('https://api.qcode.cc/')
      expect(JSON.stringify([outcome.report, outcome.data])).not.toContain(testKey)
      expect(outcome.report).toContain('cr_…cdef')
      expect([started, readTree(home)]).toEqual([[], before])
    },
  )

  it.each([
    ['claude-code', 'npm install -g @anthropic-ai/claude-code'],
    ['codex', 'npm install -g @openai/codex'],
    ['cline', 'npm install -g cline'],
    ['aider', 'pipx install aider-chat'],
  ])('%s is not installed: exit 1, and how to install it', async (tool, install) => {
    const { host } = makeMachine({ files: {}, env: { PATH: '' } })
    const refusal = await run([tool], host).catch((error) => error)
    expect(refusal).toMatchObject({ code: 'client-not-installed', exit: 1 })
    expect(refusal.hint).toContain(install)
  })

  it.each([
    [['openai-sdk'], 'program-missing', 2],
    [['openai-sdk', '--', 'no-such-program'], 'program-not-found', 1],
    [['claude'], 'unknown-tool', 2],
    [['claude-code', '--', '--settings', 'mine.json'], 'run-flag-reserved', 2],
    [['qwen-code', '--model', 'qwen-code:explore=claude-x'], 'run-unplaced', 2],
    [['claude-code', '--', '--settings=mine.json'], 'run-flag-reserved', 2],
    [['codex', '--', 'exec', '--oss', 'hi'], 'run-flag-reserved', 2],
    [['aider', '--', '--env-file', 'mine.env'], 'run-flag-reserved', 2],
    [['cline', '--', '-P', 'openrouter', 'hi'], 'run-flag-reserved', 2],
    [['cline', '--', '-Popenrouter', 'hi'], 'run-flag-reserved', 2],
    [['cline', '--', '-ksk-mine', 'hi'], 'run-flag-reserved', 2],
    [['aider', '--', '--anthropic-api', 'sk-mine'], 'run-flag-reserved', 2],
    [['aider', '--', '--env=mine.env'], 'run-flag-reserved', 2],
    [['codex', '--', '-c', 'model_provider="openai"', 'exec', 'hi'], 'run-flag-reserved', 2],
    [['codex', '--', '-c', 'model_providers.qcode.base_url="https://x.example.com"'], 'run-flag-reserved', 2],
    ...[
      ['-cmodel_provider="openai"'],
      ['-c=model_provider="openai"'],
      ['--config=model_provider="openai"'],
      ['-c', 'model_provider = "openai"'],
      ['-c', 'model_providers.qcode={base_url="https://x.example.com"}'],
      ['-c', 'model_providers={qcode={base_url="https://x.example.com"}}'],
      ['exec', '-c', 'model_providers."qcode".env_key="MINE"'],
      ['-c', 'profile="work"'],
    ].map((rest) => [['codex', '--', ...rest], 'run-flag-reserved', 2] as const),
    [['claude-code', '--', '--bg', 'hi'], 'run-flag-reserved', 2],
    [['claude-code', '--', '--background', 'hi'], 'run-flag-reserved', 2],
    [['pi', '--', '--provider', 'openai', '-p', 'hi'], 'run-flag-reserved', 2],
    [['pi', '--', '--api-key', 'sk-mine', '-p', 'hi'], 'run-flag-reserved', 2],
    [['llm', '--model', 'gpt-x'], 'option-not-supported', 2],
    [['openai-sdk', '--model', 'gpt-x', '--', process.execPath], 'option-not-supported', 2],
    [['litellm', '--model', 'gpt-x', '--', process.execPath], 'option-not-supported', 2],
    [['claude-code', '--json'], 'run-json', 2],
    [['claude-code', '--region', 'eu', '--gateway', 'https://relay.example.com'], 'region-and-gateway', 2],
  ] as const)('%j: %s, exit %i', async (args, code, exit) => {
    const { host, started } = makeMachine({ files: {} })
    await expect(run(args, host)).rejects.toMatchObject({ code, exit })
    expect(started).toEqual([])
  })

  it.each([
    ['claude-code', '--setting-sources', 'user', '-p', 'hi'],
    ['claude-code', '-p', '--', '--settings'],
    ['claude-code', '--model', 'opus', '--', '--set'],
    ['codex', '-c', 'model_reasoning_effort="high"', 'exec', 'hi'],
    [
      'codex',
      '-c',
      'model_providers.mine.base_url="https://x.example.com"',
      'exec',
      'what is model_provider',
    ],
    ['cline', '--plan', 'hi'],
    ['aider', '--no-git', '--message', 'hi'],
  ])('starts %s with arguments that take no place of ours: %j', async (tool, ...rest) => {
    const { host, started } = makeMachine({ files: {} })
    await run([tool, '--', ...rest], host)
    expect(started.at(-1)?.args.slice(-rest.length)).toEqual(rest)
  })

  it.each(
    testCatalog.tools.flatMap(({ id, runs }) =>
      runs.flatMap(({ subcommands }) => subcommands.map((word) => [id, word] as const)),
    ),
  )('hands %s %s on as it is, with our variables', async (tool, word) => {
    const { host, started } = makeMachine({ files: {} })
    await run([tool, '--', word, 'list'], host)
    expect(started[0]?.args).toEqual([word, 'list'])
    expect(Object.values(started[0]?.env ?? {})).toContain(testKey)
    await run([tool, '--', 'say', word], host)
    expect(started[1]?.args.slice(0, -2)).not.toEqual([])
    const printed = (await run([tool, '--print', '--', word], host)).data as { args: string[] }
    expect(printed.args).toEqual([word])
  })

  it('warns of a provider that counts for a subcommand alone', async () => {
    const settings = '{ "security": { "auth": { "selectedType": "openai" } } }'
    const { host } = makeMachine({ files: { '.qwen/settings.json': settings } })
    const told = async (...rest: string[]) =>
      (await run(['qwen-code', '--print', '--', ...rest], host)).findings.map(({ id }) => id)
    expect(await told('review', 'run')).toEqual(['qwen-code-other-provider'])
    expect(await told('-p', 'review')).toEqual([])
  })

  it.each(['aichat', 'continue', 'vibe'])('%s without a model is not started: exit 2', async (tool) => {
    const { host, started } = makeMachine({ files: {} })
    await expect(run([tool], host)).rejects.toMatchObject({ code: 'model-missing', exit: 2 })
    expect(started).toEqual([])
  })

  it('given no key and nobody to ask, names the flag: exit 2', async () => {
    const { host } = makeMachine({ files: {}, env: { QCODE_API_KEY: '' } })
    await expect(run(['codex'], host)).rejects.toMatchObject({ code: 'key-missing', exit: 2 })
  })

  it.each([
    ['claude-code', 'eu', 'https://eu.qcode.cc/api'],
    ['codex', 'asia', 'https://asia.qcode.cc/openai'],
    ['cline', 'us', 'https://us.qcode.cc/api/v1'],
    ['aider', 'china', 'http://103.236.53.153/api'],
  ])('%s takes the region of --region: %s', async (tool, region, url) => {
    const { host, started } = makeMachine({ files: {} })
    await run([tool, '--region', region], host)
    expect(JSON.stringify(started)).toContain(url)
  })

  it.each([
    ['claude-code', 'claude-x'],
    ['codex', 'gpt-x'],
    ['cline', 'claude-x'],
    ['aider', 'anthropic/claude-x'],
  ])('%s takes the model of --model: %s', async (tool, model) => {
    const { host, started } = makeMachine({ files: {} })
    await run([tool, '--model', model.replace('anthropic/', '')], host)
    expect(JSON.stringify(started)).toContain(model)
  })
})

/** Sets a tool up with the key of the tests, as the command does. */
async function setUp(tool: string, host: Host, ...more: readonly string[]): Promise<void> {
  const context: WritingContext = { host, catalog: testCatalog, committer: createCommitter(host, false) }
  const { setupCommand } = await import('../../../src/commands/setup.ts')
  const line = ['--tool', tool, '--yes', '--no-check', ...more]
  await runSetup(parseArguments(line, setupCommand, testCatalog), context)
}

describe('run where a tool is set up', () => {
  it.each(['claude-code', 'codex', 'cline', 'aider'])(
    '%s: takes the key and the region that are set up, without a flag',
    async (tool) => {
      const { home, host, started } = makeMachine({ files: {} })
      await setUp(tool, host, '--region', 'eu')
      const before = readTree(home)
      const { QCODE_API_KEY: _, ...env } = host.env
      expect((await run([tool], { ...host, env })).exit).toBe(7)
      expect(JSON.stringify(started)).toContain(testKey)
      expect(JSON.stringify(started)).toContain('https://eu.qcode.cc/')
      expect(readTree(home)).toEqual(before)
    },
  )

  it('takes the key out of the keychain', async () => {
    const { host, started } = makeMachine({ files: {} })
    await setUp('codex', host, '--key-store', 'keychain')
    const { QCODE_API_KEY: _, ...env } = host.env
    expect((await run(['codex', '--', 'exec', 'hi'], { ...host, env })).exit).toBe(7)
    expect(started[0]?.env.QCODE_SETUP_RUN_KEY).toBe(testKey)
  })

  it('given a model of another vendor, names the flag of run and not a setup', async () => {
    const { host } = makeMachine({ files: { '.claude/settings.json': '{ "model": "glm-5" }' } })
    const { findings } = await run(['claude-code', '--print'], host)
    expect(findings.map(({ id, hint }) => [id, String(hint)])).toEqual([
      ['foreign-model', expect.stringContaining('qcode-setup run claude-code --model ID')],
    ])
  })

  it('never hands the key of one gateway to another one', async () => {
    const { host, started } = makeMachine({ files: {} })
    await setUp('codex', host, '--region', 'eu')
    const { QCODE_API_KEY: _, ...env } = host.env
    const line = ['codex', '--gateway', 'https://relay.example.com']
    await expect(run(line, { ...host, env })).rejects.toMatchObject({ code: 'key-missing' })
    expect(started).toEqual([])
  })
})
