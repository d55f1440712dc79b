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
