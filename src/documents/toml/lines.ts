/** The newline that most lines of the text end with. */
export function newlineOf(text: string): '\r\n' | '\n' {
  const all = text.split('\n').length - 1
  const windows = text.split('\r\n').length - 1
  return windows > all - windows ? '\r\n' : '\n'
}

/** Offset at which the line with this offset begins. */
export function lineStart(text: string, offset: number): number {
  return text.slice(0, offset).lastIndexOf('\n') + 1
}

/** Offset behind the newline that ends the line with this offset, or the end of the text. */
export function nextLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset)
  return newline < 0 ? text.length : newline + 1
}

/** Offset at which the line before a line's start begins; the same offset on the first line. */
export function previousLine(text: string, start: number): number {
  return start === 0 ? 0 : lineStart(text, start - 1)
}

/** White space that the line with this offset begins with. */
export function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? ''
}
