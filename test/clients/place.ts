import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type StandIn, startStandIn } from '../../src/gateway/stand-in.ts'
import { testCatalog } from '../support/test-catalog.ts'

/** Where one test takes place: a home without anything in it, and a gateway on loopback that knows one key. */
export interface Place {
  readonly home: string
  readonly key: string
  readonly standIn: StandIn
}

/** Makes a place for the running test, and takes it down at its end. */
export async function makePlace(): Promise<Place> {
  const home = await mkdtemp(join(tmpdir(), 'qcode-client-'))
  const key = `cr_${'0123456789abcdef'.repeat(4)}`
  const standIn = await openGateway(key)
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }))
  return { home, key, standIn }
}

/** A gateway for the running test, closed at its end. */
export async function openGateway(key: string): Promise<StandIn> {
  const standIn = await startStandIn(testCatalog.gateway, key)
  onTestFinished(() => standIn.close())
  return standIn
}
