import type { RequestListener } from 'node:http'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanServerText } from '../../../../src/gateway/judge-failure.ts'
import { Origin } from '../../../../src/gateway/origin.ts'
import { probeKey, probeLive, probeRoute, type Route } from '../../../../src/gateway/probe-route.ts'
import { startStandIn } from '../../../../src/gateway/stand-in.ts'
import { createTransport } from '../../../../src/gateway/transport.ts'
import { Secret } from '../../../../src/secrets/secret.ts'
import {
  answering,
  deadPort,
  type Faulty,
  faults,
  nowhere,
  startFaulty,
} from '../../../support/faulty-gateway.ts'
import { opened } from '../../../support/opened.ts'
import { randomCases } from '../../../support/random-cases.ts'
import { testCatalog } from '../../../support/test-catalog.ts'
import { testKey } from '../../../support/test-host.ts'

const { gateway } = testCatalog
const key = new Secret(testKey)
const messages: Route = { protocol: 'anthropic-messages', path: '/api/v1/messages' }
const chat: Route = { protocol: 'openai-chat', path: '/openai/v1/chat/completions' }

/** Far longer than any reply takes on a busy machine. */
const deadlineMs = 20_000

function targetAt(url: string, env: Record<string, string> = {}) {
  const { origin } = Origin.parse(url, gateway, true)
  return { origin, transport: createTransport({ env }), deadlineMs }
}

async function at(listener: RequestListener): Promise<Faulty & { target: ReturnType<typeof targetAt> }> {
  const server = await opened(startFaulty(listener))
  return { ...server, target: targetAt(server.origin) }
}

describe('a probe without a key', () => {
  it.each([
    ['rightWithoutKey', 'right', 401],
    ['noRoute', 'wrong-prefix', 404],
    ['limit', 'limited', 429],
    ['broken', 'server-error', 500],
    ['redirect', 'redirect', 302],
    ['portal', 'captive-portal', 200],
    ['reset', 'reset', null],
  ] as const)('names %s %s', async (fault, verdict, status) => {
    const { target, hits } = await at(faults[fault])
    expect(await probeRoute(messages, target)).toMatchObject({ ...messages, verdict, status })
    expect(hits.length).toBe(1)
  })

  it.each(['silent', 'endless'] as const)('names %s timeout', async (fault) => {
    const { target } = await at(faults[fault])
    const probe = await probeRoute(messages, { ...target, deadlineMs: 400 })
    expect(probe).toMatchObject({ ...messages, verdict: 'timeout', status: null })
  })

  it.each([
    ['a web page with 401', answering(401, '<html>'), 'captive-portal'],
    ['a web page with 404', answering(404, '<html>'), 'wrong-prefix'],
    ['200 with JSON', answering(200, {}), 'captive-portal'],
    ['511', answering(511, {}), 'captive-portal'],
    ['524', answering(524, '<html>'), 'cdn-timeout'],
    ['502 with a page', answering(502, '<html>'), 'server-error'],
    ['403', answering(403, {}), 'unexpected-status'],
    ['400', answering(400, {}), 'unexpected-status'],
    ['418', answering(418, 'tea'), 'unexpected-status'],
  ] as const)('names %s', async (_, listener, verdict) => {
    const { target } = await at(listener)
    expect((await probeRoute(messages, target)).verdict).toBe(verdict)
  })

  it('names a refused connection, a name without an address, a dead proxy and a proxy that is none', async () => {
    const dead = `http://127.0.0.1:${await deadPort()}`
    const verdictOf = async (...args: Parameters<typeof targetAt>) =>
      (await probeRoute(messages, targetAt(...args))).verdict
    expect(await verdictOf(dead)).toBe('refused')
    expect(await verdictOf(`https://${nowhere}`)).toBe('dns')
    expect(await verdictOf(`https://${nowhere}`, { HTTPS_PROXY: dead })).toBe('proxy')
    expect(await verdictOf(`https://${nowhere}`, { HTTPS_PROXY: 'socks5://127.0.0.1:1' })).toBe('proxy')
    expect(await verdictOf(`https://${nowhere}`, { HTTPS_PROXY: '::' })).toBe('proxy')
  })

  it('sends a POST of valid JSON, as itself and without any key', async () => {
    const { target, hits } = await at(faults.rightWithoutKey)
    await probeRoute(messages, target)
    expect(hits).toMatchObject([{ method: 'POST', path: messages.path }])
    expect(hits[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'qcode-setup',
    })
    expect(Object.keys(hits[0]?.headers ?? {})).not.toContain('authorization')
    expect(Object.keys(hits[0]?.headers ?? {})).not.toContain('x-api-key')
  })

  it('quotes the path that the 404 says it saw', async () => {
    const { target } = await at(answering(404, { message: 'Route /seen/elsewhere?x not found' }))
    expect(String((await probeRoute(messages, target)).message)).toContain('it received /seen/elsewhere?x')
  })

  it('finds every route of the loopback gateway right, and other paths wrong', async () => {
    const standIn = await opened(startStandIn(gateway, testKey))
    for (const { id, routes } of gateway.protocols) {
      for (const path of routes) {
        expect((await probeRoute({ protocol: id, path }, targetAt(standIn.origin))).verdict).toBe('right')
      }
      const wrong = { protocol: id, path: '/api/v1/v1/messages' }
      expect((await probeRoute(wrong, targetAt(standIn.origin))).verdict).toBe('wrong-prefix')
    }
  })
})

