import { deepest, PosixText } from './posix-text.ts'
import { joinTexts, type Piece, type Word } from './script.ts'

/** A word as it stands: whether one of its characters is quoted decides if it can be a reserved word. */
export interface RawWord {
  readonly word: Word
  readonly raw: string
  readonly at: number
}

/**
 * Reads the words of bash and zsh from a text: quotes, expansions, comments, here-documents. Whatever is opened and
 * never closed throws ScriptError.
 */
export class PosixWords extends PosixText {
  /** Reads commands up to the `)` that ends a substitution; set by the reader of commands. */
  readSubstitution: () => void = () => {}

  /** Behind `<<`: the word that ends the document. */
  addDocument(at: number): void {
    const tabs = this.take('-')
    this.skipBlanks()
    const start = this.at
    this.readWord()
    const delimiter = this.text.slice(start, this.at).replace(/\\(.)|['"]/gs, '$1')
    this.pending.push({ delimiter, tabs, at })
  }

  /** The word that begins here; undefined where none does. */
  readWord(isArgument = false): RawWord | undefined {
    const start = this.at
    const word: Piece[] = []
    while (!this.done && !this.#endsWord(start, isArgument)) this.#readPiece(word, start)
    if (this.at === start) return undefined
    return { word: joinTexts(word), raw: this.text.slice(start, this.at), at: start }
  }

  #endsWord(start: number, isArgument: boolean): boolean {
    const { char } = this
    if (char === '(') return this.at === start ? !(isArgument && this.zsh) : this.#isFunction(start)
    if (char === '<' || char === '>') return !this.#isProcess(char)
    return /[ \t\n;&|)]/.test(char)
  }

  #isProcess(char: string): boolean {
    if (this.text.charAt(this.at + 1) === '(') return true
    // A range of numbers, as a pattern of zsh has it.
    return this.zsh && char === '<' && /^<\d*-\d*>/.test(this.text.slice(this.at, this.at + 20))
  }

