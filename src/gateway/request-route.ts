import type { BaseUrl } from './base-url.ts'
import type { Endpoint } from './gateway.ts'

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
    body: JSON.stringify({ model: 'demo', stream: true, ...smallestBody(endpoint.protocol) }),
  })
  return { status: reply.status, text: streamedText(await reply.text()) }
}

function smallestBody(protocol: Endpoint['protocol']): Record<string, unknown> {
  const message = { role: 'user', content: 'Say pong.' }
  return protocol === 'openai-responses' ? { input: 'Say pong.' } : { max_tokens: 16, messages: [message] }
}

/** The pieces of text in a stream of server-sent events, put together; the three protocols put them in three places. */
function streamedText(stream: string): string {
  const events = stream
    .split('\n')
    .flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6))] : []))
  return events.map((event) => pieceOf(event) ?? '').join('')
}

function pieceOf(event: {
  readonly type?: string
  readonly delta?: string | { readonly text?: string }
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[]
}): string | undefined {
  if (event.type === 'response.output_text.delta') return String(event.delta)
  if (event.type === 'content_block_delta' && typeof event.delta === 'object') return event.delta.text
  return event.choices?.[0]?.delta?.content
}
