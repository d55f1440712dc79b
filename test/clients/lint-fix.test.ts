import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { cleanEnvironment } from './clean-environment.ts'
import { pinned } from './client-packages.ts'
import { clientRunner } from './client-runners.ts'
import { makePlace, type Place } from './place.ts'
import { setUp } from './set-up.ts'
import { spoilBaseUrl } from './spoil-base-url.ts'
import { goodTurn, takeTurn } from './take-turn.ts'

const program = join(import.meta.dirname, '../../bin/qcode-setup.js')

/** A base URL that no client can use, for each tool that was set up: what stands there, and what goes there instead. */
const mistakes = [
  ['/api/v1', '/api/v1/messages'],
  ['/api', '/api/v1/v1'],
  ['/openai/v1', '/openai/v1/'],
  ['/openai', ''],
] as const

async function lint(place: Place, ...flags: string[]): Promise<{ exit: number; findings: unknown[] }> {
  const { stdout, exitCode } = await execa(process.execPath, [program, 'lint', '--json', ...flags], {
    cwd: place.home,
    env: cleanEnvironment(place.home, []),
    extendEnv: false,
    reject: false,
  })
  return { exit: exitCode ?? -1, findings: JSON.parse(stdout).findings }
}

test('real clients get their reply after lint --fix has mended what was written wrong', async () => {
  const runners = ['codex-0.169.0', 'claude-code-2.1.330', pinned('cline'), 'openai-js-6.49.0'].map(
    clientRunner,
  )
  const place = await makePlace()
  await setUp(runners, place)
  const { origin } = place.standIn
  for (const [right, wrong] of mistakes) {
    expect(await spoilBaseUrl(place.home, origin + right, `${origin}${wrong}`), right).toBeGreaterThan(0)
  }
  const found = await lint(place)
  expect(found.exit).toBe(3)
  expect(found.findings.length).toBeGreaterThanOrEqual(mistakes.length)
  await lint(place, '--fix', '--yes')
  expect(await lint(place)).toEqual({ exit: 0, findings: [] })
  for (const runner of runners) expect(await takeTurn(runner, place)).toMatchObject(goodTurn(runner))
})
