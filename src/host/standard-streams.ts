import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { hasCode } from '../errors.ts'

/** A standard stream whose errors break nothing: they are kept for who asks. */
export interface GuardedOutput {
  /** The first error that kept a text from going out, once everything written so far has gone out or failed. */
  lost(): Promise<NodeJS.ErrnoException | undefined>
}

/**
 * Keeps what goes wrong with an output. A full disk throws in the middle of a write (Node 20 to 24, output to a file), a reader
 * that has ended or a terminal that was closed comes as an event (EPIPE, EIO); neither may end a run that has changed files.
 */
export function guardOutput(stream: NodeJS.WriteStream): GuardedOutput {
  let failure: NodeJS.ErrnoException | undefined
  const note = (error: unknown) => {
    failure ??= error as NodeJS.ErrnoException
    return false
  }
  stream.on('error', note)
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
  let isUsed = false
  stream.write = (...args: unknown[]) => {
    isUsed = true
    try {
      return write(...args)
    } catch (error) {
      return note(error)
    }
  }
  const settled = () =>
    new Promise<void>((resolve) => {
      // A stream that threw in a write calls back no more; what a client wrote to it is that one's own affair.
      if (failure || !isUsed || !stream.writable) resolve()
      else write('', () => resolve())
    })
  return {
    lost: async () => {
      await settled()
      // The event comes after the call back.
      await new Promise(setImmediate)
      return failure
    },
  }
}

/**
 * Closes those of these terminals (by file descriptor) that are gone. Call it last of all: Node 20 sets every terminal back
 * at its end and aborts where that fails, with a core dump that holds the key.
 */
export function letGoOfClosed(terminals: readonly number[]): void {
  for (const descriptor of terminals) {
    if (!isatty(descriptor)) tryClose(descriptor)
  }
}

function tryClose(descriptor: number): void {
  try {
    closeSync(descriptor)
  } catch {
    // It is closed.
  }
}

/** Why something was not read to its end. */
export type Unread = 'too-long' | 'silent' | 'endless' | 'terminal'

/** How long, in milliseconds, the next byte of a pipe is waited for: who has to unlock a password manager needs a while. */
export const inputPatienceMs = 60_000

/** How many times as long all of it may take: what comes drop by drop never ends by itself. */
export const patienceForAll = 5

/** In milliseconds, between two looks at a pipe that has nothing to read. */
const pause = 25

/**
 * All of a file, or of what a pipe or a device gives: at most `limit` bytes, and without waiting longer than `patienceMs` for
 * the next one, or `patienceForAll` times as long for all of it. A terminal is not read, since it shows what is typed. Errors: those of Node, with a `code`.
 */
export async function readBounded(path: string, limit: number, patienceMs: number): Promise<Buffer | Unread> {
  // Else a pipe that nobody writes to holds the whole program, signals included. Windows has no such flag.
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    if (isatty(file)) return 'terminal'
    const isNamedPipe = fstatSync(file).isFIFO() && !/^\/(?:dev|proc)\//.test(path)
    return await readToEnd(file, isNamedPipe, limit, patienceMs)
  } finally {
    closeSync(file)
  }
}

/** A named pipe that was opened before its writer looks as if it were at its end. */
async function readToEnd(file: number, isNamedPipe: boolean, limit: number, patienceMs: number) {
  const bytes = Buffer.alloc(limit + 1)
  let size = 0
  let inAll = 0
  for (let waited = 0; waited < patienceMs; waited += pause) {
    if (inAll >= patienceMs * patienceForAll) return 'endless'
    inAll += pause
    for (let count = readNow(file, bytes, size); count !== undefined; count = readNow(file, bytes, size)) {
      if (count === 0 && (size > 0 || !isNamedPipe)) return bytes.subarray(0, size)
      if (count === 0) break
      size += count
      waited = 0
      if (size > limit) return 'too-long'
    }
    await wait(pause)
  }
  return 'silent'
}

/** How many bytes were there to read; undefined where more may come. */
function readNow(file: number, bytes: Buffer, from: number): number | undefined {
  try {
    return readSync(file, bytes, from, bytes.length - from, null)
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return undefined
    throw error
  }
}
