/** What could move the cursor, colour the screen or reorder what is read: controls, invisible formats, line separators. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** One line with its control characters written out, as `\x1b`, so that a file's content cannot command the terminal. */
export function visibleText(line: string): string {
  return line.replace(hidden, (character) => (character === '\t' ? character : writtenOut(character)))
}

function writtenOut(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return `\\u{${code.toString(16)}}`
}
