import { nextLine } from '../lines.ts'

/** The offset behind all blanks, line ends and comments. */
export function skipTrivia(text: string, offset: number): number {
  let at = offset
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === hash) at = nextLine(text, at)
    else if (isBlank(code) || code === 10 || code === 13) at += 1
    else return at
  }
}

/** Codes of characters: to look at each as a text takes several times as long. A closing bracket is two behind its opening one. */
const [doubleQuote, hash, singleQuote, square, backslash, curly] = [0x22, 0x23, 0x27, 0x5b, 0x5c, 0x7b]

function isBlank(code: number): boolean {
  return code === 0x20 || code === 9
}

/** Whether a character of a bare key has this code. */
export function isBare(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45
  )
}

/** The offset behind spaces and tabs. */
export function skipBlanks(text: string, offset: number): number {
  let at = offset
  while (isBlank(text.charCodeAt(at))) at += 1
  return at
}

const bareKey = /[\w-]+/y

/** The parts of a key, dotted or not, and where the `=` or `]` behind it stands. */
export function readKeys(text: string, start: number): { keys: string[]; end: number } {
  const keys: string[] = []
  let at = skipBlanks(text, start)
  for (;;) {
    const end = endOfKey(text, at)
    const key = text.slice(at, end)
    keys.push(/^["']/.test(key) ? unquote(key) : key)
    at = skipBlanks(text, end)
    if (text[at] !== '.') return { keys, end: at }
    at = skipBlanks(text, at + 1)
  }
}

function endOfKey(text: string, start: number): number {
  if (text[start] === '"' || text[start] === "'") return endOfString(text, start)
  bareKey.lastIndex = start
  return bareKey.test(text) ? bareKey.lastIndex : start
}

const escapes: Record<string, string> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\x1B' }

function unquote(key: string): string {
  const inner = key.slice(1, -1)
  if (key.startsWith("'")) return inner
  return inner.replace(/\\(?:x(..)|u(.{4})|U(.{8})|(.))/g, (_, x, u, long, char) => {
    const code = x ?? u ?? long
    return code === undefined ? (escapes[char] ?? char) : String.fromCodePoint(Number.parseInt(code, 16))
  })
}

/** The offset behind a value. */
export function endOfValue(text: string, start: number): number {
  const char = text[start]
  if (char === '"' || char === "'") return endOfString(text, start)
  return char === '[' || char === '{' ? endOfBrackets(text, start) : endOfBare(text, start)
}

const bare = /[^,\]}#\r\n]*/y

/** A date may have a blank in it. */
function endOfBare(text: string, start: number): number {
  bare.lastIndex = start
  bare.test(text)
  let end = bare.lastIndex
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1
  return end
}

function endOfBrackets(text: string, start: number): number {
  let depth = 0
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === doubleQuote || code === singleQuote) at = endOfString(text, at)
    else if (code === hash) at = nextLine(text, at)
    else {
      at += 1
      if (code === square || code === curly) depth += 1
      else if (code === square + 2 || code === curly + 2) {
        depth -= 1
        if (depth === 0) return at
      }
    }
  }
  return at
}

function endOfString(text: string, start: number): number {
  const quote = text[start] as string
  const isLong = text[start + 1] === quote && text[start + 2] === quote
  const mark = isLong ? quote.repeat(3) : quote
  const inner = start + mark.length
  let at = quote === '"' ? endOfEscaped(text, inner, mark) : text.indexOf(mark, inner)
  if (at < 0) return text.length
  // Up to two quotes in front of the closing three are text.
  for (let more = 0; isLong && more < 2 && text[at + 3] === quote; more += 1) at += 1
  return at + mark.length
}

/** Where the mark stands that closes a string with escapes; negative when none does. */
function endOfEscaped(text: string, start: number, mark: string): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === backslash) at += 1
    else if (code === doubleQuote && text.startsWith(mark, at)) return at
  }
  return -1
}
