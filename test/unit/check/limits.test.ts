import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/command.ts'
import { fetchLimits } from '../../../src/gateway/fetch-models.ts'
import { Origin } from '../../../src/gateway/origin.ts'
import { startStandIn } from '../../../src/gateway/stand-in.ts'
import { createTransport } from '../../../src/gateway/transport.ts'
import type { Host } from '../../../src/host/host.ts'
import { parseArguments } from '../../../src/request/parse-arguments.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { commandTable } from '../../support/command-table.ts'
import { answering, faults, startFaulty } from '../../support/faulty-gateway.ts'
import { opened } from '../../support/opened.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

const { gateway } = testCatalog
/** How the family's relays answer a request without messages, with a key and without one. */
const noMessages: Readonly<Record<number, unknown>> = {
  400: { error: 'Invalid request', message: 'Missing or invalid field: messages (must be an array)' },
  401: { error: 'Missing API key', message: 'Please provide an API key' },
}
const usage = (tokens: unknown) => ({ total: { tokens, requests: 1 } })

describe('what a gateway tells of a key', () => {
  const fetchFrom = async (listener: Parameters<typeof startFaulty>[0]) => {
    const faulty = await startFaulty(listener)
    try {
      const { origin } = Origin.parse(faulty.origin, gateway, true)
      const limits = await fetchLimits(origin, gateway, new Secret(testKey), createTransport({ env: {} }))
      return { limits, hits: faulty.hits.map(({ path }) => path) }
    } finally {
      await faulty.close()
    }
  }

  it.each([
    ['a limit', { keyInfo: { tokenLimit: 5000, usage: usage(1200) } }, { used: 1200, limit: 5000 }],
    ['no limit', { keyInfo: { tokenLimit: 0, usage: usage(7) } }, { used: 7 }],
    ['the other shape', { usage: usage(3), limits: { tokens: 10, requests: 0 } }, { used: 3, limit: 10 }],
  ])('is read with %s, by one request', async (_, body, limits) => {
    expect(await fetchFrom(answering(200, body))).toEqual({ limits, hits: ['/api/v1/key-info'] })
  })

  it.each([
    ['no such route', answering(404, { error: 'Not Found' })],
    ['a key that is refused', answering(401, { error: 'Invalid API key' })],
    ['a fault', answering(500, { error: 'x' })],
    ['a page', answering(200, '<html>')],
    ['null', answering(200, null)],
    ['another shape', answering(200, { keyInfo: { tokenLimit: '5000', usage: usage(1) } })],
    ['a count that is none', answering(200, { keyInfo: { tokenLimit: 5000, usage: usage(-1) } })],
    ['a redirect', answering(302, {}, { location: 'http://127.0.0.1:9/' })],
    ['a connection that is cut', faults.reset],
  ])('is nothing, and no error, for %s', async (_, listener) => {
    expect((await fetchFrom(listener)).limits).toBeUndefined()
  })
})

describe('check and status --limits', () => {
  let home = ''
  let host: Host
  beforeEach(() => {
    home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-limits-')))
    const { env } = createTestHost(home)
    host = createTestHost(home, { env: { ...env, QCODE_API_KEY: testKey } })
  })
  afterEach(() => rmSync(home, { recursive: true, force: true }))

  async function run(line: string, isOffline = false): Promise<Outcome> {
    const [name = '', ...args] = line.split(' ')
    const spec = commandTable.find((each) => each.name === name)
    if (!spec) throw new Error(`no command ${name}`)
    return spec.run(parseArguments(args, spec, testCatalog), createTestContext({ ...host, isOffline }))
  }

  const told = (outcome: Outcome) => outcome.findings.filter(({ id }) => id.startsWith('key-'))

  it('show what is left at the gateway that is set up; status without the flag asks nobody', async () => {
    const standIn = await opened(startStandIn(gateway, testKey))
    await run(`setup --tool codex --gateway ${standIn.origin} --yes --no-check`)
    expect(told(await run('status', true))).toEqual([])
    expect(standIn.requests).toEqual([])
    const status = await run('status --limits')
    expect(told(status).map(String)).toHaveLength(1)
    expect(String(told(status)[0]?.message)).toContain('3,800 of 5,000 tokens left')
    expect(status.data.limits).toEqual([{ origin: standIn.origin, used: 1200, limit: 5000 }])
    const check = await run('check')
    expect(check.exit).toBe(0)
    expect(String(told(check)[0]?.message)).toContain('3,800 of 5,000 tokens left')
  })

  it('send each key to its own gateway alone, and none that may be of either', async () => {
    const other = `cr_${'9'.repeat(64)}`
    const [first, second] = [
      await opened(startStandIn(gateway, testKey)),
      await opened(startStandIn(gateway, other)),
    ]
    await run(`setup --tool codex --gateway ${first.origin} --yes --no-check`)
    await run(`setup --tool claude-code --gateway ${second.origin} --yes --no-check`)
    await run('status --limits')
    const limitsOf = ({ requests }: typeof first) =>
      requests.filter(({ method }) => method === 'GET').map(({ status }) => status)
    expect(limitsOf(first)).toEqual([200])
    // It does not know its key, and is not asked with it again.
    expect(limitsOf(second)).toEqual([])
  })

  it('warn of a key that has used up its tokens', async () => {
    const full = { keyInfo: { tokenLimit: 10, usage: usage(11) } }
    const faulty = await startFaulty((request, reply) => {
      const isAsked = request.method === 'GET'
      const status = isAsked ? 200 : request.headers.authorization || request.headers['x-api-key'] ? 400 : 401
      answering(status, isAsked ? full : noMessages[status])(request, reply)
    })
    await run(`setup --tool codex --gateway ${faulty.origin} --yes --no-check`)
    expect(told(await run('status --limits'))).toMatchObject([{ id: 'key-used-up', level: 'warning' }])
    await faulty.close()
  })
})

it('the loopback gateway lists models and tells limits for the right key alone', async () => {
  const standIn = await opened(startStandIn(gateway, testKey))
  for (const path of [gateway.modelsRoute, ...gateway.limitsRoutes]) {
    const ask = (key: string) => fetch(standIn.origin + path, { headers: { authorization: `Bearer ${key}` } })
    expect((await ask(testKey)).status).toBe(200)
    expect((await ask('cr_wrong')).status).toBe(401)
    expect((await fetch(standIn.origin + path)).status).toBe(401)
    expect((await fetch(standIn.origin + path, { method: 'POST' })).status).toBe(404)
  }
})
