import { PosixSimple } from './posix-simple.ts'
import type { Step } from './script.ts'

/** How far a list of commands goes. */
type Ends = readonly string[]

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
