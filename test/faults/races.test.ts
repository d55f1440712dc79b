import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { listRuns } from '../../src/apply/journal.ts'
import type { Host } from '../../src/host/host.ts'
import { hashBytes } from '../../src/host/read-file-state.ts'
import { oneToolOfEachKind } from '../support/every-tool.ts'
import { readTree, stateBelowHome, usersPart } from '../support/home-tree.ts'
import { fillRichHome } from '../support/rich-home.ts'
import { expectNoLock, expectSettled, expectWhole } from './laws.ts'
import { createMachine } from './machine.ts'
import { startWorkers } from './race-workers.ts'
import { tryAll } from './try-all.ts'

const processes = 8
const rounds = 200
/** The journal grows with every run, and is read by each. */
const roundsPerHome = 20

const origins = ['api', 'us', 'eu', 'asia'].map((name) => `https://${name}.qcode.cc`)

/** Another wish for every process: another region, all tools at once, in another way. */
function wish(round: number, index: number): string[] {
  const origin = origins[(round + index) % origins.length] ?? ''
  const model = `model-${round}-${index}`
  const flags = [
    '--gateway',
    origin,
    '--model',
    `aider=${model}`,
    '--no-check',
    '--yes',
    '--on-conflict',
    'overwrite',
  ]
  return index === 7 && round % 3 === 2
    ? ['remove', '--yes']
    : ['setup', '--tool', oneToolOfEachKind.join(','), ...flags]
}

/** Every file of the last run that changed something is as that run wrote it: none is another run's. */
function expectOneWinner(host: Host): number {
  const done = listRuns(host).filter(({ state }) => state === 'done')
  for (const file of done.at(-1)?.files ?? []) {
    const hash = file.after.kind === 'absent' ? undefined : file.after.hash
    const now = readOrNothing(file.path)
    if (now !== hash) throw new Error(`${file.path} is not of run ${done.at(-1)?.id}`)
  }
  const gateways = new Set(
    textsIn(host.home).flatMap((text) => text.match(/https:\/\/\w+\.qcode\.cc/g) ?? []),
  )
  if (gateways.size > 1) throw new Error(`the files are of several runs: ${[...gateways].join(', ')}`)
  return done.length
}

/** What stands in the user's files, and what we say that we own. */
function textsIn(home: string): string[] {
  const tree = readTree(home)
  const ledger = tree[`${stateBelowHome}/ledger.json`]
  return [...Object.values(usersPart(tree)), ledger].flatMap((leaf) => leaf?.bytes ?? [])
}

function readOrNothing(path: string): string | undefined {
  try {
    return hashBytes(readFileSync(path))
  } catch {
    return undefined
  }
}

/** Ended well, saw that another one was faster, or waited in vain, as on a busy machine: nothing was changed then. */
function endedFine({ exit, said }: { exit: number; said: string }): boolean {
  return exit === 0 || exit === 3 || (exit === 1 && said.includes('Another qcode-setup is running'))
}

test(`${processes} processes at once, ${rounds} rounds: one after the other, each whole`, async () => {
  const workers = await startWorkers(processes)
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-races-')))
  const won: number[] = []
  let before = 0
  try {
    await tryAll('rounds', Array.from({ length: rounds }).keys(), async (round) => {
      const home = join(root, `home-${Math.floor(round / roundsPerHome)}`)
      if (round % roundsPerHome === 0) {
        mkdirSync(home)
        fillRichHome(home)
        before = 0
      }
      const wishes = Array.from({ length: processes }, (_, index) => wish(round, index))
      const finishes = await workers.race(home, wishes)
      const { host } = createMachine(home)
      const wrong = finishes.find((finish) => !endedFine(finish))
      if (wrong) throw new Error(`exit ${wrong.exit}: ${wrong.said}`)
      expectSettled(host)
      const done = expectOneWinner(host)
      won.push(done - before)
      before = done
      expectWhole(home, usersPart(readTree(home)), 'after a race')
      expectNoLock(home)
    })
  } finally {
    workers.stop()
    rmSync(root, { recursive: true, force: true })
  }
  expect(Math.min(...won)).toBeGreaterThanOrEqual(1)
  // Where nobody ever was in another's way, there was no race. How often is up to the machine.
  expect(Math.min(...won)).toBeLessThan(processes)
})
