import { distance } from 'fastest-levenshtein'
import { UserError } from '../errors.ts'

/** A value that is none of the valid ones, with the nearest of them and all of them. Exit 2. */
export function unknownValue(what: string, value: string, valid: readonly string[]): UserError {
  const near = nearest(value, valid)
  return new UserError({
    code: `unknown-${what.replace(/\W+/g, '-')}`,
    message: `There is no ${what} "${printable(value)}".${near ? ` Did you mean ${near}?` : ''}`,
    hint: `Valid: ${valid.join(', ')}`,
    exit: 2,
  })
}

/** The valid value that differs least, when it is near enough to be a slip. */
export function nearest(value: string, valid: readonly string[]): string | undefined {
  const ranked = valid
    .map((word) => [distance(value.toLowerCase(), word), word] as const)
    .sort((a, b) => a[0] - b[0])
  const best = ranked[0]
  return best && best[0] <= Math.max(2, Math.floor(best[1].length / 3)) ? best[1] : undefined
}

/** What was typed, without anything that would move the cursor or colour the screen. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?').slice(0, 80)
}
