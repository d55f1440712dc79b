import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { outputFile, outputJson } from 'fs-extra/esm'
import { describe, expect, test } from 'vitest'
import { readTree } from '../support/home-tree.ts'
import { cleanEnvironment } from './clean-environment.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace, type Place } from './place.ts'

const program = join(import.meta.dirname, '../../bin/qcode-setup.js')
const foreign = 'sk-ant-api03-someone-elses-key-0000000000000000'
const nowhere = 'http://127.0.0.1:9/v1'

interface Machine {
  readonly id: string
  readonly title: string
  readonly put: (home: string) => Promise<unknown>
  readonly env?: Readonly<Record<string, string>>
}

const providers = (settings: object) => ({
  version: 1,
  lastUsedProvider: 'anthropic',
  modes: {},
  providers: {
    anthropic: {
      settings: { provider: 'anthropic', ...settings },
      updatedAt: '2026-05-01T00:00:00.000Z',
      tokenSource: 'manual',
    },
  },
})

/** What a user's own settings may hold, as the clients were seen to obey it where they are started by hand. */
const machines: readonly Machine[] = [
  ...['claude-code-2.1.197', 'claude-code-2.1.330'].flatMap((id) => [
    { id, title: 'an empty home', put: async () => {} },
    {
      id,
      title: 'Bedrock, another base URL and another key in its settings',
      put: (home: string) =>
        outputJson(join(home, '.claude/settings.json'), {
          env: {
            CLAUDE_CODE_USE_BEDROCK: '1',
            ANTHROPIC_BASE_URL: nowhere,
            ANTHROPIC_AUTH_TOKEN: foreign,
            ANTHROPIC_API_KEY: foreign,
          },
        }),
      env: { CLAUDE_CODE_USE_VERTEX: '1', ANTHROPIC_API_KEY: foreign },
    },
    {
      id,
      title: 'a helper and a header with another key',
      put: (home: string) =>
        outputJson(join(home, '.claude/settings.json'), {
          apiKeyHelper: `echo ${foreign}`,
          env: { ANTHROPIC_CUSTOM_HEADERS: `x-api-key: ${foreign}` },
        }),
    },
  ]),
  ...['codex-0.80.0', 'codex-0.120.0', 'codex-0.169.0'].flatMap((id) => [
    { id, title: 'an empty home', put: async () => {} },
    {
      id,
      title: 'another provider, its key and a login',
      put: async (home: string) => {
        await outputFile(
          join(home, '.codex/config.toml'),
          `model_provider = "other"\n[model_providers.other]\nname = "o"\nbase_url = "${nowhere}"\nenv_key = "QCODE_API_KEY"\n`,
        )
        await outputFile(join(home, '.codex/.env'), `QCODE_API_KEY=${foreign}\n`)
        await outputJson(join(home, '.codex/auth.json'), { OPENAI_API_KEY: foreign })
      },
    },
    {
      id,
      title: 'a table of our name with a header of its own',
      put: (home: string) =>
        outputFile(
          join(home, '.codex/config.toml'),
          `[model_providers.qcode]\nname = "mine"\nhttp_headers = { "x-api-key" = "${foreign}" }\n`,
        ),
    },
  ]),
  ...['cline-2.18.0', 'cline-3.0.65'].map((id) => ({ id, title: 'an empty home', put: async () => {} })),
  {
    id: 'cline-3.0.65',
    title: 'another base URL, key and header',
    put: (home) =>
      outputJson(
        join(home, '.cline/data/settings/providers.json'),
        providers({ apiKey: foreign, baseUrl: nowhere, headers: { 'x-api-key': foreign } }),
      ),
    env: { ANTHROPIC_API_KEY: foreign },
  },
  ...(['opencode', 'kilo'] as const).flatMap((tool) => {
    const id = { opencode: 'opencode-1.18.33', kilo: 'kilo-7.7.9' }[tool]
    const options = { baseURL: nowhere, apiKey: foreign }
    // What they add by themselves at any start.
    const own = {
      opencode: { $schema: 'https://opencode.ai/config.json' },
      kilo: { $schema: 'https://app.kilo.ai/config.json', permission: { bash: 'allow' } },
    }[tool]
    return [
      { id, title: 'an empty home', put: async () => {} },
      {
        id,
        title: 'another base URL and key',
        put: (home: string) =>
          outputJson(join(home, `.config/${tool}/${tool}.jsonc`), {
            ...own,
            provider: { anthropic: { options } },
          }),
        env: { ANTHROPIC_API_KEY: foreign },
      },
    ]
  }),
  { id: 'pi-0.73.1', title: 'an empty home', put: async () => {} },
  {
    id: 'pi-0.73.1',
    title: 'another base URL and key, and a token in the shell',
    put: async (home) => {
      await outputJson(join(home, '.pi/agent/models.json'), {
        providers: { anthropic: { baseUrl: nowhere } },
      })
      await outputJson(join(home, '.pi/agent/auth.json'), { anthropic: { type: 'api_key', key: foreign } })
    },
    env: { ANTHROPIC_API_KEY: foreign },
  },
  { id: 'openclaw-2026.9.6', title: 'an empty home', put: async () => {} },
  { id: 'continue-1.5.47', title: 'an empty home', put: async () => {} },
  {
    id: 'continue-1.5.47',
    title: 'another base URL and a key for our variable',
    put: async (home) => {
      await outputFile(
        join(home, '.continue/config.yaml'),
        `name: mine\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: QCode.cc\n    provider: anthropic\n    model: m\n    apiBase: ${nowhere}\n    apiKey: ${foreign}\n`,
      )
      await outputFile(join(home, '.continue/.env'), `QCODE_API_KEY=${foreign}\n`)
    },
  },
  { id: 'aider-0.86.2', title: 'an empty home', put: async () => {} },
  {
    id: 'aider-0.86.2',
    title: 'another key in its options, and an env file of the project',
    put: async (home) => {
      await outputFile(join(home, '.aider.conf.yml'), `anthropic-api-key: ${foreign}\n`)
      await outputFile(
        join(home, '.env'),
        `ANTHROPIC_API_BASE=${nowhere}\nAIDER_API_KEY=anthropic=${foreign}\n`,
      )
    },
  },
  {
    id: 'aider-0.86.2',
    title: 'a set-env list with another base URL and key',
    put: (home) =>
      outputFile(
        join(home, '.aider.conf.yml'),
        `set-env:\n  - ANTHROPIC_API_BASE=${nowhere}\n  - ANTHROPIC_API_KEY=${foreign}\n`,
      ),
  },
]

