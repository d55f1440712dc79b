import { afterAll, describe, expect, it } from 'vitest'
import { commandTable } from '../../src/commands/command-table.ts'
import { commandRuns } from './command-runs.ts'
import { startGateways } from './echoing-gateway.ts'
import { failureRuns } from './failure-runs.ts'
import { mistakeFiles, mistakeRuns } from './mistake-runs.ts'
import { tally } from './search-run.ts'
import { plantedHome } from './user-files.ts'
import { type Journey, walk } from './walk.ts'

const { origins, close } = await startGateways()
afterAll(async () => {
  await close()
  console.log(`canary search: ${JSON.stringify(tally)}`)
})

const named = (journeys: readonly Journey[]) => journeys.map((journey) => [journey.name, journey] as const)

describe('the search', () => {
  it('goes over every command', () => {
    expect(Object.keys(commandRuns).sort()).toEqual(commandTable.map(({ name }) => name).sort())
  })
})

describe.concurrent('the key is shown nowhere', () => {
  it.each(Object.entries(commandRuns))('by %s, in any mode', (name, runs) =>
    walk({ name, files: plantedHome, steps: runs(origins) }),
  )

  it.each(Object.entries(mistakeRuns))('where it stands by mistake %s', (name, steps) =>
    walk({ name, files: mistakeFiles, steps }),
  )

  it.each(named(failureRuns(origins)))('after a failure: %s', (_, journey) => walk(journey))
})
