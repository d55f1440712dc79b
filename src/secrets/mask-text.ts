import { maskKey, Secret } from './secret.ts'

/** A quote or a backslash, as it is or by its number. */
const quote = `(?:[\\\\'"]|%(?:5[cC]|2[27])|u00(?:5[cC]|2[27])|x(?:5[cC]|2[27]))`

/** A longer secret is looked for in pieces of at most this length. */
const longestPiece = 500

/**
 * The text with every secret in its masked form, the longest first: as it is, in the spellings that JSON, TOML, YAML, URLs and
 * shells give it, and in the disguises in which a server may send it back. What looks like a key is masked as well.
 */
export function maskText(text: string, secrets: readonly Secret[]): string {
  const byValue = new Map(secrets.map((secret) => [Secret.reveal(secret), secret]))
  byValue.delete('')
  const longestFirst = [...byValue].sort(([one], [other]) => other.length - one.length)
  const masked = longestFirst.reduce((rest, [value, secret]) => {
    const shown = maskKey(value)
    const plain = patternsOf(secret).reduce((left, pattern) => left.replace(pattern, () => shown), rest)
    const alsoInOneLine = `${plain} ${plain.replace(lineEnds, '')}`
    const maskFound = (found: string) => (found.search(lineEnds) < 0 ? shown : maskLines(found))
    const find = (left: string, [sign, pattern]: Disguise) =>
      sign.test(alsoInOneLine) ? left.replace(pattern(), maskFound) : left
    return disguisesOf(secret).reduce(find, plain)
  }, text)
  return maskLooks(masked)
}

/** A shorter secret is met by chance. */
const shortestToFind = 8

/** Whether one of the secrets stands in a text, as it is or in one of those spellings. */
export function holdsSecret(text: string, secrets: readonly Secret[]): boolean {
  return secrets
    .filter((secret) => Secret.reveal(secret).length >= shortestToFind)
    .some((secret) => patternsOf(secret).every((pattern) => text.search(pattern) !== -1))
}

/** To make them takes far longer than to look for them, and every text of a document is masked by itself. */
const patterns = new WeakMap<Secret, readonly RegExp[]>()

function patternsOf(secret: Secret): readonly RegExp[] {
  const made = patterns.get(secret) ?? piecesOf(Secret.reveal(secret)).map(anySpelling)
  patterns.set(secret, made)
  return made
}

/** What finds it in a text without ends of lines, and in any: that takes so long to make that it is made only where the first finds it. */
type Disguise = readonly [sign: RegExp, pattern: () => RegExp]

const disguises = new WeakMap<Secret, readonly Disguise[]>()

/** Where programs that write hex or base64 begin a new line; `\n` as it stands in a string of JSON is one. */
const lineEnd = '(?:\\r?\\n[ \\t]*|(?:\\\\r)?\\\\n)'
const lineEnds = new RegExp(lineEnd, 'g')

/** In another case, backwards, in hex, and in base64 and base64url wherever in a longer text they begin; these in lines, too. */
function disguisesOf(secret: Secret): readonly Disguise[] {
  const value = Secret.reveal(secret)
  const known = value.length < shortestPiece ? [] : disguises.get(secret)
  if (known) return known
  const plain = [value, [...value].reverse().join('')].map(literal)
  const bytes = Buffer.from(value)
  const hex = bytes.toString('hex')
  const base64 = [0, 1, 2].map((before) => base64Of(value, before))
  const whole = base64.map((characters) => characters.join(''))
  const broken = () =>
    base64.map((characters, before) => inLines(characters) + base64End(bytes.length + before))
  const made: readonly Disguise[] = [
    [anyOf([...plain, hex], 'i'), () => anyOf([...plain, inLines([...hex])], 'gi')],
    [anyOf(whole), () => anyOf(broken(), 'g')],
  ]
  disguises.set(secret, made)
  return made
}

const anyOf = (parts: readonly string[], flags = '') => new RegExp(parts.join('|'), flags)

/** Behind that many bytes of something else: the characters that hold nothing but the secret. */
function base64Of(value: string, before: number): string[] {
  const bytes = Buffer.from(' '.repeat(before) + value)
  const whole = bytes.toString('base64').slice(before && before + 1, Math.floor(bytes.length / 3) * 4)
  return [...whole].map((one) => literal(one).replace('\\+', '[+-]').replace('/', '[/_]'))
}

/** The last characters of so many bytes, which hold part of the secret. */
function base64End(bytes: number): string {
  const over = bytes % 3
  return `(?:${lineEnd}?[\\w+/-]){0,${over && over + 1}}={0,2}`
}

/** With an end of a line anywhere; an expression of more would be too large to be made. */
function inLines(characters: readonly string[]): string {
  return characters.join(characters.length > 4 * longestPiece ? '' : `${lineEnd}?`)
}

