import type { Endpoint, ProtocolId } from './gateway.ts'
import type { BaseUrl } from './judge-base-url.ts'
import { readObject } from './judge-failure.ts'

/** The smallest request of a protocol that a model answers; `stream` is always explicit, since a relay of this family hangs without. */
export function smallestBody(protocol: ProtocolId, model: string): Record<string, unknown> {
  const common = { model, stream: true }
  if (protocol === 'openai-responses') return { ...common, input: 'Say pong.' }
  return { ...common, max_tokens: 16, messages: [{ role: 'user', content: 'Say pong.' }] }
}

interface StreamEvent {
  readonly type?: string
  readonly delta?: string | { readonly text?: string } | null
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[]
}

/** The pieces of text in a stream of server-sent events, put together; the three protocols put them in three places. */
export function streamedText(stream: string): string {
  return streamEvents(stream)
    .map(pieceOf)
    .filter((piece) => typeof piece === 'string')
    .join('')
}

/** Whether a body is a stream in which a model speaks, in one of the three protocols; an error in a stream is none. */
export function isModelStream(body: string): boolean {
  return streamEvents(body).some(
    (event) =>
      Array.isArray(event?.choices) ||
      /^(message_|content_block_|response\.(?!failed$))/.test(String(event?.type)),
  )
}

/** Whether a body is the whole reply of a model, in one of the three protocols. */
export function isModelReply(body: string): boolean {
  const { type, object, choices, content, output } = readObject(body)
  if (type === 'message') return Array.isArray(content)
  if (object === 'response') return Array.isArray(output)
  return object === 'chat.completion' && Array.isArray(choices)
}

/** The JSON objects of a stream's data lines; what does not parse is left out. */
function streamEvents(stream: string): StreamEvent[] {
  return stream.split('\n').flatMap((line) => (line.startsWith('data: {') ? parse(line.slice(6)) : []))
}

function parse(text: string): StreamEvent[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return []
  }
}

/** Whatever stands where the text of a well-behaved server would stand. */
function pieceOf({ type, delta, choices }: StreamEvent): unknown {
  if (type === 'response.output_text.delta') return delta
  if (type === 'content_block_delta' && typeof delta === 'object') return delta?.text
  return choices?.[0]?.delta?.content
}

/** What came back from one request. */
export interface RouteReply {
  readonly status: number
  /** The text of the model, where there was one. */
  readonly text: string
}

/** Makes the request that a client with this base URL makes: the smallest one of its protocol, `stream` explicit. */
export async function requestRoute(
  baseUrl: BaseUrl,
  endpoint: Endpoint,
  auth: { readonly header: 'bearer' | 'x-api-key'; readonly key: string },
  fetcher: typeof fetch,
): Promise<RouteReply> {
  const reply = await fetcher(baseUrl.text + endpoint.appends, {
    method: 'POST',
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
    headers: {
      'content-type': 'application/json',
      ...(auth.header === 'bearer' ? { authorization: `Bearer ${auth.key}` } : { 'x-api-key': auth.key }),
      ...(endpoint.protocol === 'anthropic-messages' && { 'anthropic-version': '2023-06-01' }),
    },
    body: JSON.stringify(smallestBody(endpoint.protocol, 'demo')),
  })
  return { status: reply.status, text: streamedText(await reply.text()) }
}
