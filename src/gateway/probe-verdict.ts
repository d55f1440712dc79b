import type { Message } from '../texts/message.ts'

/**
 * The result of a probe.
 *
 * Of a route: `right` 401 without a key; `wrong-prefix` 404; `dns` the name has no address; `refused` nothing listens;
 * `reset` cut off; `tls` no trust in the certificate, or no TLS there; `proxy` the proxy fails or wants a password;
 * `timeout` too slow; `unreachable` no way there, or what answers speaks no HTTP; `captive-portal` 200 or a web page where
 * 401 was due; `redirect` 3xx; `server-error` 5xx; `cdn-timeout` 524; `limited` 429; `unexpected-status` the rest.
 *
 * Of a key (bodies of an open relay of the gateway's family, v1.1.314): `key-accepted` 400 for an empty request;
 * `key-unknown`, `key-expired`, `key-disabled`, `key-malformed` and `key-refused` 401; `balance` 402; `client-refused` 403,
 * a key for certain clients; `service-refused` 403 for every other reason.
 *
 * Of a round trip: `answered`; `no-answer` a 200 without a reply in it; `skipped`.
 */
export type VerdictKind = keyof typeof verdictLevels

/** How bad each verdict is. A key for other clients may be right for the tools that are set up. */
export const verdictLevels = {
  right: 'ok',
  'wrong-prefix': 'error',
  dns: 'error',
  refused: 'error',
  reset: 'error',
  tls: 'error',
  proxy: 'error',
  timeout: 'error',
  unreachable: 'error',
  'captive-portal': 'error',
  redirect: 'error',
  'server-error': 'error',
  'cdn-timeout': 'error',
  limited: 'error',
  'unexpected-status': 'error',
  'key-accepted': 'ok',
  'key-unknown': 'error',
  'key-expired': 'error',
  'key-disabled': 'error',
  'key-malformed': 'error',
  'key-refused': 'error',
  balance: 'error',
  'client-refused': 'warning',
  'service-refused': 'error',
  answered: 'ok',
  'no-answer': 'error',
  skipped: 'skipped',
} as const

/** How bad a verdict is, as a finding says it. */
export type ProbeLevel = (typeof verdictLevels)[VerdictKind]

/** A verdict with its words for a person. */
export interface ProbeVerdict {
  readonly kind: VerdictKind
  /** What happened and what it comes from. Never holds a key or a control character. */
  readonly message: Message
  /** What to do about it. */
  readonly hint?: Message
}

/** How long each step took, in ms; null for a step that was not reached or not needed. */
export interface Times {
  /** Looking the name up, the proxy's where there is one; 0 for a bare address. */
  readonly dns: number | null
  readonly connect: number | null
  /** TLS; through a proxy, the opening of the tunnel as well. */
  readonly tls: number | null
  /** From the request to the head of the reply. */
  readonly firstByte: number | null
  readonly total: number
}

type Mark = 'dns' | 'connect' | 'tls' | 'reply'

/** Takes the time of one request, and knows how far it got. */
export class Stopwatch {
  readonly #start = performance.now()
  readonly #marks = new Map<Mark, number>()

  mark(mark: Mark): void {
    this.#marks.set(mark, performance.now())
  }

  /** The step that was under way last; TLS belongs to the exchange. */
  get stage(): 'connecting' | 'exchange' | 'body' {
    if (this.#marks.has('reply')) return 'body'
    return this.#marks.has('connect') ? 'exchange' : 'connecting'
  }

  times(): Times {
    const { dns, connect, tls, reply } = Object.fromEntries(this.#marks)
    const connected = tls ?? connect
    return {
      dns: connect === undefined && dns === undefined ? null : between(this.#start, dns ?? this.#start),
      connect: between(dns ?? this.#start, connect),
      tls: between(connect, tls),
      firstByte: between(connected, reply),
      total: between(this.#start, performance.now()) ?? 0,
    }
  }
}

/** To a tenth of a millisecond. */
function between(from: number | undefined, to: number | undefined): number | null {
  return from === undefined || to === undefined ? null : Math.round((to - from) * 10) / 10
}