function literal(text: string): string {
  return text.replace(/[\^$.*+?()[\]{}|\\]/g, '\\$&')
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

/** A key has few characters that differ. */
const spellings = new Map<string, string>()

/** One character: itself, after a backslash, or by its number. After a run, the backslash is part of that. */
function spellingsOf(character: string, afterRun: boolean): string {
  const id = afterRun ? `${character}-` : character
  const all = spellings.get(id) ?? writeSpellings(character, afterRun)
  spellings.set(id, all)
  return all
}

function writeSpellings(character: string, afterRun: boolean): string {
  const plain = (afterRun ? '' : '\\\\?') + literal(character)
  // By number first: of a `u` by number, `\\u` alone would be taken for an escaped `u`, and the rest of it would be left.
  return `(?:${[...numbered(character), ...named(character), plain].join('|')})`
}

function named(character: string): string[] {
  if (character === '\n') return ['\\\\n', '\\r?\\n[ \\t]*']
  if (character === '\r') return ['\\\\r']
  if (character === '\t') return ['\\\\t']
  return []
}

function numbered(character: string): string[] {
  const bytes = [...Buffer.from(character)].map((byte) => anyCase(byte, 2))
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

/** In characters. A shorter text could be any word of what is said. */
const shortestPiece = 12

const known = new Map<string, Secret>()

/** Notes a key of this run, so that it is hidden whatever text it comes back in. */
export function rememberKey(key: Secret): Secret {
  const value = Secret.reveal(key)
  if (value.length >= shortestPiece) known.set(value, key)
  return key
}

/** The text with every key of this run masked, whole or cut, and whatever else looks like a key. */
export function hideKeys(text: string): string {
  const keys = [...known.values()]
  return keys.reduce(hidePieces, maskText(text, keys))
}

/** A server, or a line that was cut, can show a part of a key alone. */
function hidePieces(text: string, key: Secret): string {
  const value = Secret.reveal(key)
  const starts = Array.from({ length: value.length - shortestPiece + 1 }, (_, start) => start)
  return starts.reduce((rest, start) => rest.replaceAll(value.slice(start, start + shortestPiece), '…'), text)
}

/** The lines, from 1, in which one of the keys stands, in any spelling that files give it. */
export function findKeyLines(text: string, keys: readonly Secret[]): number[] {
  if (!holdsSecret(text, keys)) return []
  return text.split('\n').flatMap((line, index) => (holdsSecret(line, keys) ? [index + 1] : []))
}

/**
 * Keys by the look that their makers give them. A letter in front makes it a word, unless it is an escape such as `\n`,
 * or what follows is nothing but hex digits.
 */
const keyLook = new RegExp(
  `(?<!(?<!\\\\)[A-Za-z])(?:${[
    '(?:cr_|sk-)[\\w-]{16,}',
    '(?:github_pat_|glpat-|glsa_|gsk_|xai-|pplx-|tvly-|nvapi-|dop_v1_|dckr_pat_|shpat_|figd_|sntrys_|lin_api_)[\\w-]{10,}',
    'gh[opsur]_\\w{10,}',
    '(?:[sr]k_(?:live|test)_|whsec_)\\w{8,}',
    '(?:hf_|npm_|r8_)[A-Za-z\\d]{16,}',
    'xox[abeoprs]-[\\w-]{8,}|xapp-[\\w-]{8,}',
    '(?:AKIA|ASIA)[A-Z\\d]{12,}',
    'AIza[\\w-]{30,}|ya29\\.[\\w-]{10,}',
    'SG\\.[\\w-]{10,}\\.[\\w-]{10,}',
    'pypi-[\\w-]{20,}|AGE-SECRET-KEY-\\w{10,}',
    'eyJ[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*)*',
  ].join('|')})|cr_[0-9a-fA-F]{32,}`,
  'g',
)

/** 40 characters of base64 that are no hash of git's and no path: what AWS gives as a secret. */
const fortyCharacters =
  /(?<![\w+/=.-])(?=[A-Za-z+/]*\d)(?=[a-z\d+/]*[A-Z])(?=[A-Z\d+/]*[a-z])[A-Za-z\d][A-Za-z\d+/]{39}(?![\w+/=.-])/g

/** What a header says after its scheme. Prose that speaks of such a header has none of these signs. */
const credentials =
  /\b(Bearer|bearer|BEARER|Basic|basic|BASIC|Api[Kk]ey|APIKEY)([ \t]+|%20|\+)(?=[\w~+/=-]*(?:[\d~+/=]|[a-z][A-Z])|[\w.~+/=-]{16})([\w.~+/=-]{6,})/g

const userInUrl = /(:\/\/)[^/?#\s"'`]+(?=@)/g

const privateKey = /(-----BEGIN [A-Z\d ]*PRIVATE KEY(?: BLOCK)?-----)([\s\S]*?)(-----END [A-Z\d ]*-----|$)/g

/** The text with everything masked that looks like a key, a header's credentials, the user part of a URL, or a private key. */
export function maskLooks(text: string): string {
  return text
    .replace(privateKey, (_, begin, body, end) => `${begin}${maskLines(body)}${end}`)
    .replace(userInUrl, '$1••••')
    .replace(keyLook, maskKey)
    .replace(credentials, (_, scheme, gap, value) => `${scheme}${gap}${maskKey(value)}`)
    .replace(fortyCharacters, maskKey)
}

/** Each line of it masked, so that there are as many lines as before. `\n` as it stands in a string of JSON counts as one. */
export function maskLines(text: string): string {
  const lines = text.split(/(\r?\n[ \t]*|(?:\\r)?\\n)/)
  if (lines.length === 1) return maskKey(text)
  return lines.map((line, index) => (index % 2 === 1 || line === '' ? line : '••••')).join('')
}
