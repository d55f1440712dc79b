import { stripVTControlCharacters } from 'node:util'
import type { Host } from '../host/host.ts'
import { escapeNewlines } from '../texts/message.ts'
import type { Style } from './style.ts'

const gap = '  '

/**
 * Rows under a head, aligned by what the terminal shows. Where they do not fit into `columns`, each row becomes a
 * stack of `head: cell` lines, so that a path is never broken by a column.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
  columns: number,
): string {
  const lines = rows.map((row) => row.map(escapeNewlines))
  const widths = head.map((_, index) =>
    Math.max(...[head, ...lines].map((row) => displayWidth(row[index] ?? ''))),
  )
  const total = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1)
  if (total > columns) return lines.map((row) => stackRow(head, row, style, columns)).join('\n\n')
  return [style.bold(alignRow(head, widths)), ...lines.map((row) => alignRow(row, widths))].join('\n')
}

function alignRow(row: readonly string[], widths: readonly number[]): string {
  return widths
    .map((width, index) => padEnd(row[index] ?? '', width))
    .join(gap)
    .trimEnd()
}

function stackRow(head: readonly string[], row: readonly string[], style: Style, columns: number): string {
  // A head of which one title is Chinese has the full-width mark behind every title.
  const colon = head.some((title) => /\p{Script=Han}/u.test(title)) ? '：' : ':'
  return row
    .flatMap((cell, index) => {
      const title = `${head[index] ?? ''}${colon}`
      const blank = colon === ':' ? ' ' : ''
      if (displayWidth(title + blank + cell) <= columns) return [style.bold(title) + blank + cell]
      return [style.bold(title), ...wrapText(cell, columns - gap.length).map((line) => gap + line)]
    })
    .join('\n')
}

const nothing = /^[\p{Mn}\p{Me}\p{Cf}]$/u

const wide =
  /^(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation})$/u

/** Columns that a text takes on a terminal: two for a Chinese character, none for a colour code. */
export function displayWidth(text: string): number {
  if (plain.test(text)) return text.length
  return [...stripVTControlCharacters(text)].reduce((sum, character) => sum + characterWidth(character), 0)
}

/** Most texts are, and the start of every command draws some. */
const plain = /^[ -~]*$/

function characterWidth(character: string): 0 | 1 | 2 {
  if (nothing.test(character)) return 0
  return wide.test(character) ? 2 : 1
}

/** The text with blanks behind it, `width` columns wide; a wider text stays as it is. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

/**
 * One Chinese character, or a word with the blanks in front of it. An opening mark stays with what follows, a closing one
 * with what is before it: in Chinese no line begins with a closing mark (GB/T 15834).
 */
const piece =
  /\s*[（《「『【〈〔“‘]*(?:(?:[^\s\p{Script=Han}\u3000-\u303f\uff01-\uff60]*[([“‘])?[\p{Script=Han}\u3000-\u303f\uff01-\uff60]|[^\s\p{Script=Han}\u3000-\u303f\uff01-\uff60]+)[，。、；：？！）》」』】〉〕”’…—·～％)\]}]*/gu

/** Where sentences are wrapped: what is no terminal breaks lines itself, or searches them. */
export function wrapWidth({ outputIsSeen, columns }: Host['terminal']): number {
  return outputIsSeen ? columns : Number.POSITIVE_INFINITY
}

/** A text as lines of at most `width` columns, broken between words or Chinese characters; a longer word stands alone. */
export function wrapText(text: string, width: number): string[] {
  const lines = ['']
  for (const part of text.match(plain.test(text) ? /\s*\S+/g : piece) ?? []) {
    const line = lines.at(-1) ?? ''
    if (line === '' || displayWidth(line + part) <= width) lines[lines.length - 1] = line + part
    else lines.push(part.trimStart())
  }
  return lines.map((line, index) => (index === 0 ? line.trimStart() : line))
}

/** A path as people write it, on one line: `~` for the home. Only for the screen. */
export function shortenHome(path: string, { home }: Pick<Host, 'home'>): string {
  const isBelow = path.startsWith(home + separatorOf(home))
  return escapeNewlines(isBelow ? `~${path.slice(home.length)}` : path)
}

/** What stands between folders on the system of this home. */
export function separatorOf(home: string): string {
  return /^([A-Za-z]:|\\)\\/.test(home) ? '\\' : '/'
}
