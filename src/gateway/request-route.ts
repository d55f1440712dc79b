import type { BaseUrl } from './base-url.ts'
import type { Endpoint } from './gateway.ts'
import { smallestBody, streamedText } from './smallest-body.ts'

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
