import { escapeNewlines } from './texts/message.ts'

let show: ((line: string) => void) | undefined

/**
 * Shows from now on what `debug` is given. `write` puts one line on standard error, keys masked. For QCODE_DEBUG=1: a module's
 * own state, since what reads files and judges settings is handed no host.
 */
export function startDebug(write: (line: string) => void): void {
  show = write
}

/**
 * What the program found out and decided on its way: each file read, why a variant was chosen, which source of a setting
 * wins, each probe. The line is not even put together without QCODE_DEBUG=1. It names settings and their places; a value
 * has no place in it.
 */
export function debug(line: () => string): void {
  if (show) show(escapeNewlines(`debug: ${line()}`))
}
