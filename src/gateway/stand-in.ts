import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Gateway, Protocol, ProtocolId } from './gateway.ts'

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
  const told = toldAt(method, path, gateway)
  if (!told && (method !== 'POST' || !protocol))
    return seen(sendJson(reply, 404, notFound(request.url ?? '')))
  if (path === gateway.spendingRoute) return seen(sendJson(reply, 200, told))
  // An empty header counts as none.
  const given = sent.apiKey || sent.bearer
  if (!given) return seen(sendJson(reply, 401, missingKey))
  if (given !== key) return seen(sendJson(reply, 401, wrongKey))
  if (told || !protocol) return seen(sendJson(reply, 200, told))
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

/** What is told besides: the models, of a name that each protocol serves, what a key has used, and by its id what it may spend. */
function toldAt(method: string, path: string, gateway: Gateway): unknown {
  const { modelsRoute, limitsRoutes, spendingRoute } = gateway
  if (method === 'POST')
    return path === spendingRoute && { data: { limits: { dailyCostLimit: 10, currentDailyCost: 2.5 } } }
  if (method !== 'GET') return undefined
  if (path === modelsRoute)
    return { object: 'list', data: ['claude-stand-in', 'gpt-stand-in'].map((id) => ({ id })) }
  return limitsRoutes.includes(path) && { id: keyId, name: 'stand-in', tokens_used: 1200 }
}

const keyId = '00000000-0000-4000-8000-000000000000'

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

/** What a client sent, as far as a reply depends on it. */
export interface ModelRequest {
  readonly model?: string
  readonly stream?: boolean
  readonly messages?: unknown
  readonly tools?: readonly { readonly name?: string }[]
}

type Event = Readonly<Record<string, unknown>> & { readonly type: string }

interface Replies {
  readonly json: (request: ModelRequest) => unknown
  /** The server-sent events of a streamed reply, as text. */
  readonly stream: (request: ModelRequest) => string
}

const text = 'pong'

/** The smallest replies with which real clients end a turn and show its text. */
export const standInReplies: Readonly<Record<ProtocolId, Replies>> = {
  'anthropic-messages': {
    json: (request) => message(request, [messageBlock(request)]),
    stream: (request) => messageEvents(request).map(namedEvent).join(''),
  },
  'openai-chat': {
    json: (request) => ({
      ...chat(request, 'chat.completion'),
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    }),
    stream: (request) =>
      [...chatChunks(request).map((chunk) => JSON.stringify(chunk)), '[DONE]'].map(dataLine).join(''),
  },
  'openai-responses': {
    json: (request) => response(request, 'completed', [outputItem]),
    stream: (request) =>
      responseEvents(request)
        .map((event, index) => namedEvent({ ...event, sequence_number: index }))
        .join(''),
  },
}

function dataLine(data: string): string {
  return `data: ${data}\n\n`
}

function namedEvent(event: Event): string {
  return `event: ${event.type}\n${dataLine(JSON.stringify(event))}`
}

function message(
  request: ModelRequest,
  content: readonly unknown[],
  stopReason: string | null = stop(request),
): Event {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: request.model ?? 'stand-in',
    content,
    stop_reason: stopReason,
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  }
}

/** Cline 2.x takes a bare text for a failure: it wants its own tool to be called. */
function endsByTool(request: ModelRequest): boolean {
  return request.tools?.some((tool) => tool.name === 'attempt_completion') ?? false
}

function stop(request: ModelRequest): string {
  return endsByTool(request) ? 'tool_use' : 'end_turn'
}

function messageBlock(request: ModelRequest): unknown {
  return endsByTool(request)
    ? { type: 'tool_use', id: 'toolu_1', name: 'attempt_completion', input: { result: text } }
    : { type: 'text', text }
}

function messageEvents(request: ModelRequest): Event[] {
  const byTool = endsByTool(request)
  return [
    { type: 'message_start', message: message(request, [], null) },
    {
      type: 'content_block_start',
      index: 0,
      content_block: byTool
        ? { type: 'tool_use', id: 'toolu_1', name: 'attempt_completion', input: {} }
        : { type: 'text', text: '' },
    },
    {
      type: 'content_block_delta',
      index: 0,
      delta: byTool
        ? { type: 'input_json_delta', partial_json: JSON.stringify({ result: text }) }
        : { type: 'text_delta', text },
    },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: stop(request), stop_sequence: null },
      usage: { output_tokens: 1 },
    },
    { type: 'message_stop' },
  ]
}

function chat(request: ModelRequest, object: string): Record<string, unknown> {
  return { id: 'chatcmpl_1', object, created: 1, model: request.model ?? 'stand-in' }
}

function chatChunks(request: ModelRequest): unknown[] {
  const chunk = chat(request, 'chat.completion.chunk')
  return [
    { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', content: text }, finish_reason: null }] },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
  ]
}

const outputPart = { type: 'output_text', text, annotations: [] }

const outputItem = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [outputPart],
}

function response(
  request: ModelRequest,
  status: string,
  output: readonly unknown[],
): Record<string, unknown> {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    status,
    model: request.model ?? 'stand-in',
    output,
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  }
}

function responseEvents(request: ModelRequest): Event[] {
  const place = { item_id: outputItem.id, output_index: 0, content_index: 0 }
  return [
    { type: 'response.created', response: response(request, 'in_progress', []) },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...outputItem, status: 'in_progress', content: [] },
    },
    { type: 'response.content_part.added', ...place, part: { ...outputPart, text: '' } },
    { type: 'response.output_text.delta', ...place, delta: text },
    { type: 'response.output_text.done', ...place, text },
    { type: 'response.content_part.done', ...place, part: outputPart },
    { type: 'response.output_item.done', output_index: 0, item: outputItem },
    { type: 'response.completed', response: response(request, 'completed', [outputItem]) },
  ]
}
