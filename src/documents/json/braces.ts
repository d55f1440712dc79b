import type { Span } from '../splice.ts'
import { lineBreakBefore } from './lines.ts'
import { readTrivia } from './trivia.ts'

/** An object written between braces, of JSON or of YAML's flow style. */
export interface Braces extends Span {
  readonly entries: readonly Span[]
}

/** How the text around an object is written. */
export interface BraceStyle {
  /** Sticky; matches one run of blanks, one line break or one comment. */
  readonly trivia: RegExp
  readonly newline: string
  /** One level of indentation. */
  readonly unit: string
  /** What stands behind a comma or colon within a line: a space, or nothing in a minified text. */
  readonly gap: string
}

/** Where the comma behind a value stands, whether it separates or trails. */
export function commaBehind(text: string, offset: number, style: BraceStyle): number | undefined {
  const next = readTrivia(text, offset, style.trivia).at(-1)?.end ?? offset
  return text[next] === ',' ? next : undefined
}

/** Whether only blanks stand between a line break and the offset; never so on the first line. */
export function startsLine(text: string, offset: number): boolean {
  return lineBreakBefore(text, offset) !== undefined
}
