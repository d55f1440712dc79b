import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { makeHome, runProgram, sampleKey, setUp } from '../support/run-program.ts'

const runsIn = (home: string) => join(home, '.local/state/qcode-setup/runs')
const homes = [makeHome(), makeHome()]
const [few = '', many = ''] = homes.map(({ home }) => home)
afterAll(() => {
  for (const { drop } of homes) drop()
})
beforeAll(async () => {
  for (const [home, count] of [
    [few, 5],
    [many, 500],
  ] as const) {
    await setUp(['claude-code'], { home })
    addOldRuns(runsIn(home), count)
  }
})

/** Copies of the one run that is there, as if they had come before it. */
function addOldRuns(folder: string, count: number): void {
  const [last = ''] = readdirSync(folder)
  const journal = readFileSync(join(folder, last, 'journal.json'), 'utf8')
  for (let index = 1; index <= count; index++) {
    const id = `20200101T000000Z-${index.toString(16).padStart(12, '0')}`
    mkdirSync(join(folder, id), { mode: 0o700 })
    const text = journal.replaceAll(last, id).replace('"sequence": 1,', `"sequence": ${index - count},`)
    writeFileSync(join(folder, id, 'journal.json'), text, { mode: 0o600 })
  }
}

/** How many files a command reads, as it says itself. */
async function filesRead(args: readonly string[], home: string): Promise<number> {
  const env = { QCODE_DEBUG: '1' }
  const { exit, stderr } = await runProgram([...args, '--json'], { home, env, input: `${sampleKey}\n` })
  expect([0, 4], stderr).toContain(exit)
  return stderr.match(/^debug: read /gm)?.length ?? 0
}

const setup = ['--tool', 'codex', '--key-file', '-', '--yes', '--no-check']

it.each([
  ['status', ['status']],
  ['doctor', ['doctor', '--no-check']],
  ['print', ['print', 'codex']],
  ['lint', ['lint']],
  ['check', ['check', '--timeout', '0.01']],
  ['a dry run of setup', [...setup, '--dry-run']],
  ['a dry run of switch', ['switch', 'eu', '--yes', '--no-check', '--dry-run']],
  ['a dry run of undo', ['undo', '--dry-run']],
  ['a dry run of remove', ['remove', '--dry-run']],
])('given 500 old runs, when %s is typed, then it reads as many files as with five', async (_, args) => {
  expect(await filesRead(args, many)).toBe(await filesRead(args, few))
})

// Each in the home that the one before it leaves.
it.each([
  ['setup', setup, 498],
  ['switch', ['switch', 'eu', '--yes', '--no-check'], 495],
  ['undo', ['undo', '--yes'], 492],
  ['undo of the one before', ['undo', '--yes'], 489],
  ['remove', ['remove', '--yes'], 486],
])(
  'given 500 old runs, when %s is typed, then it reads only a few more, to tidy up',
  async (_, args, left) => {
    const read = await filesRead(args, few)
    const more = (await filesRead(args, many)) - read
    expect(readdirSync(runsIn(many))).toHaveLength(left)
    // Four to tidy up; and those of the same second, of which the two homes have not the same number.
    expect(more).toBeLessThan(30)
  },
)
