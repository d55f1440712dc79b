import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse as parseDotenv } from 'dotenv'
import { parse as parseToml } from 'smol-toml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Host } from '../../../src/host/host.ts'
import { restoreTree } from '../../faults/restore-tree.ts'
import { type HomeTree, readTree, stateBelowHome, usersPart } from '../../support/home-tree.ts'
import { type Ended, runInProcess } from '../../support/run-in-process.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'
import { type Watched, watchGateway } from './name-machine.ts'

const nextKey = `cr_${'4'.repeat(64)}`
const otherKey = `cr_${'5'.repeat(64)}`
const foreignKey = `sk-ant-api03-${'x1y2'.repeat(12)}`
const stranger = 'https://llm.example.com'

/** What one client will send, and where to. */
interface Connection {
  readonly url?: string | undefined
  readonly key?: string | undefined
}

interface Client {
  /** Where it has its files, and what leads it to another account. */
  readonly folders: readonly [string, string]
  readonly env: (second: string) => Record<string, string>
  /** As the client reads its files, by a parser that the program does not edit with. */
  readonly read: (folder: string) => Connection
}

const text = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '')
// biome-ignore lint/suspicious/noExplicitAny: JSON of any form.
const json = (path: string): any => JSON.parse(text(path) || '{}')

const clients: Readonly<Record<string, Client>> = {
  'claude-code': {
    folders: ['.claude', 'two'],
    env: (second) => ({ CLAUDE_CONFIG_DIR: second }),
    read: (folder) => {
      const { env = {} } = json(join(folder, 'settings.json'))
      return { url: env.ANTHROPIC_BASE_URL, key: env.ANTHROPIC_AUTH_TOKEN }
    },
  },
  codex: {
    folders: ['.codex', 'two'],
    env: (second) => ({ CODEX_HOME: second }),
    read: (folder) => {
      // biome-ignore lint/suspicious/noExplicitAny: TOML of any form.
      const config: any = parseToml(text(join(folder, 'config.toml')))
      const { [config.model_provider]: provider } = config.model_providers ?? {}
      const key = parseDotenv(text(join(folder, '.env'))).QCODE_API_KEY
      // Without a provider it knows no such variable.
      return { url: provider?.base_url, key: provider ? key : undefined }
    },
  },
  cline: {
    folders: ['.cline', 'two'],
    env: (second) => ({ CLINE_DIR: second }),
    read: (folder) => {
      const { providers = {}, lastUsedProvider } = json(join(folder, 'data/settings/providers.json'))
      const { baseUrl, apiKey } = providers[lastUsedProvider]?.settings ?? {}
      return { url: baseUrl, key: apiKey }
    },
  },
  opencode: {
    folders: ['.config/opencode', 'two'],
    env: (second) => ({ OPENCODE_CONFIG: join(second, 'opencode.jsonc') }),
    read: (folder) => {
      const { provider = {} } = json(join(folder, 'opencode.jsonc'))
      const { baseURL, apiKey } = provider.anthropic?.options ?? {}
      return { url: baseURL, key: apiKey }
    },
  },
}

