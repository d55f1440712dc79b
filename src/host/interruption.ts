import { setMaxListeners } from 'node:events'
import { cancelled, type UserError } from '../errors.ts'
import type { Message } from '../texts/message.ts'

/** How long what is interrupted by a signal that nobody types may take to end. */
const graceMs = 1000

/**
 * What Ctrl-C, SIGTERM and SIGHUP do, in one place. As long as nothing of the user's was changed an interrupt ends the
 * program (`cancelled`, exit 130); once a change has begun it is only noted, and the run is completed and reported.
 */
export class Interruption {
  readonly #controller = new AbortController()
  readonly #insistence = new AbortController()
  #phase: 'open' | 'held' | 'begun' = 'open'
  #done: readonly (Message | string)[] = []
  #cancel: () => void = () => {}
  #heir: ((signal: NodeJS.Signals) => void) | undefined

  constructor() {
    // Every request that is under way listens, as many as a check asks routes and regions at once, and stops with its reply.
    setMaxListeners(0, this.#controller.signal)
  }

  /** Fires at the first interrupt; work that is only waited for can end early. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Fires at the second interrupt, and soon after one that nobody repeats: what still works then is no longer waited for. */
  get insisted(): AbortSignal {
    return this.#insistence.signal
  }

  /** Something of the user's may have been changed by this run. */
  get hasBegun(): boolean {
    return this.#phase === 'begun'
  }

  /** An interrupt came after the change had begun, so it did not end the program. */
  get cameTooLate(): boolean {
    return this.signal.aborted && this.#phase === 'begun'
  }

  /** Who ends the program where nothing was changed yet. */
  whenCancelled(cancel: () => void): void {
    this.#cancel = cancel
  }

  /** From here on signals are another program's, which this one only waits for; they interrupt nothing here any more. */
  handOver(heir: (signal: NodeJS.Signals) => void): void {
    this.#heir = heir
  }

  /** Called for each signal; all but the first only insist. */
  interrupt(signal: NodeJS.Signals = 'SIGINT'): void {
    this.#heir?.(signal)
    if (this.#heir) return
    if (this.signal.aborted) {
      this.#insistence.abort()
      return
    }
    this.#controller.abort()
    if (signal !== 'SIGINT') setTimeout(() => this.#insistence.abort(), graceMs).unref()
    if (this.#phase === 'open') this.#cancel()
  }

  /**
   * Work that has to clear up after itself, though it changes nothing of the user's, or not yet. Errors: `cancelled` at its
   * end, where nothing has begun in it.
   */
  async hold<T>(work: (interrupted: AbortSignal) => Promise<T>): Promise<T> {
    const before = this.#phase
    if (before === 'begun') return work(this.signal)
    this.#phase = 'held'
    try {
      return await work(this.signal)
    } finally {
      if (!this.hasBegun) this.#phase = before
      this.assertNotCancelled()
    }
  }

  /** The user's machine is changed from here on. Errors: `cancelled` where an interrupt came before. */
  begin(): void {
    this.assertNotCancelled()
    this.#phase = 'begun'
  }

  /** What was begun is over and is not yet what the user asked for, so leaving is possible once more; `done` describes it. */
  reopen(done: Message | string): void {
    this.#phase = 'open'
    this.#done = [...this.#done, done]
    this.assertNotCancelled()
  }

  /** Errors: UserError `cancelled` where an interrupt came and nothing was begun. */
  assertNotCancelled(): void {
    if (this.signal.aborted && this.#phase !== 'begun') throw this.cancellation()
  }

  /** UserError `cancelled`, with what was done before and stays so. */
  cancellation(): UserError {
    return cancelled(this.#done)
  }

  /** The result of work that only looks, or undefined as soon as an interrupt comes: nobody waits for it then. */
  async unlessInterrupted<T>(work: Promise<T>): Promise<T | undefined> {
    if (this.signal.aborted) return undefined
    let stop = () => {}
    const interrupted = new Promise<undefined>((resolve) => {
      stop = () => resolve(undefined)
      this.signal.addEventListener('abort', stop)
    })
    try {
      return await Promise.race([work, interrupted])
    } finally {
      this.signal.removeEventListener('abort', stop)
    }
  }
}
