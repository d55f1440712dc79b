import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { Host } from '../host/host.ts'

/** What of a terminal's input is used; a stream that is none has no raw mode. */
interface TerminalInput extends NodeJS.ReadableStream {
  setRawMode?(isRaw: boolean): unknown
  ref?(): unknown
  unref?(): unknown
}

/** The input of one question, and how it is given back. */
export interface LentInput {
  readonly input: NodeJS.ReadableStream
  readonly giveBack: () => void
}

const held = new WeakMap<NodeJS.ReadableStream, HeldTerminal>()

/** In bytes: what is kept of keys that are pressed before a question stands. */
const mostAhead = 64 * 1024
const [ctrlC, ctrlZ] = [0x03, 0x1a]

/** In milliseconds. A process that no shell looks after is not stopped by its terminal. */
const untilStopped = 50

/**
 * From here to the end of the program the terminal shows nothing of what is typed by itself: a key that is pasted while
 * something is looked up would stand on the screen. Ends with the process, as Node gives the terminal its modes back.
 */
export function holdTerminal({ terminal, interruption }: Pick<Host, 'terminal' | 'interruption'>): void {
  const input = terminal.input as TerminalInput
  if (!terminal.interactive || !input.setRawMode || held.has(input)) return
  held.set(input, new HeldTerminal(input, terminal, () => interruption.interrupt()))
}

/** The input for one question: where the terminal is held, what was typed before it comes first. */
export function lendInput(host: Pick<Host, 'terminal' | 'interruption'>): LentInput {
  holdTerminal(host)
  return held.get(host.terminal.input)?.lend() ?? { input: host.terminal.input, giveBack: () => {} }
}

/** Forgets the keys that were pressed until now: none of them answers a question that nobody had seen then. */
export async function dropTypedAhead(host: Pick<Host, 'terminal' | 'interruption'>): Promise<void> {
  holdTerminal(host)
  // What the system still holds is read in the next turn, and told in the one after it.
  for (let turn = 0; turn < 2; turn++) await setImmediate()
  held.get(host.terminal.input)?.dropAhead()
}

/** Lets another program read the terminal, until what is given back is called. */
export function releaseTerminal({ terminal }: Pick<Host, 'terminal'>): () => void {
  return held.get(terminal.input)?.release() ?? (() => {})
}

class HeldTerminal {
  readonly #input: TerminalInput
  readonly #terminal: Host['terminal']
  readonly #interrupt: () => void
  #lent: Readable | undefined
  #ahead = Buffer.alloc(0)

  constructor(input: TerminalInput, terminal: Host['terminal'], interrupt: () => void) {
    this.#input = input
    this.#terminal = terminal
    this.#interrupt = interrupt
    input.setRawMode?.(true)
    input.on('data', (chunk: Buffer | string) => this.#take(Buffer.from(chunk)))
    // The terminal is gone: a question ends, and between two of them the signal that comes with it does.
    for (const event of ['end', 'close', 'error']) input.on(event, () => this.#lent?.push(null))
    // Waiting for keys alone is no reason for the program to go on.
    input.unref?.()
    // A shell has taken the terminal back while the program stood still.
    terminal.onContinued?.(() => this.#makeRaw())
  }

  lend(): LentInput {
    const lent = new Readable({ read: () => {} })
    this.#lent = lent
    this.#input.ref?.()
    if (this.#ahead.length > 0) lent.push(this.#ahead)
    this.#ahead = Buffer.alloc(0)
    const giveBack = () => {
      this.#lent = undefined
      this.#input.unref?.()
    }
    return { input: lent, giveBack }
  }

  dropAhead(): void {
    this.#ahead = Buffer.alloc(0)
  }

  release(): () => void {
    this.#input.pause()
    this.#input.setRawMode?.(false)
    return () => {
      this.#makeRaw()
      this.#input.resume()
      this.#input.unref?.()
    }
  }

  #take(chunk: Buffer): void {
    const rest = chunk.filter((byte) => byte !== ctrlZ)
    if (rest.length < chunk.length) this.#suspend()
    if (rest.length === 0) return
    if (this.#lent) return void this.#lent.push(rest)
    // The terminal makes no signal of it any more.
    if (rest.includes(ctrlC)) this.#interrupt()
    this.#ahead = Buffer.concat([this.#ahead, rest]).subarray(0, mostAhead)
  }

  #suspend(): void {
    if (!this.#terminal.suspend) return
    this.#input.setRawMode?.(false)
    this.#terminal.suspend()
    setTimeout(() => this.#makeRaw(), untilStopped)
  }

  /** Anew, whatever was believed of it. */
  #makeRaw(): void {
    this.#input.setRawMode?.(false)
    this.#input.setRawMode?.(true)
  }
}
