import { stepsOfCommand } from './posix-steps.ts'
import { PosixWords, type RawWord } from './posix-words.ts'
import type { Step } from './script.ts'

/** How far a list of commands goes. */
type Ends = readonly string[]

/** Reads commands of one word and its arguments, with what they redirect; a function is remembered by its name. */
export abstract class PosixSimple {
  protected readonly words: PosixWords
  protected readonly functions = new Map<string, readonly Step[]>()
  /** How many groups in braces are open. */
  protected braces = 0
  /** `set -a`: every variable that is set is exported. */
  protected exportsAll = false

  constructor(text: string, zsh: boolean) {
    this.words = new PosixWords(text.replace(/^\uFEFF/, ' '), zsh)
  }

  /** One command, of whatever kind. */
  protected abstract command(): Step[]

  protected simple(): Step[] {
    const words = this.words
    const found: RawWord[] = []
    let redirects = false
    while (true) {
      words.skipBlanks()
      if (this.redirection()) {
        redirects = true
        continue
      }
      if (words.zsh && this.braces > 0 && this.isAt(['}'])) break
      if (words.char === '(' && found.length > 0 && words.text.slice(words.at).match(/^\([ \t]*\)/)) {
        if (found.length === 1 || words.zsh) return this.definition(found)
      }
      const word = words.readWord(found.length > 0)
      if (!word) break
      found.push(word)
    }
    if (found.length === 0 && !redirects) throw words.fail('stray', this.whatIsHere(), words.at)
    return this.stepsOf(found)
  }

  /** `name()` and what it does. */
  protected definition(names: readonly RawWord[]): Step[] {
    const words = this.words
    words.skipParentheses()
    words.skipLines()
    if (words.done) throw words.fail('open', `${names[0]?.raw ?? ''}()`, names[0]?.at ?? 0)
    const body = this.command()
    for (const { raw } of names) this.functions.set(raw, body)
    return []
  }

  protected redirections(): void {
    this.words.skipBlanks()
    while (this.redirection()) this.words.skipBlanks()
  }

  /** One redirection, with its here-document; false where none stands. */
  protected redirection(): boolean {
    const words = this.words
    const at = words.at
    const [operator] =
      /^(?:\d*|\{\w+\})(?:<<<|<<|<>|<&|>>[!|]?|>&|>[|!]|&>>|&>|<|>)|^&>>?/.exec(
        words.text.slice(at, at + 40),
      ) ?? []
    if (operator === undefined) return false
    const isProcess = /[<>]$/.test(operator) && words.text.charAt(at + operator.length) === '('
    if (isProcess && operator.length === 1) return false
    if (words.zsh && /^<\d*-\d*>/.test(words.text.slice(at, at + 20))) return false
    words.at += operator.length
    if (/^\d*<<$/.test(operator)) words.addDocument(at)
    else {
      words.skipBlanks()
      words.readWord(true)
    }
    return true
  }

  protected stepsOf(found: readonly RawWord[]): Step[] {
    const [first] = found
    if (!first) return []
    const line = this.words.lineAt(first.at)
    const called = this.functions.get(first.raw)
    if (called) return called.filter(({ does }) => does !== 'end').slice(0, 1000)
    const { steps, exportsAll } = stepsOfCommand(found, line, this.exportsAll)
    this.exportsAll = exportsAll
    return steps
  }

  protected whatIsHere(): string {
    const { char, at } = this.words
    const [word] = /^[^ \t\n;&|()]+/.exec(this.words.text.slice(at, at + 40)) ?? []
    return word ?? char
  }

  protected isAt(ends: readonly string[]): boolean {
    const words = this.words
    return ends.some((end) => {
      if (!words.starts(end)) return false
      return /^\W+$/.test(end) && end !== '}' && end !== '{' ? true : this.isWholeWord(end)
    })
  }

  protected isWholeWord(word: string): boolean {
    const behind = this.words.text.charAt(this.words.at + word.length)
    return behind === '' || /[ \t\n;&|()<>]/.test(behind)
  }
}

