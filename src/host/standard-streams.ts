import { closeSync } from 'node:fs'
import { isatty } from 'node:tty'

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
  stream.write = (...args: unknown[]) => {
    try {
      return write(...args)
    } catch (error) {
      return note(error)
    }
  }
  const settled = () =>
    new Promise<void>((resolve) => {
      // A stream that threw in a write calls back no more.
      if (failure || !stream.writable) resolve()
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
