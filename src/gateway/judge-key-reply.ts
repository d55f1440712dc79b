import type { Secret } from '../secrets/secret.ts'
import { isPage, judgeReply, limited } from './judge-reply.ts'
import type { ProbeVerdict, VerdictKind } from './probe-verdict.ts'
import { cleanServerText, errorMessage, readObject } from './server-text.ts'
import { isModelReply, isModelStream } from './smallest-body.ts'
import type { Reply } from './transport.ts'

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
