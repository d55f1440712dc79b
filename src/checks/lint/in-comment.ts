/**
 * Whether a place in a line is in a comment: behind one of the markers, which must not stand in quotes. The beginning
 * of a line inside a block comment is told by its `*`.
 */
export function inComment(line: string, column: number, markers: readonly string[]): boolean {
  if (markers.includes('/*') && /^\s*\*/.test(line)) return true
  let quote: string | undefined
  for (let at = 0; at < column; at++) {
    const character = line[at] ?? ''
    if (character === '\\') at++
    else if (quote !== undefined) quote = character === quote ? undefined : quote
    else if (beginsComment(line, at, markers)) return true
    else if (`"'\``.includes(character)) quote = character
  }
  return false
}

/** A marker counts at the beginning of a line or behind a blank or a separator: `a#b` and `https://` begin none. */
function beginsComment(line: string, at: number, markers: readonly string[]): boolean {
  const free = at === 0 || /[\s;,{}()[\]]/.test(line[at - 1] ?? '')
  return free && markers.some((marker) => line.startsWith(marker, at))
}
