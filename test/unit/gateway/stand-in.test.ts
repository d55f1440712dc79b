import { afterAll, describe, expect, it } from 'vitest'
import { startStandIn } from '../../../src/gateway/stand-in.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const key = 'cr_0123456789abcdef'
const standIn = await startStandIn(testCatalog.gateway, key)
afterAll(() => standIn.close())

const question = { model: 'm', messages: [{ role: 'user', content: 'ping' }] }
const post = (path: string, headers: Record<string, string> = {}, body: unknown = question) =>
  fetch(standIn.origin + path, { method: 'POST', headers, body: JSON.stringify(body) })

const routes = testCatalog.gateway.protocols.flatMap(({ routes: all }) => all)

describe('the loopback gateway', () => {
  it.each(routes)('tells a right path by 401 without a key, and answers with one: %s', async (path) => {
    expect((await post(path)).status).toBe(401)
    expect((await post(path, { authorization: 'Bearer cr_wrong' })).status).toBe(401)
    expect((await post(path, { authorization: `Bearer ${key}` })).status).toBe(200)
    expect((await post(path, { 'x-api-key': key })).status).toBe(200)
  })

  it.each([
    '/',
    '/api',
    '/v1/messages',
    '/api/messages',
    '/api/v1/v1/messages',
    '/api//v1/messages',
    '/openai/chat/completions',
    '/openai/v1/responses/',
  ])('answers 404 off the routes: %s', async (path) => {
    expect((await post(path, { 'x-api-key': key })).status).toBe(404)
  })

  it('answers 404 to //v1/messages, which a URL parser would take for a host', async () => {
    const { request } = await import('node:http')
    const status = await new Promise((resolve) => {
      const sent = request(standIn.origin, { path: '//v1/messages', method: 'POST' }, (reply) =>
        resolve(reply.statusCode),
      )
      sent.end('{}')
    })
    expect(status).toBe(404)
  })

  it('answers 404 to a GET on a right path', async () => {
    expect((await fetch(`${standIn.origin}/api/v1/messages`)).status).toBe(404)
  })

  it('reads x-api-key before Authorization', async () => {
    const stale = await post('/api/v1/messages', { 'x-api-key': 'cr_stale', authorization: `Bearer ${key}` })
    expect(stale.status).toBe(401)
  })

  it.each(routes)('streams where it is asked to: %s', async (path) => {
    const reply = await post(path, { 'x-api-key': key }, { ...question, stream: true })
    expect(reply.headers.get('content-type')).toContain('text/event-stream')
    const events = (await reply.text()).split('\n').filter((line) => line.startsWith('data: {'))
    expect(events.map((line) => JSON.parse(line.slice(6))).length).toBeGreaterThan(1)
  })

  it.each(routes)('checks an empty request before a model sees it, but for Responses: %s', async (path) => {
    const { status } = await post(path, { 'x-api-key': key }, {})
    expect(status).toBe(path.endsWith('/responses') ? 200 : 400)
  })

  it('records what it saw without the key', async () => {
    await post('/claude/v1/messages?beta=true', { authorization: `Bearer ${key}` })
    expect(standIn.requests.at(-1)).toEqual({
      method: 'POST',
      path: '/claude/v1/messages',
      query: 'beta=true',
      auth: 'bearer',
      status: 200,
      model: question.model,
    })
    expect(JSON.stringify(standIn.requests)).not.toContain(key)
  })
})
