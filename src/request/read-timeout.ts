import { UserError } from '../errors.ts'
import { type Input, textOf } from './input.ts'
import { printable } from './unknown-value.ts'

/** `--timeout` in ms, or undefined. Errors: UserError `bad-timeout`, exit 2. */
export function readTimeout(input: Input): number | undefined {
  const text = textOf(input, 'timeout')
  if (text === undefined) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (seconds > 0 && seconds <= 600) return seconds * 1000
  throw new UserError({
    code: 'bad-timeout',
    message: `--timeout "${printable(text)}" is no number of seconds between 0 and 600.`,
    hint: 'Example: --timeout 20',
    exit: 2,
  })
}
