/**
 * What a file of a shell does to variables of the environment, as far as that is known without running it: the order of
 * its lines counts, and a line that is never reached does nothing.
 */
export interface Script {
  /** In the order in which the shell runs them. */
  readonly steps: readonly Step[]
  /** Where the shell stops reading since the text does not parse; steps behind it are left out. */
  readonly problem?: ScriptProblem
}

/** What keeps a text from being parsed. */
export interface ScriptProblem {
  /** Line of what was opened and is never closed, or of what stands where it must not. */
  readonly line: number
  /** As it stands there: a quote, `if`, `<<EOF`, `fi`; empty where it is the end of the file. */
  readonly what: string
  /** `open`: never closed. `stray`: closes what nobody opened, or stands where no command can. */
  readonly kind: 'open' | 'stray'
}

/** A part of a word: a fixed text, the value of a variable, or null for what only the running shell can work out. */
export type Piece = string | VariablePiece | null

/** The value of a variable; where that is empty or not set, the other word. */
export interface VariablePiece {
  readonly variable: string
  readonly otherwise?: Word
}

/** A word of a command. */
export type Word = readonly Piece[]

/** One thing that a script does. */
export type Step = StepWork & {
  readonly line: number
  /** It stands behind a condition. */
  readonly maybe: boolean
}

type StepWork =
  | {
      readonly does: 'set'
      readonly name: string
      readonly value: Word
      /** The value as it is written, where it is no fixed text. */
      readonly raw?: string
      /** It becomes a variable of the environment; otherwise it is one only where it was before. */
      readonly exports: boolean
      /** Kept by the shell itself, below what any file sets. */
      readonly universal?: true
    }
  | { readonly does: 'export'; readonly name: string; readonly on: boolean }
  | { readonly does: 'unset'; readonly name: string }
  /** Reads another file in its place. */
  | { readonly does: 'read'; readonly path: Word }
  /** `return` ends this file; the others end the shell, or put another program in its place. */
  | { readonly does: 'end'; readonly by: 'return' | 'exit' | 'exec' }

/** Errors of a reader of scripts; never leaves this folder. */
export class ScriptError extends Error {
  readonly problem: ScriptProblem

  constructor(problem: ScriptProblem) {
    super(problem.what)
    this.problem = problem
  }
}

/** The fixed text of a word, or undefined. */
export function fixedText(word: Word): string | undefined {
  return word.every((piece) => typeof piece === 'string') ? word.join('') : undefined
}

/** The line numbers of a text, from 1. */
export function lineCounter(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

/** Texts that stand side by side as one. */
export function joinTexts(pieces: readonly Piece[]): Word {
  const joined: Piece[] = []
  let open = ''
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      open += piece
    } else {
      if (open !== '') joined.push(open)
      joined.push(piece)
      open = ''
    }
  }
  return open === '' ? joined : [...joined, open]
}

/** The languages that can be read. */
export const scriptLanguages = ['bash', 'zsh', 'fish', 'powershell', 'user-env'] as const

/** A language of shell scripts. */
export type ScriptLanguage = (typeof scriptLanguages)[number]
