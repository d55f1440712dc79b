import { maskText } from '../secrets/mask-text.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import type { ProbeVerdict } from './probe-verdict.ts'
import type { Failure, Reply } from './transport.ts'

type FailureKind = 'proxy' | 'timeout' | 'dns' | 'refused' | 'reset' | 'tls' | 'unreachable'

type Told = { readonly message: Message; readonly hint: Message }

/** Codes of Node.js, OpenSSL and undici (Node 20 to 24), by what they mean. */
const kinds: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
  [/^(PROXY|UND_ERR_ABORTED|UND_ERR_INVALID_ARG|UND_ERR_PRX_TLS)$/, 'proxy'],
  [/^(TIMEOUT|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'timeout'],
  [/^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/, 'dns'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/, 'reset'],
  [/^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_|EPROTO)/, 'tls'],
]

/** Why no whole reply came. `host` is the one that was asked for. */
export function judgeFailure(failure: Failure, host: string, deadlineMs: number): ProbeVerdict {
  const kind = kindOf(failure)
  const told = explain(kind, failure, host, deadlineMs / 1000)
  const { proxy } = failure
  if (proxy === undefined || kind === 'proxy') return { kind, ...told }
  return { kind, message: say('gateway.through', { message: told.message, proxy }), hint: told.hint }
}

/** While a proxy is being connected to, every failure is the proxy's. */
function kindOf({ code, proxy, stage }: Failure): FailureKind {
  if (proxy !== undefined && stage === 'connecting') return 'proxy'
  return kinds.find(([pattern]) => pattern.test(code))?.[1] ?? 'unreachable'
}

function explain(kind: FailureKind, failure: Failure, host: string, seconds: number): Told {
  const { code, stage } = failure
  switch (kind) {
    case 'proxy':
      return explainProxy(failure)
    case 'timeout':
      return {
        message: say(`gateway.timeout.${stage}`, { host, seconds }),
        hint: say('gateway.timeout.hint'),
      }
    case 'refused':
      return { message: say('gateway.refused', { host }), hint: say('gateway.refused.hint') }
    case 'tls': {
      const id = tlsReasons.find(([codes]) => codes.test(code))?.[1] ?? 'gateway.tls.none'
      return { message: say(id, { host, code }), hint: say(`${id}.hint`) }
    }
    default: {
      const reason = cleanServerText(failure.message)
      return { message: say(`gateway.${kind}`, { host, code, reason }), hint: say(`gateway.${kind}.hint`) }
    }
  }
}

function explainProxy({ code, proxy = '', message }: Failure): Told {
  const reason = code === 'PROXY' ? say('gateway.proxy.not-http') : cleanServerText(message)
  const hint = say(/\b407\b/.test(message) ? 'gateway.proxy.password' : 'gateway.proxy.hint')
  return { message: say('gateway.proxy', { proxy, reason }), hint }
}

const tlsReasons = [
  [/EXPIRED|NOT_YET_VALID/, 'gateway.tls.time'],
  [/ALTNAME|HOSTNAME/, 'gateway.tls.name'],
  [/^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA)/, 'gateway.tls.trust'],
] as const

/** What could command the terminal or reorder what is read. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu

const longest = 200

/** Text of a server's, fit for a line on the screen: one line, cut, no key and no control character in it. */
export function cleanServerText(text: string, key?: Secret): string {
  const line = maskText(text, key ? [key] : [])
    .replace(unprintable, ' ')
    .trim()
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

/** The JSON object in a body, or an empty one. */
export function readObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The sentence in an error as this gateway's family shapes it: `message`, `error.message` or `error`; else ''. */
export function errorMessage(body: string): string {
  const { message, error } = readObject(body)
  const inner = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error
  return ([message, inner].find((text) => typeof text === 'string') as string | undefined) ?? ''
}

/** What to do about a 429: how long it asks to wait is from Retry-After, else from `remainingMinutes` or `resetAt` of the body. */
export function limitWait({ headers, body }: Reply): Message {
  const { error, ...own } = readObject(body)
  const told = { ...(typeof error === 'object' ? error : {}), ...own } as Record<string, unknown>
  const asked = fromRetryAfter(headers['retry-after']) ?? inMinutes(told.remainingMinutes)
  return asked ?? untilTime(told.resetAt) ?? say('gateway.wait')
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function fromRetryAfter(value: string | undefined): Message | undefined {
  if (value === undefined) return undefined
  return /^\d{1,9}$/.test(value) ? say('gateway.wait.for', { time: `${value} s` }) : untilTime(value)
}

function inMinutes(value: unknown): Message | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  return say('gateway.wait.for', { time: `${Math.ceil(value)} min` })
}

function untilTime(value: unknown): Message | undefined {
  const time = readTime(value)
  return time === undefined ? undefined : say('gateway.wait.until', { time })
}

/** A time as a server writes it (a date with its year, or milliseconds of this century), in one form; undefined where it is none. */
export function readTime(value: unknown): string | undefined {
  const isTime = typeof value === 'number' ? value > 1e12 : /\b\d{4}\b/.test(String(value))
  const time = new Date(isTime ? (value as string | number) : Number.NaN)
  return time.getUTCFullYear() <= 9999 ? time.toISOString() : undefined
}
