import type { Secret } from '../secrets/secret.ts'
import { cleanServerText, errorMessage, limitWait, readObject } from './judge-failure.ts'
import type { ProbeVerdict, VerdictKind } from './probe-verdict.ts'
import { isModelReply, isModelStream, streamedText } from './smallest-body.ts'
import type { Reply } from './transport.ts'

/** What the reply to a POST without a key says of its route. `host` and `path` are those that were asked for. */
export function judgeReply(reply: Reply, host: string, path: string): ProbeVerdict {
  const { status } = reply
  if (status === 511 || (isPage(reply) && (status < 300 || status === 401))) return captivePortal(reply, host)
  if (status === 401) return { kind: 'right', message: `POST ${path} is a route of ${host}` }
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
    message: `In place of ${host}, a web page answered (${status}): the login page of a network, or a filter`,
    hint: 'Open any http:// page in a browser and log in to the network, then try again.',
  }
}

function withoutKey({ status }: Reply, host: string, path: string): ProbeVerdict {
  return {
    kind: 'captive-portal',
    message: `${host} answered POST ${path} with ${status} although no key was sent: that is not the gateway`,
    hint: 'Check the address; the login page of a network may answer in its place.',
  }
}

function redirected({ status, headers }: Reply, host: string): ProbeVerdict {
  const to = cleanServerText(headers.location ?? 'nowhere')
  return {
    kind: 'redirect',
    message: `${host} redirects to ${to} (${status}); the key would go along, so it was not followed`,
    hint: 'Use the address that it leads to with --gateway, if you trust it.',
  }
}

/** The relay's own 404 names the path as it came in. */
function wrongPrefix({ body }: Reply, host: string, path: string): ProbeVerdict {
  const seen = /^Route (\S+) not found/.exec(errorMessage(body))?.[1]
  const quoted = seen === undefined ? '' : `; it says that it saw ${cleanServerText(seen)}`
  return {
    kind: 'wrong-prefix',
    message: `${host} does not serve POST ${path} (404)${quoted}`,
    hint: 'The prefix of the base URL is wrong for this gateway; to correct the tools here, type: qcode-setup',
  }
}

/** Too many requests; says how long to wait where the reply does. */
export function limited(reply: Reply, host: string): ProbeVerdict {
  const wait = limitWait(reply)
  return {
    kind: 'limited',
    message: `${host} limits the requests now (429)${said(reply)}`,
    hint: wait === undefined ? 'Wait a while, then try again.' : `Wait ${wait}, then try again.`,
  }
}

function cdnTimeout(host: string): ProbeVerdict {
  return {
    kind: 'cdn-timeout',
    message: `The network in front of ${host} gave up waiting for the gateway (524)`,
    hint: 'Long answers can do that; the region global goes without that network.',
  }
}

function serverError(reply: Reply, host: string): ProbeVerdict {
  return {
    kind: 'server-error',
    message: `${host} has a fault of its own (${reply.status})${said(reply)}`,
    hint: 'Try again later or another region: qcode-setup check --all',
  }
}

function unexpected(reply: Reply, host: string): ProbeVerdict {
  return {
    kind: 'unexpected-status',
    message: `${host} answered ${reply.status}${said(reply)}`,
    hint: 'Is this the gateway? A filter on the way may answer in its place.',
  }
}

function said({ body }: Reply): string {
  const text = cleanServerText(errorMessage(body))
  return text === '' ? '' : `: ${text}`
}

/** Why a 401 came although a key was sent, by the body's sentence (an open relay of the family, v1.1.314). */
const refusals: readonly (readonly [pattern: RegExp, kind: VerdictKind, message: string])[] = [
  [/expired/i, 'key-expired', 'The key has expired'],
  [/disabled/i, 'key-disabled', 'The key is disabled'],
  [
    /format/i,
    'key-malformed',
    'The key does not have the form that the gateway wants (cr_ and 64 hex digits)',
  ],
  [/not found/i, 'key-unknown', 'The gateway does not know this key'],
]

const newKey = 'Copy the key from the QCode.cc console once more, or make a new one there.'

/** What the reply to an empty request with a key says of the key. */
export function judgeKeyReply(reply: Reply, key: Secret, host: string, path: string): ProbeVerdict {
  const { status, body } = reply
  if (isPage(reply)) return judgeReply(reply, host, path)
  if (isAcceptance(reply)) return { kind: 'key-accepted', message: `${host} accepts the key` }
  if (status < 300) return notTheGateway(status, host, path)
  const said = cleanServerText(errorMessage(body), key)
  const quoted = said === '' ? '' : `: ${said}`
  if (status === 401) return refused(said)
  if (status === 402) return { ...balance, message: `${balance.message}${quoted}` }
  if (status === 403) return forbidden(body, quoted)
  return status === 429 ? limited(reply, host) : judgeReply(reply, host, path)
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
    message: `${host} answered POST ${path} with ${status}, but not as the gateway does; so nothing is known of the key`,
    hint: 'Check the address; the login page of a network may answer in its place.',
  }
}

function refused(said: string): ProbeVerdict {
  const found = refusals.find(([pattern]) => pattern.test(said))
  const [, kind, message] = found ?? [said, 'key-refused' as const, 'The gateway refused the key']
  return { kind, message: `${message} (401)`, hint: newKey }
}

const balance = {
  kind: 'balance',
  message: 'The key is right, but its balance or its cost limit is used up (402)',
  hint: 'Top up, or raise the limit of the key in the QCode.cc console.',
} as const

/** The program never pretends to be another client, so a key for certain clients cannot be told to work here. */
function forbidden(body: string, quoted: string): ProbeVerdict {
  if (Array.isArray(readObject(body).allowedClients) || /client not allowed/i.test(body)) {
    return {
      kind: 'client-refused',
      message: `Path and key are right, but this key is for certain clients only, and this program is none of them (403)${quoted}`,
      hint: 'Start the tool itself to see whether the key works there.',
    }
  }
  return {
    kind: 'service-refused',
    message: `The key is known, but it may not use this service (403)${quoted}`,
    hint: 'Allow the service for this key in the QCode.cc console.',
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
    message: `${host} did not take the request (400): ${cleanServerText(errorMessage(body), key)}`,
    hint: 'Is the model one that this gateway serves?',
  }
}

/** A model that thinks first may use up its few tokens before the first word. */
function judgeStream(body: string, key: Secret, host: string): ProbeVerdict {
  const text = cleanServerText(streamedText(body), key)
  if (isModelStream(body)) {
    return { kind: 'answered', message: text === '' ? 'The model answered' : `The model answered: ${text}` }
  }
  return {
    kind: 'no-answer',
    message: `${host} answered 200, but there is no reply of a model in it`,
    hint: 'Try another model or another region.',
  }
}
