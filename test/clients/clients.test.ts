import { describe, expect, test } from 'vitest'
import { pinned } from './client-packages.ts'
import { clientRunner, clientRunners, isInstalled } from './client-runners.ts'
import { judgeForRunner } from './judge-for-runner.ts'
import { makePlace } from './place.ts'
import { goodRow, recordProof, wrongRow } from './proof-rows.ts'
import { command, setUp } from './set-up.ts'
import { goodTurn, takeTurn, wrongTurn } from './take-turn.ts'
import { writtenLines } from './written-lines.ts'
import { takeWrongTurn } from './wrong-turn.ts'

describe.each(clientRunners)('$id', (runner) => {
  const here = test.skipIf(!isInstalled(runner))

  here('one turn after one command', async () => {
    const place = await makePlace()
    const report = await setUp([runner], place)
    const turn = await takeTurn(runner, place)
    expect(turn).toMatchObject(goodTurn(runner))
    // Clients rewrite their files, and that is no drift.
    expect(await setUp([runner], place)).toMatchObject({ changed: false })
    const written = await writtenLines(report, place)
    expect(written.join('\n')).toContain(`{gateway}${runner.base}`)
    await recordProof(goodRow(runner, '{gateway}', written, turn))
    await command(['remove', '--yes'], runner, place)
    expect(await writtenLines(report, place)).toEqual([])
  })

  here.each(runner.wrong)('breaks $rule with $base', async (wrong) => {
    const place = await makePlace()
    await setUp([runner], place)
    const { base, spoiled, turn, strangers } = await takeWrongTurn(runner, wrong, place)
    expect(spoiled).toBeGreaterThan(0)
    expect(turn).toMatchObject(wrongTurn(wrong))
    const toStranger = wrong.base.includes('{stranger}')
    expect(strangers.some(({ auth }) => auth === runner.auth)).toBe(toStranger)
    const { problems } = judgeForRunner(runner, base, place.standIn.origin)
    expect(problems.map(({ rule }) => rule)).toContain(wrong.rule)
    await recordProof(wrongRow(runner, wrong, turn))
  })
})

test('four tools after one command in one clean home', async () => {
  const four = ['codex-0.169.0', 'claude-code-2.1.330', pinned('cline'), 'openai-js-6.49.0'].map(clientRunner)
  const place = await makePlace()
  await setUp(four, place)
  for (const runner of four) expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
})
