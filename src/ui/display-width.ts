import { stripVTControlCharacters } from 'node:util'

const nothing = /^[\p{Mn}\p{Me}\p{Cf}]$/u
const wide =
  /^(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation})$/u

/** Columns that a text takes on a terminal: two for a Chinese character, none for a colour code. */
export function displayWidth(text: string): number {
  return [...stripVTControlCharacters(text)].reduce((sum, character) => sum + characterWidth(character), 0)
}

function characterWidth(character: string): 0 | 1 | 2 {
  if (nothing.test(character)) return 0
  return wide.test(character) ? 2 : 1
}

/** The text with blanks behind it, `width` columns wide; a wider text stays as it is. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}
