import { join } from 'node:path'
import { execa } from 'execa'
import { ensureDir, outputFile, outputJson } from 'fs-extra/esm'
import { describe, expect, test } from 'vitest'
import { clineProviders, clineProvidersFile } from '../support/cline-providers.ts'
import { cleanEnvironment } from './clean-environment.ts'
import { pinned } from './client-packages.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace, openGateway, type Place } from './place.ts'
import type { ClientRunner } from './runners/client-runner.ts'
import { setUp } from './set-up.ts'
import { goodTurn, takeTurn } from './take-turn.ts'

const program = join(import.meta.dirname, '../../bin/qcode-setup.js')

/** One run of the built program; gives its exit code. */
async function command(runner: ClientRunner, place: Place, ...args: string[]): Promise<number | undefined> {
  const { exitCode } = await execa(process.execPath, [program, ...args, '--yes'], {
    cwd: runner.folder ?? place.home,
    env: { ...cleanEnvironment(place.home, [runner.binFolder]), ...runner.env },
    extendEnv: false,
    input: place.key,
    reject: false,
  })
  return exitCode
}

/** Folder variables with which one client has two accounts on one machine. */
const accounts: readonly (readonly [id: string, variable: string])[] = [
  ['claude-code-2.1.330', 'CLAUDE_CONFIG_DIR'],
  ['codex-0.169.0', 'CODEX_HOME'],
  [pinned('cline'), 'CLINE_DIR'],
  [pinned('qwen-code'), 'QWEN_HOME'],
  [pinned('vibe'), 'VIBE_HOME'],
  [pinned('continue'), 'CONTINUE_GLOBAL_DIR'],
  [pinned('pi'), 'PI_CODING_AGENT_DIR'],
]

test.each(accounts)('%s: two accounts by %s, each reaches its own gateway', async (id, variable) => {
  const first = await makePlace()
  const second: Place = {
    ...first,
    key: `cr_${'7'.repeat(64)}`,
    standIn: await openGateway(`cr_${'7'.repeat(64)}`),
  }
  // In the home itself the first account's file would be the project's for the second one.
  const folder = join(first.home, 'work')
  await ensureDir(folder)
  const one = { ...clientRunner(id), folder }
  const other = { ...one, env: { ...one.env, [variable]: join(first.home, 'second account') } }
  await setUp([one], first)
  await setUp([other], second)
  expect(await takeTurn(one, first)).toMatchObject(goodTurn(one))
  expect(await takeTurn(other, second)).toMatchObject(goodTurn(other))
  expect(await takeTurn(one, first)).toMatchObject(goodTurn(one))
})

/** A home in which a client would send somebody else's key, and how that key got there. */
interface ForeignKey {
  readonly id: string
  readonly source: string
  readonly put: (home: string) => Promise<unknown>
  readonly env?: Record<string, string>
}

const foreign = 'sk-ant-api03-someone-elses-key-0000000000000000'