/** Looks at the command lines of all processes as long as the work takes. */
async function commandLinesDuring<T>(work: Promise<T>): Promise<{ result: T; lines: Set<string> }> {
  const lines = new Set<string>()
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        lines.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))
      } catch {
        // It has ended.
      }
    }
  }
  const timer = setInterval(look, 20)
  try {
    return { result: await work, lines }
  } finally {
    clearInterval(timer)
  }
}

function start({ id, env }: Machine, { home, standIn, key }: Place) {
  const runner = clientRunner(id)
  const needing = ['aider', 'openclaw', 'continue']
  const model = needing.includes(runner.tool) ? ['--model', 'claude-sonnet-4-5'] : []
  const line = [
    'run',
    runner.tool,
    '--gateway',
    standIn.origin,
    '--key-file',
    '-',
    ...model,
    '--',
    ...runner.args,
  ]
  return execa(process.execPath, [program, ...line], {
    cwd: home,
    env: { ...cleanEnvironment(home, [runner.binFolder]), ...runner.env, ...env },
    extendEnv: false,
    input: key,
    reject: false,
    // Kilo looks for its vendor for a minute first.
    timeout: 240_000,
  })
}

describe.each(machines)('$id with $title', (machine) => {
  test('one run reaches the gateway with our key alone, and changes none of the files that were there', async () => {
    const place = await makePlace()
    await machine.put(place.home)
    const before = readTree(place.home)
    const { result, lines } = await commandLinesDuring(start(machine, place))
    const posts = place.standIn.requests.filter(({ method }) => method === 'POST')
    expect(
      posts.map(({ status, auth }) => [status, auth]),
      result.stderr,
    ).not.toEqual([])
    expect(posts.filter(({ status }) => status !== 200)).toEqual([])
    expect(posts.filter(({ auth }) => auth === 'both')).toEqual([])
    expect(posts.map(({ path }) => path)).toEqual(expect.arrayContaining([...clientRunner(machine.id).paths]))
    expect(`${result.stdout}${result.stderr}`).toContain('pong')
    expect([...lines].filter((line) => line.includes(place.key))).toEqual([])
    const after = readTree(place.home)
    const kept = Object.keys(before).filter((path) => before[path]?.kind === 'file')
    expect(kept.map((path) => after[path])).toEqual(kept.map((path) => before[path]))
    expect(Object.keys(after).filter((path) => path.startsWith('.local/state/qcode-setup'))).toEqual([])
    expect(
      JSON.stringify(Object.values(after), (_, value) => (typeof value === 'bigint' ? '' : value)),
    ).not.toContain(place.key)
  })
})
