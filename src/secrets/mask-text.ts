import { maskLooks } from './mask-looks.ts'
import { maskKey, Secret } from './secret.ts'

/** A quote or a backslash, as it is or by its number. */
const quote = `(?:[\\\\'"]|%(?:5[cC]|2[27])|u00(?:5[cC]|2[27])|x(?:5[cC]|2[27]))`

/** A longer secret is looked for in pieces of at most this length. */
const longestPiece = 500

/**
 * The text with every secret in its masked form, the longest first: as it is, and in the spellings that JSON, TOML,
 * YAML, URLs and shells give it. What looks like a key is masked as well.
 */
export function maskText(text: string, secrets: readonly Secret[]): string {
  const values = [...new Set(secrets.map(Secret.reveal))].filter((value) => value !== '')
  const longestFirst = values.sort((a, b) => b.length - a.length)
  const masked = longestFirst.reduce((rest, value) => maskValue(rest, value), text)
  return maskLooks(masked)
}

/** A shorter secret is met by chance. */
const shortestToFind = 8

/** Whether one of the secrets stands in a text, as it is or in one of those spellings. */
export function holdsSecret(text: string, secrets: readonly Secret[]): boolean {
  return secrets
    .map(Secret.reveal)
    .filter((value) => value.length >= shortestToFind)
    .some((value) => piecesOf(value).every((piece) => anySpelling(piece).test(text)))
}

function maskValue(text: string, value: string): string {
  const shown = maskKey(value)
  return piecesOf(value).reduce((rest, piece) => rest.replace(anySpelling(piece), () => shown), text)
}

/** Pieces of nearly equal length, so that the last one is no short text that occurs everywhere. */
function piecesOf(value: string): string[] {
  const characters = [...value]
  const size = Math.ceil(characters.length / Math.ceil(characters.length / longestPiece))
  const starts = characters.map((_, index) => index).filter((index) => index % size === 0)
  return starts.map((start) => characters.slice(start, start + size).join(''))
}

/**
 * Quotes and backslashes are looked for as one run of any of them, since that is how they are escaped. Each spelling
 * can match in one way only: with several, a long secret could take for ever.
 */
function anySpelling(value: string): RegExp {
  const parts = value.match(/[\\'"]+|[^\\'"]/gu) ?? []
  return new RegExp(
    parts
      .map((part, index) => (isRun(part) ? runOf(part) : spellingsOf(part, isRun(parts[index - 1]))))
      .map((part, index) => (index === 0 ? behindCopy(part, parts[0] ?? '') : part))
      .join(''),
    'g',
  )
}

/** The last run of a copy takes the first quotes or backslash of the next one along: then that one begins behind it. */
function behindCopy(spellings: string, part: string): string {
  const rest = isRun(part)
    ? ['']
    : numbered(part)
        .slice(1)
        .map((spelling) => spelling.slice('\\\\'.length))
  return `(?:${[spellings, ...rest.map((each) => `(?<=${quote})${each}`)].join('|')})`
}

function isRun(part: string | undefined): boolean {
  return part !== undefined && /^[\\'"]/.test(part)
}

function runOf(part: string): string {
  return `${quote}{${part.length},${part.length * 4 + 1}}`
}

/** One character: itself, after a backslash, or by its number. After a run, the backslash is part of that. */
function spellingsOf(character: string, afterRun: boolean): string {
  const plain = (afterRun ? '' : '\\\\?') + character.replace(/[\^$.*+?()[\]{}|]/, '\\$&')
  return `(?:${[plain, ...named(character), ...numbered(character)].join('|')})`
}

function named(character: string): string[] {
  if (character === '\n') return ['\\\\n', '\\r?\\n[ \\t]*']
  if (character === '\r') return ['\\\\r']
  if (character === '\t') return ['\\\\t']
  return []
}

function numbered(character: string): string[] {
  const bytes = [...new TextEncoder().encode(character)].map((byte) => anyCase(byte, 2))
  const units = character.split('').map((unit) => anyCase(unit.charCodeAt(0), 4))
  return [
    bytes.map((byte) => `%${byte}`),
    units.map((unit) => `\\\\u${unit}`),
    bytes.map((byte) => `\\\\x${byte}`),
  ].map((spelling) => spelling.join(''))
}

function anyCase(code: number, digits: number): string {
  const text = code.toString(16).padStart(digits, '0')
  return text.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)
}
