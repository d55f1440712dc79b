import { splitLines } from '../lines.ts'
import { quoteFish } from '../shell/quote.ts'
import { joinTexts, type Piece, ScriptError, type Word } from './script.ts'

/** A token of fish: a word, or what stands between commands. */
export interface FishToken {
  readonly word?: Word
  readonly raw: string
  readonly at: number
}

/** The words of a text of fish, and what stands between its commands; redirections are left out. */
export class FishTokens {
  readonly #text: string
  readonly #line: (offset: number) => number
  #at = 0

  constructor(text: string, line: (offset: number) => number) {
    this.#text = text
    this.#line = line
  }

  readAll(): FishToken[] {
    const found: FishToken[] = []
    while (this.#at < this.#text.length) {
      this.#skipBlanks()
      const token = this.#token()
      if (token) found.push(token)
    }
    return found
  }

  get #char(): string {
    return this.#text.charAt(this.#at)
  }

  #skipBlanks(): void {
    while (/[ \t\r]/.test(this.#char) || this.#text.startsWith('\\\n', this.#at))
      this.#at += this.#char === '\\' ? 2 : 1
    if (this.#char !== '#') return
    const end = this.#text.indexOf('\n', this.#at)
    this.#at = end === -1 ? this.#text.length : end
  }

  #fail(kind: 'open' | 'stray', what: string, at: number): ScriptError {
    return new ScriptError({ kind, what, line: this.#line(at) })
  }

  #token(): FishToken | undefined {
    const at = this.#at
    if (at >= this.#text.length) return undefined
    const [redirection] = /^(?:\d*(?:>>|<|>)[?&|]?|&>>?|\^)(?=[^(])/.exec(this.#text.slice(at, at + 12)) ?? []
    if (redirection !== undefined && !this.#text.startsWith('<<', at)) {
      this.#at += redirection.length
      this.#skipBlanks()
      this.#word()
      return undefined
    }
    const [operator] = /^(?:\n|;|&&|\|\||&\||\||&)/.exec(this.#text.slice(at, at + 2)) ?? []
    if (operator !== undefined) {
      this.#at += operator.length
      return { raw: operator === '&|' ? '|' : operator, at }
    }
    const word = this.#word()
    if (this.#at === at) throw this.#fail('stray', this.#char, at)
    return { word, raw: this.#text.slice(at, this.#at), at }
  }

  #word(): Word {
    const start = this.#at
    const found: Piece[] = []
    while (this.#at < this.#text.length && !/[ \t\r\n;&|<>)]/.test(this.#char)) {
      if (this.#char === '(' && this.#at > start && this.#text.charAt(this.#at + 1) === ')') break
      found.push(...this.#piece(start))
    }
    return joinTexts(found)
  }

  #piece(start: number): Word {
    const char: string = this.#char
    if (char === "'") return [this.#singleQuoted()]
    if (char === '"') return this.#doubleQuoted()
    if (char === '\\') return [this.#escaped()]
    if (char === '$') return [this.#variable()]
    if (char === '(') return [this.#substitution()]
    if (char === '{') return [this.#braces()]
    this.#at += 1
    if (char === '~' && this.#at - 1 === start && /[/\s;]|^$/.test(this.#char)) return [{ variable: 'HOME' }]
    return [/[*?~]/.test(char) ? null : char]
  }

  #escaped(): string {
    this.#at += 2
    return this.#text.charAt(this.#at - 1)
  }

  #singleQuoted(): string {
    const start = this.#at
    let text = ''
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      if (this.#char === "'") {
        this.#at += 1
        return text
      }
      if (/\\[\\']/.test(this.#text.slice(this.#at, this.#at + 2))) this.#at += 1
      text += this.#char
    }
    throw this.#fail('open', "'", start)
  }

  #doubleQuoted(): Word {
    const start = this.#at
    const found: Piece[] = []
    this.#at += 1
    while (this.#char !== '"') {
      if (this.#at >= this.#text.length) throw this.#fail('open', '"', start)
      if (this.#text.startsWith('$(', this.#at)) {
        this.#at += 1
        found.push(this.#substitution())
      } else if (this.#char === '$') {
        found.push(this.#variable())
      } else if (this.#char === '\\') {
        const next = this.#text.charAt(this.#at + 1)
        this.#at += 2
        found.push(next === '\n' ? '' : /["$\\]/.test(next) ? next : `\\${next}`)
      } else {
        found.push(this.#char)
        this.#at += 1
      }
    }
    this.#at += 1
    return joinTexts(found)
  }

  #variable(): Piece {
    const start = this.#at
    while (this.#text.charAt(this.#at) === '$') this.#at += 1
    if (this.#text.charAt(this.#at) === '(') return this.#substitution()
    const [name] = /^\w+/.exec(this.#text.slice(this.#at, this.#at + 200)) ?? []
    if (name === undefined) {
      // `${NAME}`, `$?` and the like are another shell's.
      if (/[{?#@*!$-]/.test(this.#char)) throw this.#fail('stray', `$${this.#char}`, start)
      throw this.#fail('stray', '$', start)
    }
    this.#at += name.length
    const isPlain = this.#char !== '[' && this.#at - start === name.length + 1
    while (this.#char === '[') this.#skipTo(']', '[')
    return isPlain ? { variable: name } : null
  }

  #skipTo(close: string, open: string): void {
    const start = this.#at
    this.#at += 1
    while (this.#text.charAt(this.#at) !== close) {
      if (this.#at >= this.#text.length || this.#char === '\n') throw this.#fail('open', open, start)
      if (/["'$(\\]/.test(this.#char)) this.#piece(-1)
      else this.#at += 1
    }
    this.#at += 1
  }

  #depth = 0

  /** `(…)`: commands of their own, whose output is not known. */
  #substitution(): null {
    const start = this.#at
    this.#depth += 1
    if (this.#depth > 150) throw this.#fail('stray', '(', start)
    this.#at += 1
    while (true) {
      this.#skipBlanks()
      if (this.#at >= this.#text.length) throw this.#fail('open', '(', start)
      if (this.#text.charAt(this.#at) === ')') break
      this.#token()
    }
    this.#at += 1
    this.#depth -= 1
    while (this.#char === '[') this.#skipTo(']', '[')
    return null
  }

  /** `{a,b}`: more than one word. */
  #braces(): null {
    const start = this.#at
    this.#depth += 1
    if (this.#depth > 150) throw this.#fail('stray', '{', start)
    this.#at += 1
    while (this.#char !== '}') {
      if (this.#at >= this.#text.length) throw this.#fail('open', '{', start)
      if (/[ \t\r\n;&|<>)]/.test(this.#char)) this.#at += 1
      else this.#piece(-1)
    }
    this.#at += 1
    this.#depth -= 1
    return null
  }
}

/** A variable that fish keeps by itself (`set -U`). */
export interface FishVariable {
  readonly name: string
  /** Its values, joined by blanks as the environment has them. */
  readonly value: string
  readonly exports: boolean
  readonly line: number
}

/** Between the values of a list, in the text of the file and in the file of fish before 3.0. */
const separator = /\x1e|\\x1e/gi

/** The universal variables in a `fish_variables` file: `SETUVAR --export NAME:value` with escapes (fish 3.6). */
export function readFishVariables(text: string): FishVariable[] {
  return splitLines(text).flatMap(({ text: line }, index) => {
    const [, flags = '', name, value = ''] =
      /^SET(?:UVAR|_EXPORT|)((?: --\w+)*) ?(\w+):(.*?)\r?$/.exec(line) ?? []
    if (name === undefined) return []
    const exports = flags.includes('--export') || line.startsWith('SET_EXPORT')
    return [{ name, value: unescapeFish(value.replace(separator, ' ')), exports, line: index + 1 }]
  })
}

function unescapeFish(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([0-7]{1,3})|(.))/gis,
    (all, ...parts) => {
      const [x, u, U, octal, plain] = parts as (string | undefined)[]
      const hex = x ?? u ?? U
      const code =
        hex === undefined
          ? octal === undefined
            ? undefined
            : Number.parseInt(octal, 8)
          : Number.parseInt(hex, 16)
      if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : all
      const named: Readonly<Record<string, string>> = {
        n: '\n',
        t: '\t',
        r: '\r',
        e: '\x1b',
        a: '\x07',
        b: '\b',
      }
      return named[plain ?? ''] ?? plain ?? ''
    },
  )
}

/** The same file as lines that set the variables, each on its own line, for whoever looks for values in it. */
export function spellFishVariables(text: string): string {
  const variables = new Map(readFishVariables(text).map((variable) => [variable.line, variable]))
  return splitLines(text)
    .map(({ text: line }, index) => {
      const found = variables.get(index + 1)
      return found ? `set -Ux ${found.name} ${quoteFish(found.value.replace(/[\0\r\n]/g, ' '))}` : line
    })
    .join('\n')
}
