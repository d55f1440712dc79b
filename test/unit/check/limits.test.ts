import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../../../src/command.ts'
import { fetchLimits } from '../../../src/gateway/key-limits.ts'
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
/** What the relay of the family really answers, by the limits of the key, and then by path. */
const relay = readReplies()

function readReplies() {
  const text = readFileSync(join(import.meta.dirname, 'relay-replies.txt'), 'utf8')
  const all: Record<string, Record<string, { status: number; body: unknown }>> = {}
  for (const line of text.split('\n').filter((one) => one !== '' && !one.startsWith('#'))) {
    const [key = '', path = '', status, ...body] = line.split(' | ')
    all[key] = { ...all[key], [path]: { status: Number(status), body: JSON.parse(body.join(' | ')) } }
  }
  return all
}

/** Answers as the relay does for a key with these limits, with 404 on the paths that are left out. */
function asRelay(limits: string, without: readonly string[] = []): Parameters<typeof startFaulty>[0] {
  return (request, reply) => {
    const path = request.url ?? ''
    const isKeyless = !request.headers.authorization && !request.headers['x-api-key']
    const isProbe = request.method === 'POST' && path !== gateway.spendingRoute
    if (isProbe && isKeyless) return answering(401, { error: 'Missing API key' })(request, reply)
    const known = isProbe ? '/api/v1/messages' : path
    const { status, body } = (without.includes(path) ? undefined : relay[limits]?.[known]) ?? {
      status: 404,
      body: { error: 'Not Found' },
    }
    answering(status, body)(request, reply)
  }
}

