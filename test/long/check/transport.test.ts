import { readFileSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { createTransport, type TransportSettings } from '../../../src/gateway/transport.ts'
import { answering, deadPort, faults, nowhere, startFaulty } from '../../support/faulty-gateway.ts'
import { startProxy } from '../../support/loopback-proxy.ts'
import { makeCertificates } from '../../support/make-certificates.ts'
import { opened } from '../../support/opened.ts'

const certificates = await makeCertificates()
afterAll(() => certificates.drop())
const trusted = readFileSync(certificates.authority, 'utf8')

afterEach(() => void vi.unstubAllEnvs())

const start = (...args: Parameters<typeof startFaulty>) => opened(startFaulty(...args))
const startLoopbackProxy = (...args: Parameters<typeof startProxy>) => opened(startProxy(...args))

function post(url: string, settings: TransportSettings = { env: {} }, deadlineMs = 20_000) {
  const headers = { 'content-type': 'application/json' }
  return createTransport(settings)({ url, headers, body: '{"a":1}', deadlineMs })
}

describe('the transport', () => {
  it('sends one POST and gives status, headers and body of the reply, with the times of each step', async () => {
    const server = await start(answering(418, { tea: true }, { 'retry-after': '7' }))
    const reply = await post(`${server.origin}/x?y`)
    expect(reply).toMatchObject({
      kind: 'reply',
      status: 418,
      body: '{"tea":true}',
      headers: { 'retry-after': '7' },
      times: { dns: 0, tls: null },
    })
    expect(reply.proxy).toBeUndefined()
    expect(server.hits).toMatchObject([{ method: 'POST', path: '/x?y' }])
    const { connect, firstByte, total } = reply.times
    expect(total).toBeGreaterThanOrEqual((connect ?? Number.NaN) + (firstByte ?? Number.NaN) - 0.2)
  })

  it('does not follow a redirect', async () => {
    const server = await start(answering(307, {}, { location: '/other' }))
    expect(await post(server.origin)).toMatchObject({ status: 307, headers: { location: '/other' } })
    expect(server.hits.length).toBe(1)
  })

  it.each([
    ['silent', faults.silent, 'exchange'],
    ['endless', faults.endless, 'body'],
    ['dripping', faults.dripping, 'body'],
  ] as const)('gives up at the deadline on a reply that is %s', async (_, listener, stage) => {
    const server = await start(listener)
    expect(await post(server.origin, undefined, 1000)).toMatchObject({
      kind: 'failure',
      code: 'TIMEOUT',
      stage,
    })
  })

  it('reads no more than 64 KiB of a body that has no end', async () => {
    const server = await start((_request, reply) => {
      const pour = () => {
        while (!reply.destroyed && reply.write('x'.repeat(10_000))) {}
      }
      reply.on('drain', pour)
      pour()
    })
    const reply = await post(server.origin)
    expect(reply.kind === 'reply' && reply.body.length).toBe(64 * 1024)
  })

  it.each([
    [
      'a port without a listener',
      async (): Promise<string> => `http://127.0.0.1:${await deadPort()}`,
      'ECONNREFUSED',
    ],
    ['a name without an address', async (): Promise<string> => `http://${nowhere}`, 'ENOTFOUND'],
    [
      'a connection that is cut',
      async (): Promise<string> => (await start(faults.reset)).origin,
      /ECONNRESET|UND_ERR_SOCKET/,
    ],
    [
      'TLS to a port without it',
      async (): Promise<string> => (await start(faults.portal)).origin.replace('http', 'https'),
      /SSL|EPROTO/,
    ],
  ] as const)('gives the code for %s', async (_, url, code) => {
    const failure = await post(await url())
    expect(failure).toMatchObject({ kind: 'failure', code: expect.stringMatching(code) })
  })
})

describe('TLS', () => {
  it('trusts the extra certificates, and measures the time', async () => {
    const server = await start(faults.rightWithoutKey, certificates.good)
    const reply = await post(server.origin, { env: {}, certificates: trusted })
    expect(reply).toMatchObject({ kind: 'reply', status: 401 })
    expect(reply.times.tls).not.toBeNull()
  })

  it('trusts no unknown authority, even where the environment switches the check off', async () => {
    const server = await start(faults.rightWithoutKey, certificates.good)
    const off = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const failure = await post(server.origin, { env: off })
    expect(failure).toMatchObject({ kind: 'failure', code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
    expect(server.hits).toEqual([])
  })

  it.each([
    ['expired', certificates.expired, 'CERT_HAS_EXPIRED'],
    ['made for another name', certificates.otherName, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('refuses a certificate that is %s', async (_, certificate, code) => {
    const server = await start(faults.rightWithoutKey, certificate)
    expect(await post(server.origin, { env: {}, certificates: trusted })).toMatchObject({ code })
    expect(server.hits).toEqual([])
  })
})

describe('proxies', () => {
  it.each(['HTTPS_PROXY', 'https_proxy'])('HTTPS goes through a tunnel: %s', async (variable) => {
    const server = await start(faults.rightWithoutKey, certificates.good)
    const proxy = await startLoopbackProxy(server.port)
    const env = { [variable]: proxy.url.replace('//', '//user:secret@') }
    const reply = await post('https://gateway.invalid/a', { env, certificates: trusted })
    expect(reply).toMatchObject({ kind: 'reply', status: 401, proxy: proxy.url })
    expect(reply.times.tls).not.toBeNull()
    expect(proxy.hits).toEqual(['CONNECT gateway.invalid:443'])
  })

  it.each(['HTTP_PROXY', 'http_proxy'])('plain HTTP goes in the absolute form: %s', async (variable) => {
    const server = await start(faults.rightWithoutKey)
    const proxy = await startLoopbackProxy(server.port)
    const reply = await post('http://gateway.invalid/a', { env: { [variable]: proxy.url } })
    expect(reply).toMatchObject({ kind: 'reply', status: 401, proxy: proxy.url })
    expect(proxy.hits).toEqual(['POST http://gateway.invalid/a'])
    expect(server.hits.length).toBe(1)
  })

  it.each([
    ['user:secret', 'user:secret'],
    ['user', 'user:'],
    [':secret', ':secret'],
    ['user:100%pw', 'user:100%pw'],
    ['user:%', 'user:%'],
    ['user:%4', 'user:%4'],
    ['u%40x:p%3Aw%25', 'u@x:p:w%'],
    ['user:%e4%ff', 'user:\u00e4\u00ff'],
    ['user:\u00fc', 'user:\u00c3\u00bc'],
  ])('a proxy gets the name and the password in %j as curl reads them', async (written, sent) => {
    const server = await start(faults.rightWithoutKey, certificates.good)
    const proxy = await startLoopbackProxy(server.port)
    const url = proxy.url.replace('//', `//${written}@`)
    const env = { HTTPS_PROXY: url, HTTP_PROXY: url }
    const secure = await post('https://gateway.invalid/a', { env, certificates: trusted })
    expect(secure).toMatchObject({ kind: 'reply', status: 401, proxy: proxy.url })
    await post('http://gateway.invalid/a', { env })
    expect(proxy.logins).toEqual([sent, sent])
  })

  it.each(['NO_PROXY', 'no_proxy'])('%s goes around them', async (variable) => {
    const server = await start(faults.rightWithoutKey)
    const proxy = await startLoopbackProxy(server.port)
    const reply = await post(server.origin, { env: { HTTP_PROXY: proxy.url, [variable]: 'a.b, 127.0.0.1' } })
    expect(reply).toMatchObject({ kind: 'reply', status: 401 })
    expect(reply.proxy).toBeUndefined()
    expect(proxy.hits).toEqual([])
  })

  it('reads the variables of the host, not those of the process', async () => {
    const server = await start(faults.rightWithoutKey)
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${await deadPort()}`)
    const reply = await post(server.origin)
    expect(reply).toMatchObject({ kind: 'reply', status: 401 })
  })

  it('says that the proxy failed when it is dead', async () => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${await deadPort()}` }
    expect(await post('https://gateway.invalid', { env })).toMatchObject({
      kind: 'failure',
      stage: 'connecting',
      code: 'ECONNREFUSED',
      proxy: env.HTTPS_PROXY,
    })
  })

  it('ends when the proxy closes a tunnel without an answer', async () => {
    const proxy = await start(() => undefined)
    const env = { HTTPS_PROXY: proxy.origin }
    expect(await post('https://gateway.invalid', { env })).toMatchObject({
      kind: 'failure',
      code: 'ECONNRESET',
    })
  })

  it('gives the status with which a proxy refuses', async () => {
    const proxy = await startLoopbackProxy(1, 407)
    const env = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url }
    const tunnel = await post('https://gateway.invalid', { env })
    expect(tunnel).toMatchObject({
      kind: 'failure',
      code: 'UND_ERR_ABORTED',
      message: expect.stringContaining('407'),
    })
    expect(await post('http://gateway.invalid', { env })).toMatchObject({
      kind: 'failure',
      message: expect.stringContaining('407'),
    })
  })
})
