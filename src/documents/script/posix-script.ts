import { asMaybe, PosixLists } from './posix-lists.ts'
import { type Script, ScriptError, type ScriptProblem, type Step } from './script.ts'

/**
 * What a file of bash or zsh does, read as that shell does: command by command, so that what stands above a text that
 * does not parse is done. Nothing is run, neither the file nor the shell's own check (`-n`): the text may be one that is
 * only planned, the shell may not be installed, and zsh reads its startup files for it.
 */
export function readPosixScript(text: string, shell: 'bash' | 'zsh'): Script {
  const reader = new PosixReader(text, shell === 'zsh')
  return reader.readScript()
}

/** Reads the commands that begin with a reserved word. */
class PosixReader extends PosixLists {
  /** A line was left out: from there on nothing is certain. */
  protected isUnsure = false

  readScript(): Script {
    const words = this.words
    const steps: Step[] = []
    try {
      while (true) {
        words.skipLines()
        if (words.done) break
        steps.push(...this.lineOrNothing())
        if (steps.some(({ does, maybe }) => does === 'end' && !maybe)) return { steps }
      }
      words.finish()
      return { steps }
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error
      return this.isUnsure ? { steps } : { steps, problem: error.problem }
    }
  }

  /** zsh knows more than this reader: a line that only seems to be wrong is left out, and nothing is said of it. */
  protected lineOrNothing(): Step[] {
    const words = this.words
    try {
      const found = this.line()
      return this.isUnsure ? found.map(asMaybe) : found
    } catch (error) {
      const isSure = this.isUnsure
        ? words.done
        : !words.zsh || !(error instanceof ScriptError) || isCertain(error.problem)
      if (isSure) throw error
      const end = words.text.indexOf('\n', words.at)
      words.at = end === -1 ? words.text.length : end
      this.braces = 0
      this.isUnsure = true
      return []
    }
  }

  /** A command that begins with a reserved word; undefined where none does. */
  protected compound(at: number): Step[] | undefined {
    if (this.takeWord('!') || this.takeWord('time') || this.takeWord('-p')) return this.afterPrefix()
    if (this.takeWord('if')) return this.if(at)
    if (this.takeWord('while') || this.takeWord('until')) return this.loop(at)
    if (this.takeWord('for') || this.takeWord('select')) return this.for(at)
    if (this.words.zsh && this.takeWord('foreach')) return this.foreach(at)
    if (this.words.zsh && this.takeWord('repeat')) return this.repeat(at)
    if (this.takeWord('case')) return this.case(at)
    if (this.takeWord('{')) return this.group(at)
    if (this.takeWord('[[')) return this.test(at)
    if (this.takeWord('function')) return this.function()
    if (this.takeWord('coproc')) return this.afterPrefix().slice(0, 0)
    if (this.isAt(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}'])) {
      throw this.words.fail('stray', this.whatIsHere(), at)
    }
    return undefined
  }

