import { BOM, type Line, splitLines } from '../lines.ts'
import type { Assignment } from './assignment-document.ts'
import type { ShellId } from './quote.ts'
import { fishSourceLine, posixSourceLine, powershellSourceLine, type SourceLine } from './source-line.ts'

/** What the editors of shell files know about one family of shells. */
export interface Shell {
  readonly id: Exclude<ShellId, 'cmd'>
  readonly assignment: LineGrammar
  readonly sourceLine: SourceLine
  /** Whether a CR at the end of a line is a part of its last word. */
  readonly crCounts: boolean
}

/**
 * What must stand between a text of ours and the rest of its line. bash, zsh, dash and ksh take a CR for a part of the
 * word in front of it, and `fi` with a CR for no `fi` (measured): in a file with CRLF a `#` makes it a comment.
 */
export function crGuard({ crCounts }: Shell, rest: string): string {
  return crCounts && rest.startsWith('\r') ? ' #' : ''
}

const posixWord = /(?:'[^']*'|\\.|"[^"$`\\]*"|[\w./:@%+,-])+/gs
const fishWord = /'(?:[^'\\]|\\.)*'|"[^"$\\]*"|[\w./:@%+,=-]+/gs
const powershellWord = /'(?:[^'‘’‚‛]|['‘’‚‛]{2})*'/g

/** The words of a command between blanks: that they need a blank each keeps the matching linear. */
function commandOf({ source }: RegExp): string {
  return `[ \\t]*(?<command>(?:${source})(?:[ \\t]+(?:${source}))*)`
}

/** A whole line that assigns a word or the output of a command. */
function lineOf(head: RegExp, word: RegExp, command: string, tail: RegExp): RegExp {
  return new RegExp(`^(?<head>${head.source})(?<word>${command}|(?:${word.source}))(?:${tail.source})$`, 's')
}

/** bash, zsh, dash, ksh. */
export const posix: Shell = {
  id: 'posix',
  assignment: {
    pattern: lineOf(
      /[ \t]*export[ \t]+(?<name>[A-Za-z_]\w*)=/,
      /(?:'[^']*'|\\.|"[^"$`\\]*"|[\w./:@%+,=\r-])*/,
      `"\\$\\(${commandOf(posixWord)}[ \\t]*\\)"`,
      /(?:[ \t]+(?:#.*)?)?/,
    ),
    commandWord: posixWord,
    decode: decodePosix,
  },
  sourceLine: posixSourceLine,
  crCounts: true,
}

/** fish 3.6 takes a CR for a blank, and skips a byte order mark. */
export const fish: Shell = {
  id: 'fish',
  assignment: {
    pattern: lineOf(
      /\uFEFF?[ \t]*set[ \t]+-(?:gx|xg)[ \t]+(?<name>[A-Za-z_]\w*)[ \t]+/,
      fishWord,
      `\\(${commandOf(fishWord)}[ \\t]*\\)`,
      /(?:[ \t\r]+(?:#.*)?)?/,
    ),
    commandWord: fishWord,
    decode: decodeFish,
  },
  sourceLine: fishSourceLine,
  crCounts: false,
}

/** PowerShell takes four typographic quotes for a single one and three for a double one. */
export const powershell: Shell = {
  id: 'powershell',
  assignment: {
    pattern: lineOf(
      /\uFEFF?[ \t]*\$[Ee][Nn][Vv]:(?<name>[A-Za-z_]\w*)[ \t]*=[ \t]*/,
      /'(?:[^'‘’‚‛]|['‘’‚‛]{2})*'|"[^"“”„$`]*"/,
      `&${commandOf(powershellWord)}`,
      /[ \t\r]*(?:#.*)?/,
    ),
    commandWord: powershellWord,
    decode: decodePowershell,
  },
  sourceLine: powershellSourceLine,
  crCounts: false,
}

function decodePosix(word: string): string {
  const pieces = word.matchAll(/'([^']*)'|"([^"]*)"|\\(.)|([^'"\\]+)/gs)
  return Array.from(pieces, ([, ...parts]) => parts.join('')).join('')
}

function decodeFish(word: string): string {
  if (word.startsWith("'")) return word.slice(1, -1).replace(/\\([\\'])/g, '$1')
  return word.startsWith('"') ? word.slice(1, -1) : word
}

function decodePowershell(word: string): string {
  const inner = word.slice(1, -1)
  return word.startsWith("'") ? inner.replace(/['‘’‚‛](['‘’‚‛])/g, '$1') : inner
}

/** How a shell writes an assignment of a fixed value on a line of its own. */
export interface LineGrammar {
  /** A whole line without line feed: `head`, `name` (inside head), `word`; of a command's output also `command`. */
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
