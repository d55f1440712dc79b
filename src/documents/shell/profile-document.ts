import { UserError } from '../../errors.ts'
import { type Message, say } from '../../texts/message.ts'
import { type BlankTrace, blankAbove, traceAbove } from '../blank-line.ts'
import type { Document, Format, KeyPath, Value } from '../document.ts'
import { appendLines, cutLines, type Line, newlineOf, splitLines } from '../lines.ts'
import { type Command, fishCommands, posixCommands, powershellCommands } from './commands.ts'
import { crGuard, fish, posix, powershell, type Shell } from './shell.ts'

/**
 * Opens a shell profile, in which one marked block is ours. The only path is `['source']`: the absolute path of the
 * file that the block reads. Throws UserError `profile-block-broken` when the markers do not make one pair.
 *
 * The content of the block is ours when it is one comment line and one source line as we write it. Otherwise the user
 * has worked on it: then `get` finds nothing, and `set` and `unset` throw UserError `profile-block-edited` with the
 * lines, because either could lose what the user wrote. `set` changes the source line alone.
 */
export function openProfile(text: string, file: string, shell: Shell): Document {
  return new ProfileDocument(text, file, shell)
}

class ProfileDocument implements Document {
  #text: string
  readonly #file: string
  readonly #shell: Shell
  #trace: BlankTrace | undefined

  constructor(text: string, file: string, shell: Shell) {
    this.#text = text
    this.#file = file
    this.#shell = shell
    this.#block()
  }

  get(path: KeyPath): Value | undefined {
    const source = this.#source()?.path
    if (path.length === 0) return source === undefined ? {} : { source }
    return isSource(path) ? source : undefined
  }

  set(path: KeyPath, value: Value): void {
    if (!isSource(path) || typeof value !== 'string') throw this.#onlySource()
    const block = this.#block()
    this.#trace = block ? undefined : traceAbove(this.#text)
    this.#text = block ? this.#replaced(block, value) : this.#appended(value)
  }

  /** With the blank line that `set` put above the block, as long as that is there. */
  unset(path: KeyPath, traces?: readonly BlankTrace[]): void {
    const block = this.#block()
    if (!isSource(path) || !block) return
    this.#ownSource(block)
    const blank = blankAbove(this.#text, block.start, traces)
    const isNext = blank?.end === block.start
    this.#text = cutLines(this.#text, isNext ? blank.start : block.start, block.end, this.#shell.crCounts)
    if (blank && !isNext) this.#text = this.#text.slice(0, blank.start) + this.#text.slice(blank.end)
  }

  trace(): BlankTrace | undefined {
    return this.#trace
  }

  toText(): string {
    return this.#text
  }

  #block(): Block | undefined {
    return findBlock(this.#text, this.#file)
  }

  #source(): { line: Line; path: string } | undefined {
    const [note, line, ...others] = this.#block()?.content ?? []
    if (!note?.text.startsWith('#') || !line || others.length > 0) return undefined
    const path = this.#readPath(line)
    return path === undefined ? undefined : { line, path }
  }

  /** The path of a source line that is, but for the path and for what CRLF adds, what we write. */
  #readPath(line: Line): string | undefined {
    const [word] = this.#shell.quoted.exec(line.text) ?? []
    if (word === undefined) return undefined
    const path = this.#shell.assignment.decode(word)
    // No line of ours holds one, and none could be written to compare with.
    if (/[\0\r]/.test(path)) return undefined
    return line.text.replace(/( #)?\r?$/, '') === this.#shell.sourceLine(path) ? path : undefined
  }

  #ownSource(block: Block): Line {
    const line = this.#source()?.line
    if (!line) throw editedBlock(this.#file, block)
    return line
  }

  #appended(path: string): string {
    const source = this.#shell.sourceLine(path) + crGuard(this.#shell, newlineOf(this.#text))
    const block = [blockStart, blockNote, source, blockEnd]
    return appendLines(this.#text, this.#text === '' ? block : ['', ...block], this.#shell.crCounts)
  }

  #replaced(block: Block, path: string): string {
    const { text, start } = this.#ownSource(block)
    const rest = this.#text.slice(start + text.replace(/\r$/, '').length)
    return this.#text.slice(0, start) + this.#shell.sourceLine(path) + crGuard(this.#shell, rest) + rest
  }

