import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fetchModels } from '../../../src/gateway/fetch-models.ts'
import { Origin } from '../../../src/gateway/origin.ts'
import { createTransport } from '../../../src/gateway/transport.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { answering, startFaulty } from '../../support/faulty-gateway.ts'
import { makeCertificates } from '../../support/make-certificates.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'

const { gateway } = testCatalog
let server: Server | undefined
afterEach(() => {
  vi.unstubAllEnvs()
  server?.closeAllConnections()
  server?.close()
})

async function namesFrom(listener: RequestListener): Promise<string[]> {
  server = createServer(listener)
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { origin } = Origin.parse(`http://127.0.0.1:${port}`, gateway, false)
  return fetchModels(origin, gateway, new Secret(testKey), createTransport({ env: {} }))
}

const sending =
  (body: unknown): RequestListener =>
  (_request, reply) =>
    reply.end(JSON.stringify(body))

describe('fetchModels', () => {
  it('asks the models route with the key, and gives the names sorted and once', async () => {
    let asked: unknown[] = []
    const names = await namesFrom((request, reply) => {
      asked = [request.method, request.url, request.headers.authorization]
      reply.end(JSON.stringify({ data: [{ id: 'gpt-b' }, { id: 'claude-a' }, { id: 'gpt-b' }] }))
    })
    expect(asked).toEqual(['GET', gateway.modelsRoute, `Bearer ${testKey}`])
    expect(names).toEqual(['claude-a', 'gpt-b'])
  })

  it('keeps names with brackets, and leaves out what fits into no line or flag', async () => {
    const ids = ['claude-opus-4-8[1m]', 'a,b', 'a b', '\x1b[2J', '', 7, null, 'é', 'x'.repeat(101)]
    expect(await namesFrom(sending({ data: ids.map((id) => ({ id })) }))).toEqual(['claude-opus-4-8[1m]'])
  })

  it('passes over entries that are none', async () => {
    const data = [null, 'claude-a', 7, [], { id: 7 }, {}, { id: 'claude-b' }]
    expect(await namesFrom(sending({ data }))).toEqual(['claude-b'])
  })

  it('takes nothing for a name that holds a key, its own or another', async () => {
    const disguised = (['base64', 'base64url', 'hex'] as const).map((one) =>
      Buffer.from(testKey).toString(one),
    )
    const turned = [testKey.toUpperCase(), encodeURIComponent(testKey), [...testKey].reverse().join('')]
    const ids = [testKey, `gpt-${testKey}`, `sk-${'a1'.repeat(20)}`, 'gpt-9', ...disguised, ...turned]
    expect(await namesFrom(sending({ data: ids.map((id) => ({ id })) }))).toEqual(['gpt-9'])
  })

  it.each([
    [
      'a refusal',
      ((_request, reply) => reply.writeHead(401).end('{"data":[{"id":"x"}]}')) as RequestListener,
    ],
    ['no JSON', ((_request, reply) => reply.end('<html>')) as RequestListener],
    ['another shape', sending({ models: [] })],
    ['null', sending(null)],
    ['null in the list', sending({ data: [null] })],
    ['a broken connection', ((request) => request.socket.destroy()) as RequestListener],
  ])('gives nothing for %s', async (_, listener) => {
    expect(await namesFrom(listener)).toEqual([])
  })

  it('does not take the key along on a redirect', async () => {
    const seen: unknown[] = []
    const names = await namesFrom((request, reply) => {
      seen.push(request.url)
      reply.writeHead(302, { location: '/elsewhere' }).end()
    })
    expect(names).toEqual([])
    expect(seen).toEqual([gateway.modelsRoute])
  })

  it('gives up on a reply that never ends', async () => {
    expect(await namesFrom((_request, reply) => void reply.write('{"data":['))).toEqual([])
  })

  it('reads a megabyte of a reply without an end, and unpacks none that is packed', async () => {
    const megabyte = Buffer.alloc(1024 * 1024, ' ')
    expect(await namesFrom((_request, reply) => void reply.write(megabyte))).toEqual([])
    server?.close()
    const packed = gzipSync(JSON.stringify({ data: [{ id: 'x' }] }))
    const headers = { 'content-encoding': 'gzip' }
    expect(await namesFrom((_request, reply) => reply.writeHead(200, headers).end(packed))).toEqual([])
  })

  it('does not hand the key to a server of an unknown authority, even where the environment says so', async () => {
    const certificates = await makeCertificates()
    const secure = await startFaulty(answering(200, { data: [{ id: 'x' }] }), certificates.good)
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    const { origin } = Origin.parse(secure.origin, gateway, false)
    const names = await fetchModels(
      origin,
      gateway,
      new Secret(testKey),
      createTransport({ env: process.env }),
    )
    await secure.close()
    certificates.drop()
    expect([names, secure.hits]).toEqual([[], []])
  })
})
