import { displayWidth } from './display-width.ts'

/** One Chinese character, or a word with the blanks in front of it. */
const piece =
  /\s*[\p{Script=Han}\u3000-\u303f\uff01-\uff60]|\s*[^\s\p{Script=Han}\u3000-\u303f\uff01-\uff60]+/gu

/** A text as lines of at most `width` columns, broken between words or Chinese characters; a longer word stands alone. */
export function wrapText(text: string, width: number): string[] {
  const lines = ['']
  for (const part of text.match(piece) ?? []) {
    const line = lines.at(-1) ?? ''
    if (line === '' || displayWidth(line + part) <= width) lines[lines.length - 1] = line + part
    else lines.push(part.trimStart())
  }
  return lines.map((line, index) => (index === 0 ? line.trimStart() : line))
}