  #onlySource(): UserError {
    return new UserError({
      code: 'path-taken',
      message: say('value.one-source', { file: this.#file }),
      hint: say('value.one-source.hint'),
      where: { file: this.#file },
    })
  }
}

function isSource(path: KeyPath): boolean {
  return path.length === 1 && path[0] === 'source'
}

/** The marked block in `.profile`, `.bashrc`, `.zshenv` and the like: see `openProfile`. */
export const posixProfileFormat = profileFormat(posix, posixCommands)

/** The marked block in `config.fish`. */
export const fishProfileFormat = profileFormat(fish, fishCommands)

/** The marked block in a PowerShell `profile.ps1`. */
export const powershellProfileFormat = profileFormat(powershell, powershellCommands)

function profileFormat(shell: Shell, readCommands: (text: string) => Command[]): Format {
  return {
    open: (text, file) => openProfile(text, file, shell),
    parseStrict: (text) => sourced(readCommands(insideBlock(text))),
  }
}

/** The file that is read in between the markers, found without the editor's parser. */
function sourced(commands: readonly Command[]): Value {
  const words = commands.flat().map(({ text }) => text)
  const verb = words.findIndex((word) => word === '.' || word === 'source')
  const source = verb === -1 ? undefined : words[verb + 1]
  return source === undefined ? {} : { source }
}

function insideBlock(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const [start, end] = [lines.indexOf(blockStart), lines.indexOf(blockEnd)]
  return start === -1 ? '' : lines.slice(start + 1, end).join('\n')
}

/** The first line of our block. Both markers are whole lines: nothing stands before or behind them but a CR. */
export const blockStart = '# >>> qcode-setup >>>'

/** The last line of our block. */
export const blockEnd = '# <<< qcode-setup <<<'

/** The one comment line inside the block. */
export const blockNote =
  '# Loads the settings that qcode-setup wrote. To remove this block: qcode-setup remove'

/** Our block in a profile, markers included. */
export interface Block {
  /** Offset of the first marker. */
  readonly start: number
  /** Offset behind the last marker and its line end. */
  readonly end: number
  /** The lines between the markers. */
  readonly content: readonly Line[]
  /** The line number of the first marker, from 1. */
  readonly firstLine: number
}

/** Finds the block. Throws UserError `profile-block-broken` for anything but no marker or one pair in order. */
export function findBlock(text: string, file: string): Block | undefined {
  const lines = splitLines(text)
  const starts = indexesOf(lines, blockStart)
  const ends = indexesOf(lines, blockEnd)
  if (starts.length === 0 && ends.length === 0) return undefined
  const [first = -1] = starts
  const [last = -1] = ends
  const [opening, closing] = [lines[first], lines[last]]
  if (starts.length > 1 || ends.length > 1 || !opening || !closing || last < first) {
    throw brokenBlock(file, starts, ends)
  }
  return {
    start: opening.start,
    end: closing.end,
    content: lines.slice(first + 1, last),
    firstLine: first + 1,
  }
}

/** The error for a block that holds lines which are not ours: neither replacing nor removing it may lose them. */
export function editedBlock(file: string, { firstLine, content }: Block): UserError {
  const lastLine = firstLine + content.length + 1
  return new UserError({
    code: 'profile-block-edited',
    message: say('block.edited', { file, first: firstLine, last: lastLine }),
    hint: say('block.edited.hint'),
    where: { file, line: firstLine },
  })
}

function brokenBlock(file: string, starts: readonly number[], ends: readonly number[]): UserError {
  const line = Math.min(...starts, ...ends) + 1
  return new UserError({
    code: 'profile-block-broken',
    message: say('block.broken', { file, places: [placeOf(blockStart, starts), placeOf(blockEnd, ends)] }),
    hint: say('block.broken.hint', { file }),
    where: { file, line },
  })
}

/** A person looks at the first few. */
const mostPlaces = 5

function placeOf(marker: string, indexes: readonly number[]): Message {
  if (indexes.length === 0) return say('block.broken.missing', { marker })
  const lines = indexes.slice(0, mostPlaces).map((index) => String(index + 1))
  return say('block.broken.lines', { marker, lines, more: indexes.length - lines.length })
}

function indexesOf(lines: readonly Line[], marker: string): number[] {
  return lines.flatMap(({ text }, index) => (text === marker || text === `${marker}\r` ? index : []))
}
