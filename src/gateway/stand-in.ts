import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Gateway, Protocol } from './gateway.ts'
import { type ModelRequest, standInReplies } from './stand-in-replies.ts'

/** One request as the stand-in saw it. */
export interface SeenRequest {
  readonly method: string
  /** Path without the query. */
  readonly path: string
  readonly query: string
  readonly auth: 'bearer' | 'x-api-key' | 'both' | 'none'
  readonly status: number
  /** The model that was asked for. */
  readonly model?: string
}

/** A gateway on loopback; its requests grow while it is open. */
export interface StandIn {
  /** Such as `http://127.0.0.1:41234`. */
  readonly origin: string
  readonly requests: readonly SeenRequest[]
  close(): Promise<void>
}

/**
 * A gateway on loopback with the real one's rules: 404 off the routes and for everything that is no POST, 401 without a
 * key or with a wrong one (x-api-key counts before Authorization), else a valid reply, streamed where it was asked for.
 */
export async function startStandIn(gateway: Gateway, key: string): Promise<StandIn> {
  const requests: SeenRequest[] = []
  const server = createServer((request, reply) => {
    answer(request, reply, gateway, key).then(
      (seen) => requests.push(seen),
      () => reply.destroy(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { origin: `http://127.0.0.1:${port}`, requests, close }
}

async function answer(
  request: IncomingMessage,
  reply: ServerResponse,
  gateway: Gateway,
  key: string,
): Promise<SeenRequest> {
  const body = await readBody(request)
  // The path as it was sent: a URL parser would take `//v1` for a host.
  const [path = '', query = ''] = (request.url ?? '').split('?')
  const method = request.method ?? ''
  const sent = sentKeys(request)
  const protocol = gateway.protocols.find(({ routes }) => routes.includes(path))
  const seen = (status: number): SeenRequest => ({ method, path, query, auth: authKind(sent), status })
  if (method !== 'POST' || !protocol) return seen(sendJson(reply, 404, notFound(request.url ?? '')))
  // An empty header counts as none.
  const given = sent.apiKey || sent.bearer
  if (!given) return seen(sendJson(reply, 401, missingKey))
  if (given !== key) return seen(sendJson(reply, 401, wrongKey))
  const parsed = parseBody(body)
  if (!parsed)
    return seen(sendJson(reply, 400, { error: 'Invalid request', message: 'The body is no JSON object' }))
  if (wantsMessages(protocol) && !Array.isArray(parsed.messages))
    return seen(sendJson(reply, 400, noMessages))
  const model = typeof parsed.model === 'string' ? { model: parsed.model } : {}
  return { ...seen(sendReply(reply, protocol, parsed)), ...model }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function parseBody(body: string): ModelRequest | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined
  } catch {
    return undefined
  }
}

interface SentKeys {
  readonly apiKey: string | undefined
  readonly bearer: string | undefined
}

function sentKeys({ headers }: IncomingMessage): SentKeys {
  const apiKey = headers['x-api-key']
  return {
    apiKey: apiKey === undefined ? undefined : String(apiKey),
    bearer: bearerOf(headers.authorization),
  }
}

function bearerOf(header: string | undefined): string | undefined {
  return header === undefined ? undefined : header.replace(/^Bearer\s+/i, '')
}

function authKind({ apiKey, bearer }: SentKeys): SeenRequest['auth'] {
  if (apiKey !== undefined) return bearer === undefined ? 'x-api-key' : 'both'
  return bearer === undefined ? 'none' : 'bearer'
}

/** Requests of the Responses protocol are forwarded whatever is in them. */
function wantsMessages({ id }: Protocol): boolean {
  return id !== 'openai-responses'
}

const noMessages = {
  error: 'Invalid request',
  message: 'Missing or invalid field: messages (must be an array)',
}

function notFound(url: string): unknown {
  return { error: 'Not Found', message: `Route ${url} not found` }
}

const missingKey = { error: 'Missing API key', message: 'Please provide an API key' }
const wrongKey = { error: 'Invalid API key', message: 'API key not found' }

function sendJson(reply: ServerResponse, status: number, body: unknown): number {
  reply.writeHead(status, { 'content-type': 'application/json' })
  reply.end(JSON.stringify(body))
  return status
}

function sendReply(reply: ServerResponse, protocol: Protocol, request: ModelRequest): number {
  const replies = standInReplies[protocol.id]
  if (!request.stream) return sendJson(reply, 200, replies.json(request))
  reply.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  reply.end(replies.stream(request))
  return 200
}
