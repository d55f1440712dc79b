import { afterAll, describe, expect, it } from 'vitest'
import { commandTable } from '../support/command-table.ts'
import { canaryKey, findCanary, oddKey } from './canary-keys.ts'
import { clientRuns } from './client-runs.ts'
import { commandRuns } from './command-runs.ts'
import { startGateways } from './echoing-gateway.ts'
import { failureRuns } from './failure-runs.ts'
import { keychainRuns } from './keychain-runs.ts'
import { mistakeFiles, mistakeRuns } from './mistake-runs.ts'
import { findOther, others } from './other-secrets.ts'
import { tally } from './search-run.ts'
import { toolRuns } from './tool-runs.ts'
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
    const names = commandTable.map(({ name }) => name).sort()
    expect(Object.keys(commandRuns).sort(), 'test/canary/command-runs.ts').toEqual(names)
  })

  it.each([canaryKey, oddKey])('finds every piece of %s, however it is spelled', (key) => {
    const spelled = [
      key,
      JSON.stringify({ key }),
      encodeURIComponent(key),
      Buffer.from(`user:${key}`).toString('base64'),
      Buffer.from(`x${key}`).toString('base64url'),
      Buffer.from(key).toString('hex'),
      [...key].reverse().join(''),
      key.slice(20, 32),
      key.slice(-12),
    ]
    for (const text of spelled) expect(findCanary(`before ${text} after`), text).toBeDefined()
    expect(findCanary(`${key.slice(0, 3)}…${key.slice(-4)} ${key.slice(5, 16)}`)).toBeUndefined()
  })
})

describe('the search for secrets of others', () => {
  it.each(Object.values(others))('finds %s, and not its masked form', (secret) => {
    expect(findOther(`before ${secret} after`)).toBeDefined()
    expect(findOther(`${secret.slice(0, 3)}…${secret.slice(-4)}`)).toBeUndefined()
  })
})

describe.concurrent('the key is shown nowhere', () => {
  it.each(Object.entries(commandRuns))('by %s, in any mode', (name, runs) =>
    walk({ name, files: plantedHome, steps: runs(origins) }),
  )

  it.each(named(toolRuns))('by a setup of %s', (_, journey) => walk(journey))
  it.each(named(keychainRuns))('by the keychain, %s', (_, journey) => walk(journey))
  it.each(named(clientRuns))('to %s', (_, journey) => walk(journey))

  it.each(Object.entries(mistakeRuns))('given a key put by mistake %s', (name, steps) =>
    walk({ name, files: mistakeFiles, steps }),
  )

  it.each(named(failureRuns(origins)))('after a failure: %s', (_, journey) => walk(journey))
})

describe('the sums', () => {
  it('count the searches that were made, and no finds', () => {
    for (const [name, count] of Object.entries({ ...tally, hits: 1 })) expect(count, name).toBeGreaterThan(0)
    expect(tally.hits).toBe(0)
  })
})