describe('what a gateway tells of a key', () => {
  const fetchFrom = async (listener: Parameters<typeof startFaulty>[0]) => {
    const faulty = await startFaulty(listener)
    try {
      const { origin } = Origin.parse(faulty.origin, gateway, true)
      const limits = await fetchLimits(origin, gateway, new Secret(testKey), createTransport({ env: {} }))
      return { limits, hits: faulty.hits }
    } finally {
      await faulty.close()
    }
  }

  const [first = '', second = '', third = ''] = gateway.limitsRoutes
  const spending = String(gateway.spendingRoute)
  const window = { windowMinutes: 60 }
  const none = { budgets: [], refusedModels: [] }
  const partly = [{ kind: 'window-requests', limit: 100 }]

  it.each([
    ['no limit', [], { used: 0, ...none }],
    [
      'every limit',
      [],
      {
        used: 3300,
        budgets: [
          { kind: 'day-cost', limit: 10, used: 4.25 },
          { kind: 'opus-week-cost', limit: 20, used: 0 },
          { kind: 'total-cost', limit: 100, used: 61.5 },
          { kind: 'window-cost', limit: 3, used: 0 },
          // Each question was one of them.
          { kind: 'window-requests', limit: 100, used: 3 },
        ],
        ...window,
        atOnce: 2,
        expires: '2027-01-31',
        refusedModels: ['claude-opus-4-8'],
      },
    ],
    [
      'every limit',
      [spending],
      { used: 3300, budgets: partly, ...window, atOnce: 2, refusedModels: ['claude-opus-4-8'] },
    ],
    ['every limit', [spending, first], { used: 3300, budgets: partly, ...window, refusedModels: [] }],
    ['every limit', [spending, first, second], { used: 3300, ...none }],
    // The costs of a window are not looked at where there are tokens of one.
    [
      'tokens in a window',
      [],
      {
        used: 3300,
        budgets: [{ kind: 'window-tokens', limit: 5000, used: 0 }],
        ...window,
        refusedModels: [],
      },
    ],
    [
      'tokens in a window',
      [spending],
      { used: 3300, budgets: [{ kind: 'window-tokens', limit: 5000 }], ...window, refusedModels: [] },
    ],
    // The relay calls none of them left, and goes on serving the key.
    ['tokens without a window', [], { used: 3300, ...none }],
    ['tokens without a window', [spending, first, second], { used: 3300, ...none }],
    ['over the limit of the day', [], undefined],
    ['one client alone', [], undefined],
  ] as const)('is read with %s, without the routes %j', async (limits, without, expected) => {
    expect((await fetchFrom(asRelay(limits, without))).limits).toEqual(expected)
  })

  it('goes by one request with the key, and one with an id alone', async () => {
    const { hits } = await fetchFrom(asRelay('every limit'))
    expect(hits.map(({ method, path, headers }) => [method, path, headers.authorization])).toEqual([
      ['GET', first, `Bearer ${testKey}`],
      ['POST', spending, undefined],
    ])
    const later = await fetchFrom(asRelay('no limit', [first, second]))
    expect(later.hits.map(({ path }) => path)).toEqual([first, second, third, spending])
  })

  const info = { id: '81b6ff39-f2be-452b-923e-3fde38b9997d', token_limit: 5000, tokens_used: 1 }

  it.each([
    ['no such route', answering(404, { error: 'Not Found' })],
    ['a key that is refused', answering(401, { error: 'Invalid API key' })],
    ['a fault', answering(500, { error: 'x' })],
    ['a page', answering(200, '<html>')],
    ['null', answering(200, null)],
    ['a count that is a text', answering(200, { ...info, tokens_used: '1' })],
    ['a count that is none', answering(200, { ...info, tokens_used: -1 })],
    ['a redirect', answering(302, {}, { location: 'http://127.0.0.1:9/' })],
    ['a connection that is cut', faults.reset],
  ])('is nothing, and no error, for %s', async (_, listener) => {
    expect((await fetchFrom(listener)).limits).toBeUndefined()
  })

  it.each([
    ['an id that is none', { ...info, id: '../../admin' }],
    ['no id', { ...info, id: undefined }],
  ])('asks nothing more with %s', async (_, body) => {
    const { hits, limits } = await fetchFrom(answering(200, body))
    expect(hits).toHaveLength(1)
    expect(limits).toMatchObject({ used: 1 })
  })

  it.each([
    ['a key in the name of a model', { enabled: true, models: [testKey, 'm'] }, ['m']],
    ['an escape in it', { enabled: true, models: ['\u001b[2J', 7, 'm'] }, ['m']],
    ['restrictions that are off', { enabled: false, models: ['m'] }, []],
  ])('takes over no %s', async (_, model_restrictions, refusedModels) => {
    const { limits } = await fetchFrom(answering(200, { ...info, id: undefined, model_restrictions }))
    expect(limits).toMatchObject({ refusedModels })
  })

  it.each([
    ['huge', { dailyCostLimit: 1e300 }],
    ['negative', { dailyCostLimit: -3 }],
    ['a text', { dailyCostLimit: '3' }],
    ['a part of a request', { rateLimitWindow: 60, rateLimitRequests: 1.5 }],
    ['of a huge window', { rateLimitWindow: 1e300, rateLimitRequests: 9 }],
  ])('takes over no limit that is %s', async (_, limits) => {
    const { limits: found } = await fetchFrom(answering(200, { ...info, data: { limits } }))
    expect(found).toMatchObject({ used: 1, budgets: [] })
  })

  it.each([
    ['2027-01-31T00:00:00.000Z', '2027-01-31'],
    [1_801_353_600_000, '2027-01-31'],
    ['9999-12-31T23:59:59Z', '9999-12-31'],
    ['12', undefined],
    ['+275760-09-13T00:00:00.000Z', undefined],
    ['2027-99-99', undefined],
    [8.64e15, undefined],
    [1_801_353_600, undefined],
    [-5, undefined],
    [{}, undefined],
  ])('reads the day on which a key expires from %j', async (expiresAt, expires) => {
    const data = { limits: {}, expiresAt }
    const { limits } = await fetchFrom(answering(200, { ...info, data }))
    expect(limits?.expires).toBe(expires)
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
    expect(String(told(status)[0]?.message)).toContain('$7.5 of $10 left for today')
    expect(status.data.limits).toMatchObject([
      { origin: standIn.origin, used: 1200, budgets: [{ kind: 'day-cost', limit: 10, used: 2.5 }] },
    ])
    const check = await run('check')
    expect(check.exit).toBe(0)
    expect(String(told(check)[0]?.message)).toContain('$7.5 of $10 left for today')
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

  it.each([
    ['no limit', 'key-limits', ' has used 0 tokens so far. The gateway reports no limits.'],
    [
      'every limit',
      'key-limits',
      ' has used 3,300 tokens so far. Limits: $5.75 of $10 left for today; $20 of $20 left for Opus this week; ' +
        '$38.5 of $100 left in total; $3 of $3 left in 60 minutes; requests: 97 of 100 left in 60 minutes; ' +
        'requests at the same time: 2; expires on 2027-01-31; not for the models claude-opus-4-8.',
    ],
    [
      'tokens without a window',
      'key-limits',
      ' has used 3,300 tokens so far. The gateway reports no limits.',
    ],
  ])('tell of a key with %s what the relay says', async (limits, id, text) => {
    const faulty = await startFaulty(asRelay(limits))
    await run(`setup --tool codex --gateway ${faulty.origin} --yes --no-check`)
    const found = told(await run('status --limits'))
    await faulty.close()
    expect(found.map((finding) => finding.id)).toEqual([id])
    expect(String(found[0]?.message)).toBe(`At ${faulty.origin}, your key${text}`)
  })

  it('say of two keys at one gateway which is which, and how to replace the one that is used up', async () => {
    const ids = ['0', '9'].map((digit) => `81b6ff39-f2be-452b-923e-${digit.repeat(12)}`)
    const faulty = await startFaulty((request, reply) => {
      const isOther = request.headers.authorization?.endsWith('9') ?? false
      const info = { id: ids[isOther ? 1 : 0], token_limit: 0, tokens_used: 1 }
      const limits = { totalCostLimit: 5, currentTotalCost: 5 }
      if (gateway.limitsRoutes.includes(request.url ?? '')) return answering(200, info)(request, reply)
      if (request.url !== gateway.spendingRoute) return asRelay('no limit')(request, reply)
      request.once('data', (body) =>
        answering(200, { data: String(body).includes('999') ? { limits } : {} })(request, reply),
      )
    })
    await run(`setup --tool codex --gateway ${faulty.origin} --yes --no-check`)
    const env = { ...host.env, QCODE_API_KEY: `cr_${'9'.repeat(64)}` }
    host = { ...host, env }
    await run(`setup --tool claude-code --name work --gateway ${faulty.origin} --yes --no-check`)
    const status = await run('status --limits')
    const check = await run('check --name work')
    await faulty.close()
    const work = {
      id: 'key-used-up',
      text: `At ${faulty.origin}, your key "work" has`,
      to: 'rotate --name work',
    }
    const said = [...told(status), ...told(check)].map(({ id, message, hint }) => [id, `${message} ${hint}`])
    expect(said).toEqual([
      ['key-limits', expect.stringContaining(`At ${faulty.origin}, your key has used 1 token`)],
      [work.id, expect.stringMatching(new RegExp(`^${work.text}.*${work.to}$`))],
      [work.id, expect.stringMatching(new RegExp(`^${work.text}.*${work.to}$`))],
    ])
    expect(status.data.limits).toMatchObject([{ used: 1 }, { name: 'work', used: 1 }])
  })

  it.each([
    ['does not tell', answering(200, '<html>')],
    ['refuses the key', answering(401, { error: 'Invalid API key' })],
    ['cuts the connection', faults.reset],
  ])('say that the limits are not known where a gateway %s, and what to run', async (_, listener) => {
    const faulty = await startFaulty(listener)
    await run(`setup --tool codex --gateway ${faulty.origin} --yes --no-check`)
    await run(`setup --tool claude-code --name work --gateway ${faulty.origin} --yes --no-check`)
    const { findings, exit, data } = await run('status --limits')
    await faulty.close()
    const unknown = findings.filter(({ id }) => id === 'limits-unknown')
    expect(unknown.map(({ message }) => String(message)).join()).toContain(faulty.origin)
    expect(unknown.map(({ hint }) => String(hint).split(': ')[1])).toEqual([
      'qcode-setup check',
      'qcode-setup check --name work',
    ])
    expect({ exit, limits: data.limits }).toEqual({ exit: 0, limits: [] })
  })

  it('warn of a key that has used up one of its limits', async () => {
    const week = { weeklyOpusCostLimit: 20, weeklyOpusCost: 20.5 }
    const faulty = await startFaulty((request, reply) =>
      request.url === gateway.spendingRoute
        ? answering(200, { data: { limits: week } })(request, reply)
        : asRelay('no limit')(request, reply),
    )
    await run(`setup --tool codex --gateway ${faulty.origin} --yes --no-check`)
    const found = told(await run('status --limits'))
    await faulty.close()
    expect(found).toMatchObject([{ id: 'key-used-up', level: 'warning' }])
    expect(String(found[0]?.message)).toContain('$0 of $20 left for Opus this week')
  })

  it.each([
    ['over the limit of the day', 'Try again after 2026-11-30T00:00:00.000Z, or raise the limit'],
    ['over the limit of all time', 'Top up or raise the limit'],
  ])('say of a key that is %s what to do', async (limits, hint) => {
    const faulty = await startFaulty(asRelay(limits))
    await run(`setup --tool codex --gateway ${faulty.origin} --yes --no-check`)
    const { report } = await run('check')
    await faulty.close()
    expect(report.replace(/\s+/g, ' ')).toContain(hint)
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
