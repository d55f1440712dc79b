/** One word of a command. A text that holds NUL has parts that only the running shell can work out. */
export interface Word {
  readonly text: string
  /** The words of a command whose output follows the text and ends the word. */
  readonly command?: readonly string[]
  /** Of a word in double quotes with escapes, or behind a variable: with the name of that, the rest as it is read. */
  readonly path?: string
}

/** A command and its arguments, as words. */
export type Command = readonly Word[]

interface Rules {
  readonly blanks: string
  /** How a quote comes to stand inside single quotes. */
  readonly inSingleQuotes: 'never' | 'behind a backslash' | 'doubled'
  readonly singleQuotes: string
  /** Characters that are a word of their own. */
  readonly operators: string
  /** Whether a backslash outside of quotes makes the next character plain. */
  readonly escapes: boolean
  /** The variables that a path in double quotes may begin with. */
  readonly variable: RegExp
  /** What stands for one character in double quotes, in groups: the character itself, or its number in hex. */
  readonly escape: RegExp
  /** What else has a meaning there. */
  readonly special: string
  /** What stands around a command whose output is a word; without it there is none. */
  readonly substitution?: readonly [opening: string, closing: string]
}

const posixRules: Rules = {
  blanks: ' \t',
  inSingleQuotes: 'never',
  singleQuotes: "'",
  operators: '',
  escapes: true,
  variable: /\$HOME(?=\/)/y,
  escape: /\\([$`"\\])/y,
  special: '$`',
  substitution: ['"$(', ')"'],
}
const fishRules: Rules = {
  ...posixRules,
  blanks: ' \t\r',
  inSingleQuotes: 'behind a backslash',
  escapes: false,
  escape: /\\([$"\\])/y,
  special: '$',
  substitution: ['(', ')'],
}
const powershellRules: Rules = {
  blanks: fishRules.blanks,
  escapes: false,
  inSingleQuotes: 'doubled',
  singleQuotes: "'‘’‚‛",
  operators: '=&',
  variable: /\$(?:HOME|env:\w+)(?=[/\\])/y,
  escape: /`([`"$])|\$\(\[char\]0x([0-9A-F]{4})\)/y,
  special: '$`“”„',
}

const unknown = '\0'
const plain = /[\w./:@%+,=\r-]/

/**
 * Reads a text character by character as a shell does: the second opinion on what the line editors wrote, which find
 * their lines by pattern. It knows words, quotes and comments, and no more of the language.
 */
export function posixCommands(text: string): Command[] {
  return readCommands(text, posixRules)
}

/** The commands of a text of fish, each as its words. */
export function fishCommands(text: string): Command[] {
  return readCommands(withoutMark(text), fishRules)
}

/** The commands of a text of PowerShell, each as its words. */
export function powershellCommands(text: string): Command[] {
  return readCommands(withoutMark(text), powershellRules)
}

function withoutMark(text: string): string {
  return text.replace(/^\uFEFF/, '')
}

function readCommands(text: string, rules: Rules): Command[] {
  const commands: Word[][] = [[]]
  let isNewWord = true
  let at = 0
  while (at < text.length) {
    const char = text.charAt(at)
    if (char === '\n' || char === ';') {
      commands.push([])
      isNewWord = true
      at += 1
    } else if (char === '#' && isNewWord) {
      at = indexOrEnd(text, '\n', at)
    } else if (rules.blanks.includes(char)) {
      isNewWord = true
      at += 1
    } else {
      const [piece, end] = readPiece(text, at, rules)
      const words = commands.at(-1) ?? []
      const isOperator = rules.operators.includes(char)
      words.push(isNewWord || isOperator ? piece : joined(words.pop(), piece))
      isNewWord = isOperator
      at = end
    }
  }
  return commands
}

function joined(before: Word | undefined, { text, command }: Word): Word {
  if (before?.command || before?.path !== undefined) return { text: unknown }
  return { text: `${before?.text ?? ''}${text}`, ...(command && { command }) }
}

/** A piece of a word, and the place behind it. */
type Piece = readonly [word: Word, end: number]

function readPiece(text: string, at: number, rules: Rules): Piece {
  const substitution = readSubstitution(text, at, rules)
  if (substitution) return substitution
  const path = text.charAt(at) === '"' ? readPath(text, at + 1, rules) : undefined
  if (path) return path
  const [piece, end] = readText(text, at, rules)
  return [{ text: piece }, end]
}

/** A text in double quotes with escapes or behind a variable; undefined where it has neither, or has something else. */
function readPath(text: string, start: number, rules: Rules): Piece | undefined {
  const name = matchAt(rules.variable, text, start)?.[0] ?? ''
  let at = start + name.length
  let rest = ''
  let isPlain = name === ''
  for (let char = text.charAt(at); char !== '"'; char = text.charAt(at)) {
    const [escaped = '', itself, hex] = matchAt(rules.escape, text, at) ?? []
    if (escaped === '' && (char === '' || char === '\n' || rules.special.includes(char))) return undefined
    rest += escaped === '' ? char : (itself ?? String.fromCharCode(Number.parseInt(hex ?? '', 16)))
    at += escaped === '' ? 1 : escaped.length
    isPlain &&= escaped === ''
  }
  return isPlain ? undefined : [{ text: unknown, path: name + rest }, at + 1]
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** A command of fixed words whose output is the word, or undefined. */
function readSubstitution(text: string, start: number, rules: Rules): Piece | undefined {
  const [opening, closing] = rules.substitution ?? []
  if (opening === undefined || closing === undefined || !text.startsWith(opening, start)) return undefined
  const words: string[] = []
  let isNewWord = true
  let at = start + opening.length
  while (at < text.length && !text.startsWith(closing, at)) {
    const isBlank = rules.blanks.includes(text.charAt(at))
    const [piece, end] = isBlank ? ['', at + 1] : readText(text, at, rules)
    if (!isBlank) words.push(isNewWord ? piece : `${words.pop()}${piece}`)
    isNewWord = isBlank
    at = end
  }
  const isFixed = words.length > 0 && !words.join('').includes(unknown)
  return isFixed && at < text.length ? [{ text: '', command: words }, at + closing.length] : undefined
}

/** A fixed text, and the place behind it. */
type FixedPiece = readonly [text: string, end: number]

function readText(text: string, at: number, rules: Rules): FixedPiece {
  const char = text.charAt(at)
  if (rules.singleQuotes.includes(char)) return readSingleQuotes(text, at + 1, rules)
  if (char === '"') return readDoubleQuotes(text, at + 1)
  if (char === '\\' && rules.escapes) return [text.charAt(at + 1), at + 2]
  return [plain.test(char) || rules.operators.includes(char) ? char : unknown, at + 1]
}

function readSingleQuotes(text: string, start: number, rules: Rules): FixedPiece {
  let read = ''
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at)
    const next = text.charAt(at + 1)
    if (isPair(char, next, rules)) {
      read += next
      at += 1
    } else if (rules.singleQuotes.includes(char)) {
      return [read, at + 1]
    } else {
      read += char
    }
  }
  return [unknown, text.length]
}

function isPair(char: string, next: string, { inSingleQuotes, singleQuotes }: Rules): boolean {
  if (inSingleQuotes === 'never' || next === '') return false
  if (inSingleQuotes === 'doubled') return singleQuotes.includes(char) && singleQuotes.includes(next)
  return char === '\\' && (next === '\\' || next === "'")
}

function readDoubleQuotes(text: string, start: number): FixedPiece {
  const end = indexOrEnd(text, '"', start)
  const read = text.slice(start, end)
  return [/[$`\\]/.test(read) ? unknown : read, end + 1]
}

function indexOrEnd(text: string, wanted: string, from: number): number {
  const found = text.indexOf(wanted, from)
  return found === -1 ? text.length : found
}