describe('a probe with a key', () => {
  it.each([
    [
      'an empty request that is refused',
      400,
      { message: 'Missing or invalid field: messages' },
      'key-accepted',
    ],
    ['an unknown key', 401, { error: 'Invalid API key', message: 'API key not found' }, 'key-unknown'],
    ['an expired key', 401, { error: 'Invalid API key', message: 'API key has expired' }, 'key-expired'],
    ['a disabled key', 401, { error: 'Invalid API key', message: 'API key is disabled' }, 'key-disabled'],
    ['a wrong format', 401, { error: 'Invalid API key', message: 'Invalid API key format' }, 'key-malformed'],
    [
      'a short key',
      401,
      { error: 'Invalid API key format', message: 'API key format is invalid' },
      'key-malformed',
    ],
    ['another refusal', 401, {}, 'key-refused'],
    ['no balance', 402, { error: { message: '余额不足', type: 'insufficient_quota' } }, 'balance'],
    [
      'a key for a client',
      403,
      { error: 'Client not allowed', allowedClients: ['claude_code'] },
      'client-refused',
    ],
    [
      'a key without the service',
      403,
      { error: { type: 'permission_denied', message: 'no' } },
      'service-refused',
    ],
    ['a limit', 429, { error: 'Rate limit', remainingMinutes: 3.2 }, 'limited'],
    ['a wrong path', 404, {}, 'wrong-prefix'],
    ['a fault', 503, {}, 'server-error'],
  ] as const)('names %s', async (_, status, body, verdict) => {
    const { target, hits } = await at(answering(status, body))
    expect(await probeKey(chat, key, target)).toMatchObject({ ...chat, status, verdict })
    expect(hits[0]?.headers.authorization).toBe(`Bearer ${testKey}`)
  })

  it.each([
    [{ 'retry-after': '90' }, {}, 'in 90 s'],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, {}, 'after 2026-10-21T07:28:00.000Z'],
    [{}, { remainingMinutes: 3.2 }, 'in 4 min'],
    [{}, { error: { resetAt: '2026-10-21T07:28:00Z' } }, 'after 2026-10-21T07:28:00.000Z'],
    [{}, { resetAt: '\u001b[2J' }, 'later'],
    [{}, { remainingMinutes: 'x' }, 'later'],
  ])('says how long a limit lasts: %j %j', async (headers, body, wait) => {
    const { target } = await at(answering(429, body, headers as Record<string, string>))
    expect(String((await probeKey(messages, key, target)).hint)).toContain(`Try again ${wait}`)
  })

  it('takes the key along to no redirect', async () => {
    const other = await at(faults.rightWithoutKey)
    const { target } = await at(answering(307, {}, { location: `${other.origin}/api/v1/messages` }))
    expect((await probeKey(messages, key, target)).verdict).toBe('redirect')
    expect(other.hits).toEqual([])
  })

  it('is not sent where the gateway would forward it', () => {
    expect(() =>
      probeKey(
        { protocol: 'openai-responses', path: '/openai/responses' },
        key,
        targetAt('http://127.0.0.1:1'),
      ),
    ).toThrow()
  })

  it('shows the key in no message, even when the server sends it back', async () => {
    const echo = { message: `bad key ${testKey} \u001b[31m\u202e`, error: testKey }
    for (const status of [400, 401, 402, 403, 404, 429, 500]) {
      const { target } = await at(answering(status, echo))
      const probe = await probeKey(messages, key, target)
      expect(JSON.stringify(probe)).not.toContain(testKey.slice(3, 20))
      expect(String(probe.message)).not.toMatch(/[\u001b\u202e]/)
    }
  })
})

describe('a round trip', () => {
  it.each(gateway.protocols)('$id: the stand-in answers, streamed', async ({ id, routes }) => {
    const standIn = await opened(startStandIn(gateway, testKey))
    const route = { protocol: id, path: routes[0] ?? '' }
    expect(await probeLive(route, key, 'm', targetAt(standIn.origin))).toMatchObject({
      verdict: 'answered',
      message: expect.stringContaining('pong'),
    })
  })

  it('says when a 200 holds no reply, and quotes why a request was not taken', async () => {
    const empty = await at((_request, reply) => void reply.end('data: [DONE]\n\n'))
    expect((await probeLive(chat, key, 'm', empty.target)).verdict).toBe('no-answer')
    const refusing = await at(answering(400, { error: { message: 'no model m' } }))
    expect(await probeLive(chat, key, 'm', refusing.target)).toMatchObject({
      verdict: 'unexpected-status',
      message: expect.stringContaining('no model m'),
    })
  })
})

describe('text of a server', () => {
  it('has one line without controls and without the key, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), fc.nat(600), (text, at) => {
        const cleaned = cleanServerText(text.slice(0, at) + testKey + text.slice(at), key)
        expect(cleaned).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        expect(cleaned).not.toContain(testKey)
        expect(cleaned.length).toBeLessThanOrEqual(201)
      }),
      randomCases(500),
    )
  })
})
