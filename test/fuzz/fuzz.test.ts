import { expect, it } from 'vitest'
import { randomSeed } from '../support/random-cases.ts'
import { replayOf } from './replay.ts'
import { runTarget } from './run-target.ts'
import { casesOf, fixedPath, isWanted, writesReport } from './settings.ts'
import { targets } from './targets.ts'
import { type Row, writeReport } from './write-report.ts'

const rows: Row[] = []

it.each(targets.filter(isWanted))('$name: a typed error, or every law holds', async (target) => {
  const cases = casesOf(target, targets)
  const finds = await runTarget({ target: target.name, cases, seed: randomSeed, ...fixedPath })
  rows.push({ target: target.name, cases, finds: finds.length })
  console.log(`${target.name}: ${cases} cases, ${finds.length} finds`)
  for (const find of finds) console.error(replayOf(target.name, find))
  // After each target, so that a run that is stopped has its report as well.
  if (writesReport) writeReport(rows)
  expect(finds).toHaveLength(0)
})
