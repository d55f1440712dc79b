import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandTable } from '../../src/commands/command-table.ts'
import { commandRuns } from './command-runs.ts'
import { type Gateways, startGateways } from './echoing-gateway.ts'
import { tally } from './search-run.ts'
import { plantedHome } from './user-files.ts'
import { walk } from './walk.ts'

let origins: Gateways
let close: () => Promise<unknown>
beforeAll(async () => {
  ;({ origins, close } = await startGateways())
})
afterAll(async () => {
  await close()
  console.log(`canary search: ${JSON.stringify(tally)}`)
})

describe('the search', () => {
  it('goes over every command', () => {
    expect(Object.keys(commandRuns).sort()).toEqual(commandTable.map(({ name }) => name).sort())
  })
})

describe.concurrent('a command', () => {
  it.each(Object.entries(commandRuns))('%s shows the key in no mode', (name, runs) =>
    walk({ name, files: plantedHome, steps: runs(origins) }),
  )
})
