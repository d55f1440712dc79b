import { stepsOfCommand } from './posix-steps.ts'
import { PosixWords, type RawWord } from './posix-words.ts'
import type { Step } from './script.ts'

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
    if (found.length === 0 && !redirects)
      throw words.fail('stray', this.whatIsHere() || 'the end of the file', words.at)
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
