import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runCheck } from '../../../src/commands/check.ts'
import { runSetup } from '../../../src/commands/setup.ts'
import { type StandIn, startStandIn } from '../../../src/gateway/stand-in.ts'
import type { Host } from '../../../src/host/host.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

let home: string
let gateways: StandIn[]
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'qcode-stored-key-'))
  gateways = await Promise.all([1, 2].map(() => startStandIn(testCatalog.gateway, testKey)))
})
afterEach(async () => {
  await Promise.all(gateways.map((gateway) => gateway.close()))
  rmSync(home, { recursive: true, force: true })
})

async function setUp(
  host: Host,
  tool: string,
  keyStore: string,
  gateway: StandIn | undefined,
): Promise<void> {
  const values = { tool: [tool], keyStore: [keyStore], gateway: [gateway?.origin ?? ''] }
  const withKey = { ...host, env: { ...host.env, QCODE_API_KEY: testKey } }
  const input = { values, switches: new Set(['yes', 'noCheck']), positionals: [] }
  await runSetup(input, createTestContext(withKey))
}

const sawKey = ({ requests }: StandIn) => requests.some(({ auth }) => auth !== 'none')

describe('check without a key of its own', () => {
  it('takes the one of the keychain for gateways that were set up with it, and for no others', async () => {
    const host = createTestHost(home)
    const [kept, other] = gateways
    await setUp(host, 'codex', 'keychain', kept)
    await setUp(host, 'claude-code', 'env', other)
    await runCheck({ values: {}, switches: new Set(), positionals: [] }, createTestContext(host))
    expect(gateways.map(({ requests }) => requests.length > 0)).toEqual([true, true])
    expect(gateways.map(sawKey)).toEqual([true, false])
  })

  it('takes the one of a file for the gateway that it was written for, and for no others', async () => {
    const host = createTestHost(home)
    const [written, other] = gateways
    await setUp(host, 'codex', 'file', written)
    await setUp(host, 'claude-code', 'env', other)
    await runCheck({ values: {}, switches: new Set(), positionals: [] }, createTestContext(host))
    expect(gateways.map(sawKey)).toEqual([true, false])
  })

  it('goes on without a key where the keychain does not answer', async () => {
    const host = createTestHost(home)
    await setUp(host, 'codex', 'keychain', gateways[0])
    const away = { ...host, keychain: () => Promise.reject(new Error('not here')) }
    const input = { values: {}, switches: new Set<string>(), positionals: [] }
    expect(await runCheck(input, createTestContext(away))).toMatchObject({ exit: 0 })
    expect(gateways.some(sawKey)).toBe(false)
  })
})
