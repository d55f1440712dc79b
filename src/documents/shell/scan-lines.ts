import type { Assignment } from './assignment-document.ts'
import { BOM, type Line, splitLines } from './lines.ts'

/** How a shell writes an assignment of a fixed value on a line of its own. */
export interface LineGrammar {
  /**
   * Matches a whole line without line feed, with the groups `head`, `name` (inside head) and `word`; where the word is a
   * command's output also `command`, the words between its marks.
   */
  readonly pattern: RegExp
  /** One word of a command. */
  readonly commandWord: RegExp
  decode(word: string): string
}

/** The assignments that stand on a line of their own. Every other line is left to its owner. */
export function scanLines(text: string, grammar: LineGrammar): Assignment[] {
  return splitLines(text).flatMap((line) => readLine(line, grammar) ?? [])
}

function readLine(line: Line, { pattern, commandWord, decode }: LineGrammar): Assignment | undefined {
  const { head, name, word, command } = pattern.exec(line.text)?.groups ?? {}
  if (head === undefined || name === undefined || word === undefined) return undefined
  const valueStart = line.start + head.length
  return {
    name,
    value: command === undefined ? decode(word) : { command: (command.match(commandWord) ?? []).map(decode) },
    start: head.startsWith(BOM) ? line.start + BOM.length : line.start,
    end: line.end,
    valueStart,
    valueEnd: valueStart + word.length,
  }
}
