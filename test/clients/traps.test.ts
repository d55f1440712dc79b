import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { outputFile, outputJson, readJson } from 'fs-extra/esm'
import { describe, expect, test } from 'vitest'
import { clineProviders, clineProvidersFile } from '../support/cline-providers.ts'
import { pinned, pins } from './client-packages.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace } from './place.ts'
import { setUp } from './set-up.ts'
import { goodTurn, takeTurn } from './take-turn.ts'

describe.each(pins('claude-code').map(clientRunner))('$id', (client) => {
  test('a stale ANTHROPIC_API_KEY in the shell is silenced', async () => {
    const place = await makePlace()
    const runner = { ...client, env: { ...client.env, ANTHROPIC_API_KEY: 'sk-stale' } }
    await setUp([runner], place)
    expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
  })
})

describe.each(pins('codex').map(clientRunner))('$id', (runner) => {
  test('a ChatGPT login stays as it is and its token is not sent', async () => {
    const place = await makePlace()
    const login = join(place.home, '.codex/auth.json')
    await outputJson(login, chatGptLogin)
    const before = await readFile(login, 'utf8')
    await setUp([runner], place)
    expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
    expect(await readFile(login, 'utf8')).toBe(before)
  })

  test('root keys come before the tables that are there already', async () => {
    const place = await makePlace()
    await outputFile(join(place.home, '.codex/config.toml'), '[tui]\nanimations = false # mine\n')
    await setUp([runner], place)
    expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
  })

  test('the other base URL reaches the documented route', async () => {
    const place = await makePlace()
    await setUp([runner], place, ['--codex-base', 'openai/v1'])
    expect(await takeTurn(runner, place)).toMatchObject({
      ...goodTurn(runner),
      served: ['/openai/v1/responses'],
    })
  })
})

test("Cline 3 keeps another provider's key through setup and a run", async () => {
  const place = await makePlace()
  const runner = clientRunner(pinned('cline'))
  const providers = join(place.home, clineProvidersFile)
  const mine = clineProviders({ provider: 'openrouter', apiKey: 'or-mine' })
  await outputJson(providers, mine)
  await setUp([runner], place)
  expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
  expect(await readJson(providers)).toMatchObject({ providers: mine.providers })
})

test("a project's own set-env list does not lead Aider away from the gateway", async () => {
  const place = await makePlace()
  const folder = join(place.home, 'project')
  await outputFile(join(folder, '.aider.conf.yml'), 'set-env:\n  - MINE=1\n')
  await outputFile(join(folder, '.env'), 'ANTHROPIC_API_BASE=http://127.0.0.1:9\n')
  const runner = { ...clientRunner(pinned('aider')), folder }
  await setUp([runner], { ...place })
  expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
})

const claims = { email: 'me@example.com', 'https://api.openai.com/auth': { chatgpt_account_id: 'account' } }
const idToken = [{ alg: 'none' }, claims, 'signature']
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')

const chatGptLogin = {
  auth_mode: 'chatgpt',
  OPENAI_API_KEY: null,
  tokens: { id_token: idToken, access_token: idToken, refresh_token: 'refresh', account_id: 'account' },
  last_refresh: '2026-11-23T00:00:00Z',
}