/** Reads what joins commands: lines, lists, pipelines, parentheses. */
export abstract class PosixLists extends PosixSimple {
  constructor(text: string, zsh: boolean) {
    super(text, zsh)
    this.words.readSubstitution = () => void this.list([')'])
  }

  /** A command that begins with a reserved word; undefined where none does. */
  protected abstract compound(at: number): Step[] | undefined

  /** What stands up to the end of a line: the shell does all of it, or nothing where it does not parse. */
  protected line(): Step[] {
    const words = this.words
    const found: Step[] = []
    while (true) {
      found.push(...this.andOr())
      words.skipBlanks()
      if (words.done || words.char === '\n') return found
      if (!this.separator()) throw words.fail('stray', this.whatIsHere(), words.at)
      words.skipBlanks()
      if (words.done || words.char === '\n') return found
    }
  }

  /** `;` or `&` behind a command; not the end of a case. */
  protected separator(): boolean {
    const words = this.words
    if (words.starts(';;') || words.starts(';&') || words.starts(';|')) return false
    return words.take(';') || words.take('&!') || words.take('&|') || words.take('&')
  }

  /** Commands up to one of these words, which is not read itself. */
  protected list(ends: Ends, body: 'words' | 'braces' = 'words'): Step[] {
    return this.words.deeper(ends.join(' '), () => this.listHere(ends, body === 'braces'))
  }

  /** `toBrace`: in zsh it may also end where a brace stands behind a command. */
  protected listHere(ends: Ends, toBrace: boolean): Step[] {
    const words = this.words
    const found: Step[] = []
    while (true) {
      words.skipLines()
      if (words.done || this.isAt(ends)) return found
      found.push(...this.andOr())
      words.skipBlanks()
      if (toBrace && words.zsh && this.isAt(['{'])) return found
      if (words.done || words.char === '\n' || this.isAt(ends)) continue
      if (!this.separator()) throw words.fail('stray', this.whatIsHere(), words.at)
    }
  }

  protected takeWord(word: string): boolean {
    return this.isAt([word]) && this.words.take(word)
  }

  protected need(word: string, opener: string, at: number): void {
    this.words.skipBlanks()
    if (this.takeWord(word)) return
    throw this.words.fail(
      this.words.done ? 'open' : 'stray',
      this.words.done ? opener : this.whatIsHere(),
      this.words.done ? at : this.words.at,
    )
  }

  protected andOr(): Step[] {
    const words = this.words
    const start = words.at
    const found = this.pipeline()
    words.skipBlanks()
    while (words.starts('&&') || words.starts('||')) {
      words.at += 2
      words.skipLines()
      if (words.done)
        throw words.fail('open', words.text.slice(start, start + 20).split('\n')[0] ?? '', start)
      found.push(...this.pipeline().map(asMaybe))
      words.skipBlanks()
    }
    // In the background it is another process.
    return words.char === '&' ? [] : found
  }

  protected pipeline(): Step[] {
    const words = this.words
    let found = this.command()
    words.skipBlanks()
    while (words.char === '|' && !words.starts('||')) {
      words.at += words.starts('|&') ? 2 : 1
      words.skipLines()
      if (words.done) throw words.fail('open', '|', words.at)
      this.command()
      // Each part is another process.
      found = []
      words.skipBlanks()
    }
    return found
  }

  protected command(): Step[] {
    const words = this.words
    words.skipBlanks()
    const at = words.at
    if (words.char === '(') return this.parentheses()
    const found = this.compound(at)
    if (found === undefined) return this.simple()
    this.redirections()
    return found
  }

  protected parentheses(): Step[] {
    const words = this.words
    const at = words.at
    if (words.starts('((') && words.skipArithmetic()) return []
    words.at += 1
    words.skipBlanks()
    if (words.zsh && words.take(')')) {
      // A function without a name is run where it stands.
      words.skipLines()
      return this.command()
    }
    this.list([')'])
    this.need(')', '(', at)
    this.redirections()
    return []
  }
}

/** The same step, behind a condition. */
export function asMaybe(step: Step): Step {
  return { ...step, maybe: true }
}
