import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { outputFile, outputJson, readJson } from 'fs-extra/esm'
import { describe, expect, test } from 'vitest'
import { clineProviders, clineProvidersFile } from '../support/cline-providers.ts'
import { pinned, pins } from './client-packages.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace, type Place } from './place.ts'
import type { ClientRunner } from './runners/client-runner.ts'
import { command, setUp } from './set-up.ts'
import { goodTurn, takeTurn } from './take-turn.ts'

/** What `doctor --deep` says of a run on a copy of the settings. */
async function deepRun(runner: ClientRunner, place: Place): Promise<{ level: string; message: string }> {
  const document = JSON.parse(await command(['doctor', '--deep', '--no-check', '--json'], runner, place))
  return document.findings.find(({ id }: { id: string }) => id === 'deep-run')
}

test("Cline keeps and uses another provider's key over setup, a run, remove and the next run", async () => {
  const place = await makePlace()
  const runner = clientRunner(pinned('cline'))
  const file = join(place.home, clineProvidersFile)
  const name = 'openai-compatible'
  const baseUrl = `${place.standIn.origin}/openai/v1`
  const mine = clineProviders({ provider: name, apiKey: place.key, model: 'gpt-5.5', baseUrl })
  await outputJson(file, mine)
  await setUp([runner], place)
  expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
  await command(['remove', '--yes'], runner, place)
  expect(await readJson(file)).toMatchObject({ providers: mine.providers })
  expect(await takeTurn(runner, place)).toMatchObject({ served: ['/openai/v1/chat/completions'], denied: [] })
  expect((await readJson(file)).providers[name].settings.apiKey).toBe(place.key)
})

describe.each(pins('codex').map(clientRunner))('$id', (runner) => {
  test("after remove, starts with the user's keys that were in our table, and uses their provider", async () => {
    const place = await makePlace()
    const file = join(place.home, '.codex/config.toml')
    const table = `name = "Mine"\nbase_url = "${place.standIn.origin}/openai"\nwire_api = "responses"\nenv_key = "MY_KEY"\n`
    await outputFile(file, `model_provider = "mine"\n\n[model_providers.mine]\n${table}`)
    await setUp([runner], place)
    const written = await readFile(file, 'utf8')
    const more = 'request_max_retries = 1\nhttp_headers = { "X-Team" = "a" }\n'
    await outputFile(
      file,
      written.replace(/^env_key_instructions.*\n/m, (line) => line + more),
    )
    await command(['remove', '--yes'], runner, place)
    expect(await readFile(file, 'utf8')).toContain(more)
    const own = { ...runner, env: { ...runner.env, MY_KEY: place.key } }
    expect(await takeTurn(own, place)).toMatchObject(goodTurn(runner))
  })
})

describe('Claude Code 2.1.330 drops the whole file, and doctor --deep shows it', () => {
  const runner = clientRunner('claude-code-2.1.330')
  test.each([
    { permissions: { defaultMode: 'yolo' } },
    { cleanupPeriodDays: '7' },
    { hooks: { PreToolUse: { Bash: 'echo' } } },
    { apiKeyHelper: null },
    // Not in the list of the schema.
    { sandbox: { network: { allowedDomains: 'x' } } },
  ])('with %j', async (wrong) => {
    const place = await makePlace()
    const file = join(place.home, '.claude/settings.json')
    await setUp([runner], place)
    expect(await deepRun(runner, place)).toMatchObject({ level: 'ok' })
    await outputJson(file, { ...(await readJson(file)), ...wrong })
    expect(await takeTurn(runner, place)).toMatchObject({ served: [], denied: [], refused: [] })
    const found = await deepRun(runner, place)
    expect(found.level).toBe('error')
    expect(String(found.message)).toContain('settings.json')
  })
})

test.each(['codex-0.169.0', pinned('cline')])(
  'doctor --deep: %s reaches the gateway with the right key',
  async (id) => {
    const place = await makePlace()
    const runner = clientRunner(id)
    await setUp([runner], place)
    expect(await deepRun(runner, place)).toMatchObject({ level: 'ok' })
  },
)
