/** A piece of a text and what takes its place. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A splice that replaces nothing. */
export function insertAt(offset: number, text: string): Splice {
  return { start: offset, end: offset, text }
}

/** Applies splices that may overlap and stand in any order; of two at one offset the first given comes first. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  let result = ''
  let done = 0
  for (const splice of splices.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(done, Math.max(done, splice.start)) + splice.text
    done = Math.max(done, splice.end)
  }
  return result + text.slice(done)
}