/** A home in which one client is set up, and somebody who works in it with two gateways at hand. */
class Scene {
  readonly host: Host
  readonly client: Client
  readonly tool: string
  /** Flags that lead to one gateway, and what `switch` is told of another. */
  readonly first: string
  readonly second: string
  given = testKey
  constructor(tool: string, [first = '', second = '']: readonly string[]) {
    this.tool = tool
    this.first = first
    this.second = second
    const home = mkdtempSync(join(tmpdir(), 'qcode-drifted-'))
    this.client = clients[tool] as Client
    this.host = createTestHost(home, {
      readStdin: async () => new TextEncoder().encode(`${this.given}\n`),
    })
  }
  path = (...below: string[]) => join(this.host.home, ...below)
  folders = () => this.client.folders.map((folder) => this.path(folder))
  read = () => this.folders().map(this.client.read)
  do = async (line: string, env: Record<string, string> = {}): Promise<Ended> =>
    runInProcess(line, { ...this.host, env: { ...this.host.env, ...env } })
  async setUp(env: Record<string, string> = {}, gateway = `${this.first} --key-file -`) {
    const ended = await this.do(`setup --tool ${this.tool} ${gateway} --yes --no-check`, env)
    expect(ended.exit, ended.text).toBe(0)
  }
  /** What somebody does who pastes the last command of a hint, and answers what it asks. */
  async takeAdvice(told: string) {
    const words = [...told.matchAll(/qcode-setup --tool ([^;"\\\n]+)/g)].at(-1)?.[1]
    const flags = told.includes('--on-conflict overwrite') ? words : `${words} --on-conflict overwrite`
    const ended = await this.do(`setup --tool ${flags} --key-file - --yes --no-check`)
    expect(ended.exit, `${told}\n${ended.text}`).toBe(0)
    expect(judge(this.read()[0] ?? {})).toBe('right')
  }
  /** What somebody does to the client's files with an editor. */
  edit(change: (text: string, path: string) => string) {
    const own = Object.entries(usersPart(readTree(this.host.home))).filter(([, { bytes }]) => bytes)
    for (const [path, { bytes = '' }] of own)
      if (change(bytes, path) !== bytes) writeFileSync(this.path(path), change(bytes, path))
  }
}

const origins = (scene: Scene) =>
  scene.first.startsWith('--region') ? /https:\/\/us\.qcode\.cc/g : /http:\/\/127\.0\.0\.1:\d+/g
const toStranger = (scene: Scene) => scene.edit((bytes) => bytes.replace(origins(scene), stranger))
const withKey = (scene: Scene, key: string) => scene.edit((bytes) => bytes.replaceAll(testKey, key))

const states: Readonly<Record<string, (scene: Scene) => Promise<unknown> | unknown>> = {
  fresh: () => {},
  'set up': (scene) => scene.setUp(),
  'base URL drifted': async (scene) => {
    await scene.setUp()
    toStranger(scene)
  },
  'another key of the gateway': async (scene) => {
    await scene.setUp()
    withKey(scene, otherKey)
  },
  'another vendor’s key': async (scene) => {
    await scene.setUp()
    withKey(scene, foreignKey)
  },
  'both drifted': async (scene) => {
    await scene.setUp()
    toStranger(scene)
    withKey(scene, foreignKey)
  },
  'key gone': async (scene) => {
    await scene.setUp()
    scene.edit((bytes) =>
      bytes.includes(testKey)
        ? bytes
            .split('\n')
            .filter((line) => !line.includes(testKey))
            .join('\n')
            .replace(/,(\s*[}\]])/g, '$1')
        : bytes,
    )
  },
  'unfinished run': async (scene) => {
    await scene.setUp()
    const runs = scene.path(stateBelowHome, 'runs')
    const journal = join(runs, readdirSync(runs)[0] ?? '', 'journal.json')
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('"done"', '"committing"'))
  },
  'unfinished run and base URL drifted': async (scene) => {
    await states['unfinished run']?.(scene)
    toStranger(scene)
  },
  'two places': async (scene) => {
    await scene.setUp()
    await scene.setUp(scene.client.env(scene.path('two')))
  },
  'two places, both drifted': async (scene) => {
    await states['two places']?.(scene)
    toStranger(scene)
  },
  'two names': async (scene) => {
    for (const name of ['work', 'play'])
      expect((await scene.do(`key set --name ${name} ${scene.first} --key-file - --yes`)).exit).toBe(0)
    await scene.setUp({}, '--name work')
    await scene.setUp(scene.client.env(scene.path('two')), '--name play')
  },
  'two names, both drifted': async (scene) => {
    await states['two names']?.(scene)
    // What is remembered stays as it is.
    scene.edit((bytes, path) => (path.includes('/names/') ? bytes : bytes.replace(origins(scene), stranger)))
  },
  'folder gone': async (scene) => {
    await scene.setUp()
    for (const folder of scene.folders()) rmSync(folder, { recursive: true, force: true })
  },
}

/** In these nothing of the client's is there to be right. */
const mayBeOut = ['fresh', 'folder gone']

const variants = ['', ' --on-conflict skip', ' --on-conflict overwrite']
const writers = [
  'setup --tool TOOL FIRST --key-file - --yes --no-check',
  'switch SECOND --yes --no-check',
  'switch SECOND --yes',
  'apply qcode.toml --yes --no-check',
  'key rotate --key-file - --yes --no-check',
  'key rotate --name work --key-file - --yes --no-check',
  'remove --yes',
].flatMap((line) => variants.map((more) => line + more))
const lookers = ['check', 'status --exit-code', 'doctor --no-check', 'apply qcode.toml --check --no-check']
const lines = [...writers, 'undo --yes', ...lookers, 'status']

const plainSwitch = 'switch SECOND --yes --no-check'

/** In these the client does not do what it is set up for. */
const withOtherKey = ['another key of the gateway', 'another vendor’s key', 'both drifted', 'key gone']
const astray = ['base URL drifted', 'another vendor’s key', 'both drifted', 'key gone']

const isOurs = (key: string | undefined) => key?.startsWith('cr_') ?? false
const isGateway = (url: string | undefined) =>
  url !== undefined && /^(https:\/\/\w+\.qcode\.cc|http:\/\/127\.0\.0\.1:\d+)\//.test(url)

/** Whether a client works, is not there, is somebody else's, sends a key to whom it does not belong, or has none. */
function judge({ url, key }: Connection): 'right' | 'out' | 'user’s' | 'leak' | 'broken' {
  if (isGateway(url)) return isOurs(key) ? 'right' : key ? 'leak' : 'broken'
  if (isOurs(key)) return 'leak'
  return url === undefined && key === undefined ? 'out' : 'user’s'
}

const kinds = [
  ...Object.keys(clients).map((tool) => ({ tool, kind: 'relays' })),
  { tool: 'claude-code', kind: 'regions' },
  { tool: 'codex', kind: 'regions' },
]

describe.each(kinds)('$tool, set up for $kind', ({ tool, kind }) => {
  let gateways: readonly Watched[]
  let scene: Scene
  beforeAll(async () => {
    gateways = await Promise.all([testKey, testKey].map(watchGateway))
    const flags =
      kind === 'regions' ? ['--region us', 'eu'] : gateways.map(({ origin }) => `--gateway ${origin}`)
    scene = new Scene(tool, flags)
  })
  afterAll(async () => {
    rmSync(scene.host.home, { recursive: true, force: true })
    await Promise.all(gateways.map((gateway) => gateway.close()))
  })

  describe.each(Object.keys(states))('%s', (state) => {
    let start: HomeTree
    beforeAll(async () => {
      restoreTree(scene.host.home, {})
      await states[state]?.(scene)
      const [flag, value = ''] = scene.first.slice(2).split(' ')
      writeFileSync(
        scene.path('qcode.toml'),
        `key = "file:key.txt"\n${flag} = "${value}"\ntools = ["${tool}"]\n`,
      )
      writeFileSync(scene.path('key.txt'), `${testKey}\n`, { mode: 0o600 })
      start = readTree(scene.host.home)
    })

    const possible = lines.filter(
      (line) =>
        kind === 'relays' ||
        !(line === 'check' || line.startsWith('switch SECOND --yes --on') || line === 'switch SECOND --yes'),
    )
    it.each(possible)('%s', async (line) => {
      const typed = line.replace('TOOL', tool).replace('FIRST', scene.first).replace('SECOND', scene.second)
      const isWriter = writers.includes(line) || line.startsWith('undo')
      restoreTree(scene.host.home, start)
      const before = scene.read()
      scene.given = line.startsWith('key') ? nextKey : testKey
      const dry = isWriter ? await scene.do(`${typed} --dry-run`) : undefined
      expect(scene.read(), dry?.text).toEqual(before)
      const ended = await scene.do(typed)
      // What is refused is refused before as well; a dry run does not end what was interrupted.
      if (!state.startsWith('unfinished') && ended.exit !== 4)
        expect(dry?.exit ?? ended.exit, dry?.text).toBe(ended.exit)
      const after = scene.read()
      const found = after.map(judge)

      // A key goes nowhere where it did not go before, whatever the exit code.
      const news = found.filter((_, at) => JSON.stringify(after[at]) !== JSON.stringify(before[at]))
      expect(news, ended.text).not.toContain('leak')
      for (const { sent } of gateways)
        expect([...sent].filter((key) => ![testKey, nextKey, otherKey].includes(key))).toEqual([])

      // A setup is about the one place where it is asked for.
      const isAll = state.startsWith('two') && !/^(setup|apply|key rotate --name)/.test(line)
      // A key that is not ours moves with nothing that is, unless that is asked for.
      if (line.startsWith('switch') && withOtherKey.includes(state)) {
        if (
          line === plainSwitch ||
          line === 'switch SECOND --yes' ||
          state !== 'another key of the gateway'
        ) {
          expect([ended.exit, after], ended.text).toEqual([3, before])
        } else if (line.endsWith('skip')) {
          // It moves, but with a check only where the gateway takes it.
          expect(ended.exit, ended.text).toBe(line.includes('--no-check') ? 0 : 4)
        } else expect(ended.exit, ended.text).toBe(3)
      }
      if (line === plainSwitch && withOtherKey.includes(state)) await scene.takeAdvice(ended.text)
      // What is printed as a way out leads out.
      if ((line === 'check' || line === 'status') && astray.includes(state)) {
        expect(ended.exit, ended.text).toBe(line === 'status' ? 0 : 3)
        await scene.takeAdvice(ended.text)
      }

      if (state === 'two names' && line === 'key rotate --name work --key-file - --yes --no-check')
        expect(ended.exit, ended.text).toBe(0)
      const isUsed = (_: unknown, at: number) => at === 0 || isAll
      const used = found.filter(isUsed)
      const isBack = ended.text.includes('has been rolled back')
      const isOut = (one: string) => one === 'out' && (isBack || mayBeOut.includes(state))
      const isRight = used.every((one) => one === 'right' || isOut(one))
      if (/^(undo|remove)/.test(line)) {
        if (ended.exit === 0) expect([...news, ended.text]).not.toContain('broken')
      } else if (line === 'status') {
        // What it tells is right in every state; it names the way out where a client does not work.
        expect(ended.exit, ended.text).toBe(0)
        const isTold = /qcode-setup --tool|no longer exists/.test(ended.text)
        expect(isRight || isTold, ended.text).toBe(true)
      } else if (ended.exit === 0) expect(isRight, `${JSON.stringify(after)}\n${ended.text}`).toBe(true)
      else if ((state === 'set up' || state === 'two places') && !line.includes('--name'))
        expect([ended.exit, line], ended.text).toEqual([line.startsWith('apply') ? 3 : -1, line])
    })
  })
})