const foreignKeys: readonly ForeignKey[] = [
  {
    id: 'claude-code-2.1.330',
    source: 'ANTHROPIC_API_KEY in settings.json',
    put: (home) => outputJson(join(home, '.claude/settings.json'), { env: { ANTHROPIC_API_KEY: foreign } }),
  },
  {
    id: 'claude-code-2.1.330',
    source: 'primaryApiKey in ~/.claude.json',
    put: (home) => outputJson(join(home, '.claude.json'), { primaryApiKey: foreign }),
  },
  {
    id: 'claude-code-2.1.330',
    source: 'apiKeyHelper',
    put: (home) => outputJson(join(home, '.claude/settings.json'), { apiKeyHelper: `echo ${foreign}` }),
  },
  {
    id: 'claude-code-2.1.330',
    source: 'ANTHROPIC_API_KEY in the shell',
    put: async () => {},
    env: { ANTHROPIC_API_KEY: foreign },
  },
  {
    id: 'claude-code-2.1.330',
    source: 'a header of its own',
    put: (home) =>
      outputJson(join(home, '.claude/settings.json'), {
        env: { ANTHROPIC_CUSTOM_HEADERS: `x-api-key: ${foreign}` },
      }),
  },
  {
    id: 'codex-0.169.0',
    source: 'http_headers of its own in our table',
    put: (home) =>
      outputFile(
        join(home, '.codex/config.toml'),
        `[model_providers.qcode]\nname = "mine"\nhttp_headers = { "x-api-key" = "${foreign}" }\n`,
      ),
  },
  {
    id: 'codex-0.169.0',
    source: 'auth.json with a key',
    put: (home) => outputJson(join(home, '.codex/auth.json'), { OPENAI_API_KEY: foreign }),
  },
  {
    id: pinned('aider'),
    source: 'anthropic-api-key in its file',
    put: (home) => outputFile(join(home, '.aider.conf.yml'), `anthropic-api-key: ${foreign}\n`),
  },
  {
    id: pinned('aider'),
    source: 'the api-key list of its file',
    put: (home) => outputFile(join(home, '.aider.conf.yml'), `api-key:\n  - anthropic=${foreign}\n`),
  },
  {
    id: pinned('aider'),
    source: 'AIDER_API_KEY in the project',
    put: (home) => outputFile(join(home, '.env'), `AIDER_API_KEY=anthropic=${foreign}\n`),
  },
  {
    id: pinned('cline'),
    source: 'an old key and a header in our entry',
    put: (home) =>
      outputJson(
        join(home, clineProvidersFile),
        clineProviders({
          apiKey: foreign,
          baseUrl: 'https://llm.example.com',
          headers: { 'x-api-key': foreign },
        }),
      ),
  },
]

describe.each(foreignKeys)('$id with $source', ({ id, put, env = {} }) => {
  test('after every command that ends with 0, the gateway never sees that key', async () => {
    const place = await makePlace()
    await put(place.home)
    const client = clientRunner(id)
    const runner = { ...client, env: { ...client.env, ...env } }
    const gateway = ['--gateway', place.standIn.origin, '--no-check']
    const commands = [
      ['setup', '--tool', runner.tool, ...gateway, '--key-file', '-'],
      ['switch', ...gateway],
      ['remove'],
    ]
    for (const args of commands) {
      if ((await command(runner, place, ...args)) !== 0) continue
      // Without us a client may look for its vendor for long; what it sends to the gateway it sends at once.
      const turn = await takeTurn(args[0] === 'remove' ? { ...runner, timeout: 15_000 } : runner, place)
      expect(turn.denied, args[0]).toEqual([])
      if (args[0] === 'setup') expect(turn).toMatchObject(goodTurn(runner))
    }
  })
})

test('a key that OpenClaw stores for the vendor is not sent to the gateway, in a home of its own', async () => {
  const place = await makePlace()
  const client = clientRunner(pinned('openclaw'))
  const runner = { ...client, env: { ...client.env, OPENCLAW_HOME: join(place.home, 'own') } }
  const env = { ...cleanEnvironment(place.home, [runner.binFolder]), ...runner.env }
  const options = { cwd: place.home, env, extendEnv: false }
  const store = ['models', 'auth', 'paste-api-key', '--provider', 'anthropic']
  await execa(runner.command, store, { ...options, input: `sk-ant-api03-${'vendor'.repeat(12)}-AA` })
  await setUp([runner], place)
  const turn = await takeTurn(runner, place)
  expect(turn.denied).toEqual([])
  expect(turn).toMatchObject(goodTurn(runner))
  const run = [program, 'run', runner.tool, '--gateway', place.standIn.origin, '--key-file', '-', '--']
  const before = place.standIn.requests.length
  await execa(process.execPath, [...run, ...runner.args], { ...options, input: place.key, reject: false })
  expect(place.standIn.requests.slice(before)).toMatchObject([{ status: 200 }])
})