  #isFunction(start: number): boolean {
    const before = this.text.charAt(this.at - 1)
    return before !== '=' && this.text.charAt(this.at + 1) === ')' && this.at > start
  }

  #readPiece(word: Piece[], start: number): void {
    const { char } = this
    if (char === "'") word.push(this.#singleQuoted())
    else if (char === '"') word.push(...this.#doubleQuoted())
    else if (char === '\\') word.push(this.#escaped())
    else if (char === '$') word.push(...this.#dollar(false))
    else if (char === '`') word.push(this.#backticks())
    else if (char === '(') word.push(this.skipParentheses())
    else if (char === '<' || char === '>') word.push(this.#angle())
    else if (char === '~' && this.#isHome(word, start)) word.push(this.#home())
    else word.push(this.#plain())
  }

  #plain(): string {
    this.at += 1
    return this.text.charAt(this.at - 1)
  }

  #escaped(): string {
    this.at += 2
    const char = this.text.charAt(this.at - 1)
    return char === '\n' ? '' : char
  }

  #isHome(word: readonly Piece[], start: number): boolean {
    const before = this.text.charAt(this.at - 1)
    return this.at === start || (before === '=' && word.every((piece) => typeof piece === 'string'))
  }

  #home(): Piece {
    this.at += 1
    return /[/ \t\n;&|)]|^$/.test(this.char) ? { variable: 'HOME' } : null
  }

  #angle(): null {
    if (this.text.charAt(this.at + 1) !== '(') {
      this.at = this.text.indexOf('>', this.at) + 1
      return null
    }
    this.at += 1
    this.skipParentheses()
    return null
  }

  #singleQuoted(): string {
    const start = this.at
    const end = this.text.indexOf("'", start + 1)
    if (end === -1) throw this.fail('open', "'", start)
    this.at = end + 1
    return this.text.slice(start + 1, end)
  }

  /** `$'…'`, in which a backslash takes the meaning from a quote. */
  #ansiQuoted(): Piece {
    const start = this.at
    this.at += 1
    while (!this.done && this.char !== "'") this.at += this.char === '\\' ? 2 : 1
    if (this.done) throw this.fail('open', "$'", start)
    const inner = this.text.slice(start + 1, this.at)
    this.at += 1
    return /\\/.test(inner) ? null : inner
  }

  #doubleQuoted(): Word {
    const start = this.at
    const found: Piece[] = []
    this.at += 1
    while (this.char !== '"') {
      if (this.done) throw this.fail('open', '"', start)
      if (this.char === '\\') found.push(this.#escapedInQuotes())
      else if (this.char === '$') found.push(...this.#dollar(true))
      else if (this.char === '`') found.push(this.#backticks())
      else found.push(this.#plain())
    }
    this.at += 1
    return joinTexts(found)
  }

  #escapedInQuotes(): string {
    const next = this.text.charAt(this.at + 1)
    this.at += 2
    if (next === '\n') return ''
    return /["$`\\]/.test(next) ? next : `\\${next}`
  }

  #backticks(): null {
    const start = this.at
    this.at += 1
    while (!this.done && this.char !== '`') this.at += this.char === '\\' ? 2 : 1
    if (this.done) throw this.fail('open', '`', start)
    this.at += 1
    return null
  }

  #dollar(inQuotes: boolean): Word {
    const start = this.at
    this.at += 1
    if (this.char === "'" && !inQuotes) return [this.#ansiQuoted()]
    if (this.char === '"' && !inQuotes) return this.#doubleQuoted()
    if (this.char === '{') return [this.#braces(inQuotes)]
    if (this.starts('((') && this.skipArithmetic()) return [null]
    if (this.char === '(') return [this.#substitution(start)]
    if (this.char === '[' && !inQuotes) return ['$']
    const [name] = /^[A-Za-z_]\w*/.exec(this.text.slice(this.at, this.at + 200)) ?? []
    if (name !== undefined) {
      this.at += name.length
      // Behind it zsh may have a subscript or a modifier.
      return [this.zsh && /[[:]/.test(this.char) ? null : { variable: name }]
    }
    if (!/[\d@*#?$!-]/.test(this.char)) return ['$']
    this.at += 1
    return [null]
  }

  #substitution(start: number): null {
    this.at += 1
    this.deeper('$(', () => this.readSubstitution())
    if (this.char !== ')') throw this.fail('open', '$(', start)
    this.at += 1
    return null
  }

  /** `${…}` from its brace on. */
  #braces(inQuotes: boolean): Piece {
    const start = this.at
    const inner = this.deeper('${', () => this.#skipBraces(inQuotes))
    const [, name, operator, rest = ''] = /^(\w+)(:?-)?(.*)$/s.exec(inner) ?? []
    if (name === undefined || /^\d/.test(name)) return null
    if (operator === undefined) return rest === '' ? { variable: name } : null
    const otherwise = this.#inner(rest, start)
    return { variable: name, ...(otherwise && { otherwise }) }
  }

  /** bash looks for a second single quote here also inside of double ones; zsh does so in patterns only. */
  #skipBraces(inQuotes: boolean): string {
    const start = this.at
    this.at += 1
    const isPattern = /^[\w@*]+[#%/]/.test(this.text.slice(this.at, this.at + 100))
    while (this.char !== '}') {
      if (this.done) throw this.fail('open', '${', start)
      if (this.char === "'" && (!inQuotes || isPattern || !this.zsh)) this.#singleQuoted()
      else if (this.char === '"') this.#doubleQuoted()
      else if (this.char === '\\') this.at += 2
      else if (this.char === '$') this.#dollar(inQuotes)
      else if (this.char === '`') this.#backticks()
      else this.at += 1
    }
    this.at += 1
    return this.text.slice(start + 1, this.at - 1)
  }

  /** The word that stands for an empty variable; undefined where it is not known. */
  #inner(text: string, start: number): Word | undefined {
    if (text === '') return []
    if (!/^["\w$/.~:{}-]*$/.test(text)) return [null]
    const reader = new PosixWords(text, this.zsh)
    reader.depth = this.depth + 1
    if (reader.depth >= deepest) throw this.fail('stray', '${', start)
    const found = reader.readWord()
    return reader.done ? found?.word : [null]
  }

  /** `((…))` from its first parenthesis on; false where it is none. */
  skipArithmetic(): boolean {
    const start = this.at
    let depth = 0
    for (let at = start; at < this.text.length; at += 1) {
      const char = this.text.charAt(at)
      if (char === '(') depth += 1
      if (char === '\\') at += 1
      if (char === "'" || char === '"' || char === '`') at = endOfQuote(this.text, at)
      if (char !== ')') continue
      depth -= 1
      // The two that stand first are closed by the two that stand last.
      if (depth === 1 && this.text.charAt(at + 1) !== ')') return false
      if (depth > 0) continue
      this.at = at + 1
      return true
    }
    return false
  }

  /** From `(` to the `)` that closes it, with words, quotes and comments between: a list, or a pattern. */
  skipParentheses(): null {
    const start = this.at
    this.at += 1
    this.deeper('(', () => {
      while (this.char !== ')') {
        if (this.done) throw this.fail('open', '(', start)
        if (this.char === '(') this.skipParentheses()
        else if (this.char === '#' && !/\s/.test(this.text.charAt(this.at - 1))) this.at += 1
        else if (this.char === '\n') this.skipNewline()
        else if (/[ \t#]/.test(this.char)) this.skipBlanks()
        else if (this.readWord() === undefined) this.at += 1
      }
    })
    this.at += 1
    return null
  }
}

function endOfQuote(text: string, at: number): number {
  const end = text.indexOf(text.charAt(at), at + 1)
  return end === -1 ? text.length : end
}
