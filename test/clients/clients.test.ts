import { describe, expect, test } from 'vitest'
import { clientRunner, clientRunners } from './client-runners.ts'
import { makePlace } from './place.ts'
import { setUp } from './set-up.ts'
import { spoilBaseUrl } from './spoil-base-url.ts'
import { goodTurn, takeTurn } from './take-turn.ts'

describe.each(clientRunners)('$id', (runner) => {
  test('one turn after one command', async () => {
    const place = await makePlace()
    await setUp([runner], place)
    expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
    // Clients rewrite their files, and that is no drift.
    expect(await setUp([runner], place)).toMatchObject({ changed: false })
  })

  test.each(runner.wrong)('with $base for a base URL it asks for $path and gets a 404', async (wrong) => {
    const place = await makePlace()
    await setUp([runner], place)
    const { origin } = place.standIn
    expect(await spoilBaseUrl(place.home, origin + runner.base, origin + wrong.base)).toBeGreaterThan(0)
    const turn = await takeTurn(runner, place)
    expect(turn).toMatchObject({ served: [], refused: [wrong.path] })
    expect(turn.stdout).not.toContain('pong')
  })
})

test('four tools after one command in one clean home', async () => {
  const four = ['codex-0.169.0', 'claude-code-2.1.330', 'cline-3.0.65', 'openai-js-6.49.0'].map(clientRunner)
  const place = await makePlace()
  await setUp(four, place)
  for (const runner of four) expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
})
