import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from '@iarna/toml'
import { onTestFinished } from 'vitest'
import { parseGateway } from '../../src/gateway/parse-gateway.ts'
import { type StandIn, startStandIn } from '../../src/gateway/stand-in.ts'

/** Where one test takes place: a home without anything in it, and a gateway on loopback that knows one key. */
export interface Place {
  readonly home: string
  readonly key: string
  readonly standIn: StandIn
}

const rules = await readFile(join(import.meta.dirname, '../../templates/gateway.toml'), 'utf8')
const gateway = parseGateway(parse(rules))

/** Makes a place for the running test, and takes it down at its end. */
export async function makePlace(): Promise<Place> {
  const home = await mkdtemp(join(tmpdir(), 'qcode-client-'))
  const key = `cr_${'0123456789abcdef'.repeat(4)}`
  const standIn = await startStandIn(gateway, key)
  onTestFinished(async () => {
    await standIn.close()
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  })
  return { home, key, standIn }
}