  protected afterPrefix(): Step[] {
    this.words.skipBlanks()
    return this.words.done || /[\n;&|)]/.test(this.words.char) ? [] : this.command()
  }

  protected if(at: number): Step[] {
    const words = this.words
    const found = this.list(['then'], 'braces')
    if (words.zsh && this.isAt(['{'])) return [...found, ...this.ifInBraces(at)]
    this.need('then', 'if', at)
    found.push(...this.list(['elif', 'else', 'fi']).map(asMaybe))
    while (this.takeWord('elif')) {
      found.push(...this.list(['then']).map(asMaybe))
      this.need('then', 'if', at)
      found.push(...this.list(['elif', 'else', 'fi']).map(asMaybe))
    }
    if (this.takeWord('else')) found.push(...this.list(['fi']).map(asMaybe))
    this.need('fi', 'if', at)
    return found
  }

  protected ifInBraces(at: number): Step[] {
    const words = this.words
    const found = this.block(at)
    while (true) {
      const here = words.at
      words.skipBlanks()
      if (this.takeWord('elif')) {
        found.push(...this.list(['then'], 'braces'), ...this.block(at))
      } else if (this.takeWord('else')) {
        words.skipBlanks()
        return [...found, ...this.block(at)].map(asMaybe)
      } else {
        words.at = here
        return found.map(asMaybe)
      }
    }
  }

  /** A group in braces. */
  protected block(at: number): Step[] {
    this.need('{', 'if', at)
    return this.group(at)
  }

  protected group(at: number): Step[] {
    this.braces += 1
    const found = this.list(['}'])
    this.need('}', '{', at)
    this.braces -= 1
    this.words.skipBlanks()
    if (this.words.zsh && this.takeWord('always')) {
      this.words.skipBlanks()
      found.push(...this.block(at))
    }
    return found
  }

  protected loop(at: number): Step[] {
    const found = this.list(['do'], 'braces')
    return [...found, ...this.body('while', at)]
  }

  /** What a loop does, between `do` and `done` or in braces. */
  protected body(opener: string, at: number): Step[] {
    this.words.skipLines()
    if (this.isAt(['{'])) return this.block(at).map(asMaybe)
    if (this.words.zsh && !this.isAt(['do'])) return this.command().map(asMaybe)
    this.need('do', opener, at)
    const found = this.list(['done'])
    this.need('done', opener, at)
    return found.map(asMaybe)
  }

  protected for(at: number): Step[] {
    const words = this.words
    words.skipBlanks()
    if (words.starts('((')) {
      if (!words.skipArithmetic()) throw words.fail('open', '((', words.at)
      words.skipBlanks()
      words.take(';')
      return this.body('for', at)
    }
    while (!this.isAt(['in', 'do']) && words.readWord()) words.skipBlanks()
    if (words.zsh && words.char === '(') words.skipParentheses()
    words.skipLines()
    if (this.takeWord('in')) this.arguments()
    words.skipBlanks()
    words.take(';')
    return this.body('for', at)
  }

  protected arguments(): void {
    const words = this.words
    words.skipBlanks()
    while (words.readWord(true)) words.skipBlanks()
  }

  protected foreach(at: number): Step[] {
    const words = this.words
    words.skipBlanks()
    words.readWord()
    words.skipBlanks()
    if (words.char === '(') words.skipParentheses()
    const found = this.list(['end'])
    this.need('end', 'foreach', at)
    return found.map(asMaybe)
  }

  protected repeat(at: number): Step[] {
    const words = this.words
    words.skipBlanks()
    words.readWord()
    words.skipBlanks()
    words.take(';')
    return this.body('repeat', at)
  }

  protected case(at: number): Step[] {
    const words = this.words
    words.skipBlanks()
    words.readWord()
    words.skipLines()
    if (words.zsh && words.take(';')) words.skipLines()
    const inBraces = words.zsh && this.takeWord('{')
    if (!inBraces) this.need('in', 'case', at)
    const end = inBraces ? '}' : 'esac'
    const found: Step[] = []
    while (true) {
      words.skipLines()
      if (words.done) throw words.fail('open', 'case', at)
      if (this.takeWord(end)) return found.map(asMaybe)
      this.pattern(at)
      found.push(...this.list([';;&', ';;', ';&', ';|', end]))
      void (words.take(';;&') || words.take(';;') || words.take(';&') || words.take(';|'))
    }
  }

  /** What stands before the `)` of a case, and that. */
  protected pattern(at: number): void {
    const words = this.words
    if (words.char === '(' && words.zsh) {
      words.skipParentheses()
      const behind = words.at
      if (!this.restOfPattern()) words.at = behind
      return
    }
    words.take('(')
    // What cannot be a pattern stands behind a case that is still open.
    if (!this.restOfPattern()) throw words.fail('open', 'case', at)
  }

  protected restOfPattern(): boolean {
    const words = this.words
    words.skipBlanks()
    while (words.char === '|' || words.readWord(true)) {
      words.take('|')
      words.skipBlanks()
    }
    return words.take(')')
  }

  protected test(at: number): Step[] {
    const words = this.words
    while (true) {
      words.skipTestBlanks()
      if (words.done) throw words.fail('open', '[[', at)
      const word = words.readWord()
      if (word?.raw === ']]') return []
      if (word === undefined) words.at += 1
    }
  }

  protected function(): Step[] {
    const words = this.words
    words.skipBlanks()
    const names: string[] = []
    while (!this.isAt(['{'])) {
      const name = words.readWord()
      if (!name) break
      names.push(name.raw)
      words.skipBlanks()
      if (!words.zsh) break
    }
    words.skipBlanks()
    if (words.take('(')) {
      words.skipBlanks()
      words.take(')')
    }
    words.skipLines()
    const body = this.command()
    if (names.length === 0) return body
    for (const name of names) this.functions.set(name, body)
    return []
  }
}

const closers = /^(?:then|elif|else|fi|do|done|esac)$/

function isCertain({ kind, what }: ScriptProblem): boolean {
  return kind === 'open' || closers.test(what)
}
