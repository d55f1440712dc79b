/** A stretch of a text, by character offsets; `end` is the first offset behind it. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Puts `text` in the place of a stretch; an empty stretch inserts. */
export interface Splice extends Span {
  readonly text: string
}

/** Applies splices that may overlap and stand in any order; of two at one offset the first given comes first. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = ''
  let done = 0
  for (const splice of splices.toSorted((one, other) => one.start - other.start)) {
    result += text.slice(done, Math.max(done, splice.start)) + splice.text
    done = Math.max(done, splice.end)
  }
  return result + text.slice(done)
}

/** A splice that replaces nothing. */
export function insertion(at: number, text: string): Splice {
  return { start: at, end: at, text }
}

/** A splice that leaves nothing. */
export function deletion(span: Span): Splice {
  return { ...span, text: '' }
}
