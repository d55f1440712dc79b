import type { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { cleanServerText, errorMessage, limitWait, readObject, readTime } from './judge-failure.ts'
import type { ProbeVerdict } from './probe-verdict.ts'
import type { Reply } from './transport.ts'

/** What the reply to a POST without a key says of its route. `host` and `path` are those that were asked for. */
export function judgeReply(reply: Reply, host: string, path: string): ProbeVerdict {
  const { status } = reply
  if (status === 511 || (isPage(reply) && (status < 300 || status === 401))) return captivePortal(reply, host)
  if (status === 401) return { kind: 'right', message: say('gateway.right', { host, path }) }
  if (status < 300) return withoutKey(reply, host, path)
  if (status < 400) return redirected(reply, host)
  if (status === 404) return wrongPrefix(reply, host, path)
  if (status === 429) return limited(reply, host)
  if (status === 524) return cdnTimeout(host)
  return status >= 500 ? serverError(reply, host) : unexpected(reply, host)
}

/** A web page where the gateway sends JSON. */
export function isPage({ headers, body }: Reply): boolean {
  return /\bhtml\b/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(body)
}

function captivePortal({ status }: Reply, host: string): ProbeVerdict {
  return {
    kind: 'captive-portal',
    message: say('gateway.page', { host, status }),
    hint: say('gateway.page.hint'),
  }
}

function withoutKey({ status }: Reply, host: string, path: string): ProbeVerdict {
  return {
    kind: 'captive-portal',
    message: say('gateway.no-key-asked', { host, path, status }),
    hint: say('gateway.not-the-gateway.hint'),
  }
}

function redirected({ status, headers }: Reply, host: string): ProbeVerdict {
  const to =
    headers.location === undefined ? say('gateway.redirect.nowhere') : cleanServerText(headers.location)
  return {
    kind: 'redirect',
    message: say('gateway.redirect', { host, to, status }),
    hint: say('gateway.redirect.hint'),
  }
}

/** The relay's own 404 names the path as it came in. */
function wrongPrefix({ body }: Reply, host: string, path: string): ProbeVerdict {
  const seen = /^Route (\S+) not found/.exec(errorMessage(body))?.[1] ?? ''
  return {
    kind: 'wrong-prefix',
    message: say('gateway.no-endpoint', { host, path, seen: cleanServerText(seen) }),
    hint: say('gateway.no-endpoint.hint'),
  }
}

/** Too many requests; says how long to wait where the reply does. */
export function limited(reply: Reply, host: string): ProbeVerdict {
  return {
    kind: 'limited',
    message: say('gateway.limited', { host, said: said(reply) }),
    hint: limitWait(reply),
  }
}

function cdnTimeout(host: string): ProbeVerdict {
  return {
    kind: 'cdn-timeout',
    message: say('gateway.cdn-timeout', { host }),
    hint: say('gateway.cdn-timeout.hint'),
  }
}

function serverError(reply: Reply, host: string): ProbeVerdict {
  return {
    kind: 'server-error',
    message: say('gateway.server-error', { host, status: reply.status, said: said(reply) }),
    hint: say('gateway.server-error.hint'),
  }
}

function unexpected(reply: Reply, host: string): ProbeVerdict {
  return {
    kind: 'unexpected-status',
    message: say('gateway.unexpected', { host, status: reply.status, said: said(reply) }),
    hint: say('gateway.unexpected.hint'),
  }
}

function said({ body }: Reply, key?: Secret): string {
  return cleanServerText(errorMessage(body), key)
}

/** Why a 401 came although a key was sent, by the body's sentence (an open relay of the family, v1.1.314). */
const refusals = [
  [/expired/i, 'key-expired'],
  [/disabled/i, 'key-disabled'],
  [/format/i, 'key-malformed'],
  [/not found/i, 'key-unknown'],
] as const

/** What the reply to an empty request with a key says of the key. */
export function judgeKeyReply(reply: Reply, key: Secret, host: string, path: string): ProbeVerdict {
  const { status, body } = reply
  if (isPage(reply)) return judgeReply(reply, host, path)
  if (isAcceptance(reply)) return { kind: 'key-accepted', message: say('gateway.key-accepted', { host }) }
  if (status < 300) return notTheGateway(status, host, path)
  const text = said(reply, key)
  if (status === 401) return refused(text)
  if (status === 402)
    return {
      kind: 'balance',
      message: say('gateway.balance', { said: text }),
      hint: resetHint(body) ?? say('gateway.balance.hint'),
    }
  if (status === 403) return forbidden(body, text)
  return status === 429 ? limited(reply, host) : judgeReply(reply, host, path)
}

/** A limit of the day ends with it, and the reply says when (`resetAt`). */
function resetHint(body: string) {
  const time = readTime(readObject(body).resetAt)
  return time === undefined ? undefined : say('gateway.balance.until', { time })
}

/**
 * A gateway of this family looks at the key first and then says in JSON what is missing in an empty request (400); another
 * one may let a model answer to it. Whatever else answers has not looked at the key: a login page, another program's API.
 */
function isAcceptance({ status, body }: Reply): boolean {
  if (status === 400) return errorMessage(body) !== ''
  return status === 200 && (isModelReply(body) || isModelStream(body))
}

function notTheGateway(status: number, host: string, path: string): ProbeVerdict {
  return {
    kind: 'captive-portal',
    message: say('gateway.not-the-gateway', { host, path, status }),
    hint: say('gateway.not-the-gateway.hint'),
  }
}

function refused(text: string): ProbeVerdict {
  const kind = refusals.find(([pattern]) => pattern.test(text))?.[1] ?? 'key-refused'
  return { kind, message: say(`gateway.${kind}`), hint: say('gateway.key.hint') }
}

/** The program never pretends to be another client, so a key for certain clients cannot be told to work here. */
function forbidden(body: string, text: string): ProbeVerdict {
  if (Array.isArray(readObject(body).allowedClients) || /client not allowed/i.test(body)) {
    return {
      kind: 'client-refused',
      message: say('gateway.client-refused', { said: text }),
      hint: say('gateway.client-refused.hint'),
    }
  }
  return {
    kind: 'service-refused',
    message: say('gateway.service-refused', { said: text }),
    hint: say('gateway.service-refused.hint'),
  }
}

/** What the reply to a whole request says: did a model answer? */
export function judgeLiveReply(reply: Reply, key: Secret, host: string, path: string): ProbeVerdict {
  const { status, body } = reply
  if (isPage(reply)) return judgeReply(reply, host, path)
  if (status === 200) return judgeStream(body, key, host)
  if (status !== 400) return judgeKeyReply(reply, key, host, path)
  return {
    kind: 'unexpected-status',
    message: say('gateway.request-rejected', { host, said: said(reply, key) }),
    hint: say('gateway.request-rejected.hint'),
  }
}

/** A model that thinks first may use up its few tokens before the first word. */
function judgeStream(body: string, key: Secret, host: string): ProbeVerdict {
  const text = cleanServerText(streamedText(body), key)
  if (isModelStream(body)) {
    return { kind: 'answered', message: say('gateway.answered', { said: text }) }
  }
  return {
    kind: 'no-answer',
    message: say('gateway.no-answer', { host }),
    hint: say('gateway.no-answer.hint'),
  }
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
