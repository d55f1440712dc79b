import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'

/** Of the gateway's keys; a file or a model is never named like this. */
const keyLook = /cr_[0-9a-f]{64}/i

/** A shorter text could be a word of the command line. */
const shortestKey = 12

/**
 * Errors: UserError `key-in-argument`, exit 2, where a key is anywhere on the command line: one of the gateway's look, or
 * the one that QCODE_API_KEY holds.
 */
export function refuseKeyArgument(args: readonly string[], { QCODE_API_KEY: own = '' }: Host['env']): void {
  const isOwn = (argument: string) => own.length >= shortestKey && argument.includes(own)
  if (!args.some((argument) => keyLook.test(argument) || isOwn(argument))) return
  throw new UserError({
    code: 'key-in-argument',
    message:
      "There is a key on the command line, where other programs see it and your shell's history keeps it. Nothing was done.",
    hint: 'Give it by --key-file PATH (or - for standard input) or as QCODE_API_KEY, and make a new key in the QCode.cc console.',
    exit: 2,
  })
}
