import type { Span } from '../splice.ts'

/** A run of blanks, one line break or one comment. */
export interface Trivia extends Span {
  readonly kind: 'blank' | 'break' | 'comment'
  readonly text: string
}

/** What stands between an offset and the end of its line, when no token does. */
export interface RestOfLine {
  readonly comments: readonly Trivia[]
  /** Where the line break begins; undefined when a token follows on the line. */
  readonly lineBreak: number | undefined
}

/** All trivia from the offset to the next token; `pattern` is sticky and matches one trivia of the language. */
export function readTrivia(text: string, offset: number, pattern: RegExp): Trivia[] {
  const found: Trivia[] = []
  pattern.lastIndex = offset
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    found.push({ kind: kindOf(match[0]), start: match.index, end: pattern.lastIndex, text: match[0] })
  }
  return found
}

/** The offset of the next token. */
export function skipTrivia(text: string, offset: number, pattern: RegExp): number {
  return readTrivia(text, offset, pattern).at(-1)?.end ?? offset
}

/** The comments up to the end of the line; as for `readTrivia`, the pattern is sticky. */
export function readRestOfLine(text: string, offset: number, pattern: RegExp): RestOfLine {
  const trivia = readTrivia(text, offset, pattern)
  const lineBreak = trivia.findIndex(({ kind }) => kind === 'break')
  const onLine = lineBreak === -1 ? trivia : trivia.slice(0, lineBreak)
  return { comments: onLine.filter(({ kind }) => kind === 'comment'), lineBreak: trivia[lineBreak]?.start }
}

/** Whether the comment reaches to the end of its line, so that nothing can follow it there. */
export function isLineComment(comment: Trivia): boolean {
  return !comment.text.startsWith('/*')
}

function kindOf(text: string): Trivia['kind'] {
  if (/^[\r\n]/.test(text)) return 'break'
  return /^[ \t]/.test(text) ? 'blank' : 'comment'
}
