import { Secret } from '../secrets/secret.ts'
import type { Message } from '../texts/message.ts'
import type { Endpoint, ProtocolId } from './gateway.ts'
import type { BaseUrl } from './judge-base-url.ts'
import { judgeFailure } from './judge-failure.ts'
import { judgeKeyReply, judgeLiveReply, judgeReply, streamedText } from './judge-reply.ts'
import type { Origin } from './origin.ts'
import {
  type ProbeLevel,
  type ProbeVerdict,
  type Times,
  type VerdictKind,
  verdictLevels,
} from './probe-verdict.ts'
import type { Reply, Transport } from './transport.ts'

/** A path that answers a POST, or should. */
export interface Route {
  readonly protocol: ProtocolId
  readonly path: string
}

/** Where and how to probe. The key goes to this origin and to no other. */
export interface ProbeTarget {
  readonly origin: Origin
  readonly transport: Transport
  readonly deadlineMs: number
}

/** The result of one request to a route. */
export interface Probe extends Route {
  /** Null when no whole reply came. */
  readonly status: number | null
  readonly verdict: VerdictKind
  readonly level: ProbeLevel
  readonly message: Message
  readonly hint?: Message
  readonly times: Times
  /** The proxy that it went through, without its password. */
  readonly proxy?: string
}

/** One POST without a key: 401 says that the route is right. Only a POST tells; a GET answers 404 on right paths. */
export function probeRoute(route: Route, target: ProbeTarget): Promise<Probe> {
  return probe(route, target, {}, {}, (reply, host) => judgeReply(reply, host, route.path))
}

/** Protocols whose gateway checks the request after the key and before a model: there an empty request costs no tokens. */
export const keyProtocols: readonly ProtocolId[] = ['anthropic-messages', 'openai-chat']

/** One empty POST with the key, for no tokens. Throws for a protocol whose gateway would forward it. */
export function probeKey(route: Route, key: Secret, target: ProbeTarget): Promise<Probe> {
  if (!keyProtocols.includes(route.protocol))
    throw new Error(`an empty request of ${route.protocol} is forwarded`)
  const judge = (reply: Reply, host: string) => judgeKeyReply(reply, key, host, route.path)
  return probe(route, target, authHeaders(route.protocol, key), {}, judge)
}

/** One smallest round trip with a model; it costs tokens. */
export function probeLive(route: Route, key: Secret, model: string, target: ProbeTarget): Promise<Probe> {
  const judge = (reply: Reply, host: string) => judgeLiveReply(reply, key, host, route.path)
  const headers = authHeaders(route.protocol, key)
  return probe(route, target, headers, smallestBody(route.protocol, model), judge)
}

/** The smallest request of a protocol that a model answers; `stream` is always explicit, since a relay of this family hangs without. */
export function smallestBody(protocol: ProtocolId, model: string): Record<string, unknown> {
  const common = { model, stream: true }
  if (protocol === 'openai-responses') return { ...common, input: 'Say pong.' }
  return { ...common, max_tokens: 16, messages: [{ role: 'user', content: 'Say pong.' }] }
}

/** Makes the request that a client with this base URL makes, the smallest one; `text` is the model's. */
export async function requestRoute(
  baseUrl: BaseUrl,
  endpoint: Endpoint,
  auth: { readonly header: 'bearer' | 'x-api-key'; readonly key: string },
  fetcher: typeof fetch,
): Promise<{ status: number; text: string }> {
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

async function probe(
  { protocol, path }: Route,
  { origin, transport, deadlineMs }: ProbeTarget,
  headers: Readonly<Record<string, string>>,
  body: object,
  judge: (reply: Reply, host: string) => ProbeVerdict,
): Promise<Probe> {
  const sent = await transport({
    url: origin.text + path,
    headers: { 'content-type': 'application/json', 'user-agent': 'qcode-setup', ...headers },
    body: JSON.stringify(body),
    deadlineMs,
  })
  const { host } = new URL(origin.text)
  const { kind, message, hint } =
    sent.kind === 'reply' ? judge(sent, host) : judgeFailure(sent, host, deadlineMs)
  return {
    protocol,
    path,
    status: sent.kind === 'reply' ? sent.status : null,
    verdict: kind,
    level: verdictLevels[kind],
    message,
    ...(hint !== undefined && { hint }),
    times: sent.times,
    ...(sent.proxy !== undefined && { proxy: sent.proxy }),
  }
}

function authHeaders(protocol: ProtocolId, key: Secret): Record<string, string> {
  const text = Secret.reveal(key)
  if (protocol !== 'anthropic-messages') return { authorization: `Bearer ${text}` }
  return { 'x-api-key': text, 'anthropic-version': '2023-06-01' }
}
