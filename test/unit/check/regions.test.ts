import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { hostTransport } from '../../../src/checks/check-gateway.ts'
import { checkRegions, recommend, sortBySpeed } from '../../../src/checks/check-regions.ts'
import { runCheck } from '../../../src/commands/check.ts'
import { runSetup } from '../../../src/commands/setup.ts'
import type { Transport } from '../../../src/gateway/transport.ts'
import type { Input } from '../../../src/request/request.ts'
import { en } from '../../../src/texts/en.ts'
import { startRegions } from '../../support/fake-regions.ts'
import { answering, faults, startFaulty } from '../../support/faulty-gateway.ts'
import { opened } from '../../support/opened.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestContext } from '../../support/test-context.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

async function machine(listeners: Readonly<Record<string, RequestListener>>) {
  const regions = await opened(startRegions(listeners))
  const home = mkdtempSync(join(tmpdir(), 'qcode-regions-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const env = { HOME: home, PATH: '', SHELL: '/bin/bash', QCODE_API_KEY: testKey, ...regions.env }
  return { ...regions, context: createTestContext(createTestHost(home, { env })) }
}

/** The paths are right, and no key is known. */
const refusing: RequestListener = (request, reply) => {
  const hasKey = request.headers.authorization ?? request.headers['x-api-key']
  const refuse = hasKey ? answering(401, { error: 'API key not found' }) : faults.none
  refuse(request, reply)
}

const deadlines = { deadlineMs: 20_000, liveDeadlineMs: 20_000 }

/** Answers 401 and tells these times, by origin; 500 for an origin that is not named. */
function fakeTransport(totals: Readonly<Record<string, number>>): Transport {
  return async ({ url }) => {
    const total = totals[new URL(url).origin]
    return {
      kind: 'reply',
      status: total === undefined ? 500 : 401,
      headers: {},
      body: '{}',
      times: { dns: 0, connect: 0, tls: 0, firstByte: 0, total: total ?? 1 },
    }
  }
}

describe('all regions', () => {
  it('are asked at once: each replies only when all of them were asked', async () => {
    const asked = new Set<string>()
    let release = () => {}
    const all = new Promise<void>((resolve) => (release = resolve))
    const waiting =
      (id: string): RequestListener =>
      async (request, reply) => {
        asked.add(id)
        if (asked.size === 5) release()
        await all
        faults.none(request, reply)
      }
    const ids = testCatalog.gateway.regions.map(({ id }) => id)
    const { context } = await machine(Object.fromEntries(ids.map((id) => [id, waiting(id)])))
    const transport = hostTransport(context.host)
    const checks = await checkRegions(testCatalog.gateway, { transport, ...deadlines })
    expect(checks.flatMap(({ routes }) => routes.map(({ verdict }) => verdict))).toEqual(
      Array(15).fill('right'),
    )
  })

  it('are sorted by time; the fastest with TLS and without a fault is recommended', async () => {
    const transport = fakeTransport({
      'https://api.qcode.cc': 90,
      'https://eu.qcode.cc': 40,
      'https://asia.qcode.cc': 60,
      'http://103.236.53.153': 5,
    })
    const checks = await checkRegions(testCatalog.gateway, { transport, ...deadlines })
    expect(sortBySpeed(checks).map(({ origin }) => origin.region)).toEqual([
      'us',
      'china',
      'eu',
      'asia',
      'global',
    ])
    expect(recommend(checks)?.origin.region).toBe('eu')
  })

  it.each([
    ['eu', 90, 60, 'global', 'global', 'it is faster, but by less than 50 ms'],
    ['eu', 500, 400, 'global', 'global', 'it is faster, but by less than a third'],
    ['eu', 200, 60, 'global', 'eu', 'it is clearly faster'],
    ['eu', 60, 200, 'global', 'global', 'the present one is the fastest'],
    ['eu', undefined, 300, 'global', 'eu', 'the present one fails'],
    ['eu', 100, 90, undefined, 'eu', 'nothing is set up'],
    ['eu', 100, 90, 'china', 'eu', 'the present one has no TLS'],
  ] as const)(
    'of %s and a present one (%j, %j ms, %j) %s is taken: %s',
    async (other, now, then, present, taken, _reason) => {
      const transport = fakeTransport({
        ...(now !== undefined && { 'https://api.qcode.cc': now }),
        [`https://${other}.qcode.cc`]: then,
        'http://103.236.53.153': 5,
      })
      const checks = await checkRegions(testCatalog.gateway, { transport, ...deadlines })
      expect(recommend(checks, present)?.origin.region).toBe(taken)
    },
  )

  it('without one with TLS that is right, none is recommended', async () => {
    const transport = fakeTransport({ 'http://103.236.53.153': 5 })
    expect(recommend(await checkRegions(testCatalog.gateway, { transport, ...deadlines }))).toBeUndefined()
  })
})

describe('check --all', () => {
  it('shows every region, exits 4 while one is wrong, and sends the key to none that was not chosen', async () => {
    const { context, servers } = await machine({
      global: faults.none,
      us: faults.portal,
      eu: faults.none,
      china: faults.none,
    })
    const input: Input = { values: {}, switches: new Set(['all']), positionals: [] }
    const { exit, data, report, next } = await runCheck(input, context)
    expect(exit).toBe(4)
    const regions = data.regions as { region: string; reachable: boolean }[]
    expect(
      regions
        .filter(({ reachable }) => reachable)
        .map(({ region }) => region)
        .sort(),
    ).toEqual(['china', 'eu', 'global'])
    expect(['global', 'eu']).toContain(data.recommended)
    expect(next?.at(-1)).toContain(`switch ${data.recommended}`)
    expect(report).toContain('Mainland China (china, not encrypted)')
    const gotKey = Object.entries(servers).filter(([, { hits }]) =>
      hits.some(({ headers }) => JSON.stringify(headers).includes(testKey)),
    )
    expect(gotKey.map(([id]) => id)).toEqual(['global'])
  })

  it('with a key that a region refuses, recommends another one and says what to do about the key', async () => {
    const { context } = await machine({ us: refusing, eu: faults.none, asia: refusing })
    const { QCODE_API_KEY: _, ...env } = context.host.env
    const setUp: Input = {
      values: { tool: ['codex'], region: ['us'] },
      switches: new Set(['yes', 'noCheck']),
      positionals: [],
    }
    expect((await runSetup(setUp, context)).exit).toBe(0)
    const later = createTestContext({ ...context.host, env })
    const regions = (ids: readonly string[]): Input => ({
      ...setUp,
      switches: new Set(),
      values: { regions: ids },
    })
    const { exit, data, verdict } = await runCheck(regions(['us', 'eu']), later)
    expect([exit, data.recommended]).toEqual([4, 'eu'])
    // All that `--quiet` shows.
    expect(verdict).toContain(en['gateway.key-unknown'])
    expect(verdict).toContain('qcode-setup key rotate')
    expect(verdict).not.toContain('qcode.cc console')
  })

  it('with a key that every region refuses, neither recommends one nor says that none works', async () => {
    const { context } = await machine({ us: refusing, eu: refusing })
    const input: Input = { values: { regions: ['us', 'eu'] }, switches: new Set(), positionals: [] }
    const { exit, data, next = [] } = await runCheck(input, context)
    expect([exit, data.recommended]).toEqual([4, null])
    expect(next.join(' ')).not.toMatch(/Fastest|No encrypted region/)
  })

  it('given two gateways of the user’s own, knows them by their addresses and offers no switch to either', async () => {
    const { context } = await machine({})
    const own = await Promise.all([
      opened(startFaulty(faults.none)),
      opened(startFaulty(answering(500, { error: 'down' }))),
    ])
    const gateways = own.map(({ port }) => `http://127.0.0.1:${port}`)
    for (const [index, tool] of ['claude-code', 'codex'].entries()) {
      const values = { tool: [tool], gateway: [gateways[index] ?? ''] }
      await runSetup({ values, switches: new Set(['yes', 'noCheck']), positionals: [] }, context)
    }
    const { data, report, verdict, next } = await runCheck(
      { values: {}, switches: new Set(), positionals: [] },
      context,
    )
    for (const gateway of gateways) expect(report).toContain(`${gateway} (custom`)
    expect(verdict).toContain(gateways[1])
    expect(data.recommended).toBe(null)
    expect(next?.join(' ')).not.toMatch(/Fastest|No encrypted region|qcode-setup switch/)
  })
})

describe('setup --region auto', () => {
  const input: Input = {
    values: { tool: ['claude-code'], region: ['auto'] },
    switches: new Set(['yes']),
    positionals: [],
  }

  it('takes the region that answers as it should, and says so', async () => {
    const { context } = await machine({ global: faults.portal, eu: faults.none, china: faults.none })
    const { exit, data, findings } = await runSetup(input, context)
    expect([exit, data.region, data.gateway]).toEqual([0, 'eu', 'https://eu.qcode.cc'])
    expect(findings.map(({ id }) => id)).toContain('region-auto')
    const written = readFileSync(join(context.host.home, '.claude/settings.json'), 'utf8')
    expect(written).toContain('"https://eu.qcode.cc/api"')
  })

  it('keeps the region that is set up and says so, and leaves it where it fails', async () => {
    const { context } = await machine({ us: faults.broken, asia: faults.none })
    const asia = { ...input, values: { ...input.values, region: ['asia'] } }
    expect((await runSetup(asia, context)).exit).toBe(0)
    const { data, findings } = await runSetup(input, context)
    expect([data.region, data.changed]).toEqual(['asia', false])
    expect(String(findings.find(({ id }) => id === 'region-auto')?.message)).toContain('Keeping region asia')
    const without = await machine({ us: faults.none, asia: faults.portal })
    const moved = createTestContext({ ...context.host, env: without.context.host.env })
    expect((await runSetup(input, moved)).data).toMatchObject({ region: 'us', changed: true })
  })

  it('writes nothing when only the plain one does: exit 4', async () => {
    const { context } = await machine({ global: faults.portal, us: faults.broken, china: faults.none })
    await expect(runSetup(input, context)).rejects.toMatchObject({ code: 'no-region', exit: 4 })
    expect(() => readFileSync(join(context.host.home, '.claude/settings.json'))).toThrow()
  })
})
