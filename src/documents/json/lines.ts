/** The line end that the text uses first, or `\n`. */
export function newlineOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n'
}

/** Where the line break in front of the offset begins, if only blanks stand between the two. */
export function lineBreakBefore(text: string, offset: number): number | undefined {
  const end = blanksBefore(text, offset)
  if (text[end - 1] === '\n') return text[end - 2] === '\r' ? end - 2 : end - 1
  return text[end - 1] === '\r' ? end - 1 : undefined
}

/** Where the spaces and tabs that stand right in front of the offset begin. */
export function blanksBefore(text: string, offset: number): number {
  let start = offset
  while (start > 0 && isBlank(text[start - 1])) start -= 1
  return start
}

/** Where the spaces and tabs that stand right behind the offset end. */
export function blanksBehind(text: string, offset: number): number {
  let end = offset
  while (isBlank(text[end])) end += 1
  return end
}

/** The spaces and tabs at the start of the line that holds the offset. */
export function indentAt(text: string, offset: number): string {
  const start = lineStart(text, offset)
  return text.slice(start, blanksBehind(text, start))
}

/** Where the line that holds the offset begins. */
export function lineStart(text: string, offset: number): number {
  let start = offset
  while (start > 0 && !isBreak(text[start - 1])) start -= 1
  return start
}

/** Where the line that holds the offset ends, in front of its line break. */
export function lineEnd(text: string, offset: number): number {
  let end = offset
  while (end < text.length && !isBreak(text[end])) end += 1
  return end
}

/** Whether it goes over several lines, by whichever kind of line end. */
export function hasBreak(text: string): boolean {
  return /[\r\n]/.test(text)
}

function isBreak(char: string | undefined): boolean {
  return char === '\n' || char === '\r'
}

function isBlank(char: string | undefined): boolean {
  return char === ' ' || char === '\t'
}
