import { lineCounter, ScriptError, type ScriptProblem } from './script.ts'

interface HereDocument {
  readonly delimiter: string
  readonly tabs: boolean
  readonly at: number
}

/** Deeper nesting than any profile has. */
export const deepest = 150

/** A text of bash or zsh that is gone through: blanks, comments, line ends and the here-documents behind them. */
export class PosixText {
  readonly text: string
  readonly zsh: boolean
  at = 0
  /** How deep the reading is nested. */
  protected depth = 0
  protected pending: HereDocument[] = []
  readonly #line: (offset: number) => number

  constructor(text: string, zsh: boolean) {
    this.text = text
    this.zsh = zsh
    this.#line = lineCounter(text)
  }

  get char(): string {
    return this.text.charAt(this.at)
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  lineAt(offset = this.at): number {
    return this.#line(offset)
  }

  starts(text: string): boolean {
    return this.text.startsWith(text, this.at)
  }

  /** Goes on if this text stands here. */
  take(text: string): boolean {
    const found = this.starts(text)
    if (found) this.at += text.length
    return found
  }

  fail(kind: ScriptProblem['kind'], what: string, at: number): ScriptError {
    return new ScriptError({ kind, what, line: this.lineAt(at) })
  }

  /** Runs work one level deeper. */
  deeper<T>(what: string, work: () => T): T {
    if (this.depth >= deepest) throw this.fail('stray', what, this.at)
    this.depth += 1
    try {
      return work()
    } finally {
      this.depth -= 1
    }
  }

  /** Blanks, continued lines, and a comment. */
  skipBlanks(): void {
    while (this.char === ' ' || this.char === '\t' || this.starts('\\\n'))
      this.at += this.char === '\\' ? 2 : 1
    if (this.char !== '#') return
    const end = this.text.indexOf('\n', this.at)
    this.at = end === -1 ? this.text.length : end
  }

  /** The line end, and the here-documents that begin behind it. */
  skipNewline(): void {
    this.at += 1
    const pending = this.pending
    this.pending = []
    for (const document of pending) this.#skipDocument(document)
  }

  /** Blanks, comments and empty lines. */
  skipLines(): void {
    this.skipBlanks()
    while (this.char === '\n') {
      this.skipNewline()
      this.skipBlanks()
    }
  }

  /** Blanks and line ends inside of `[[ ]]`, where `#` begins no comment behind an operator. */
  skipTestBlanks(): void {
    while (!this.done && (/[ \t\n]/.test(this.char) || this.starts('\\\n'))) {
      if (this.char === '\n') this.skipNewline()
      else this.at += this.char === '\\' ? 2 : 1
    }
  }

  #skipDocument({ delimiter, tabs, at }: HereDocument): void {
    while (!this.done) {
      const end = this.text.indexOf('\n', this.at)
      const line = this.text.slice(this.at, end === -1 ? this.text.length : end)
      this.at = end === -1 ? this.text.length : end + 1
      if ((tabs ? line.replace(/^\t+/, '') : line) === delimiter) return
    }
    throw this.fail('open', `<<${delimiter}`, at)
  }

  /** A here-document that was opened in the last line has to be there. */
  finish(): void {
    const [open] = this.pending
    if (open) throw this.fail('open', `<<${open.delimiter}`, open.at)
  }
}
