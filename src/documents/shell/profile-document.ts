import { UserError } from '../../errors.ts'
import { type Message, say } from '../../texts/message.ts'
import { type BlankTrace, blankAbove, traceAbove } from '../blank-line.ts'
import type { Document, Format, KeyPath, Value } from '../document.ts'
import { appendLines, cutLines, type Line, newlineOf, splitLines } from '../lines.ts'
import { type Command, fishCommands, posixCommands, powershellCommands } from './commands.ts'
import { crGuard, fish, posix, powershell, type Shell } from './shell.ts'

/**
 * Opens a shell profile, in which two marked blocks may be ours. The paths are `['source']` and `['completion']`: the
 * path of the file that the block reads, absolute or from a variable of the shell on (`$HOME/…`). Throws UserError `profile-block-broken` when the markers do not make pairs.
 *
 * The content of a block is ours when it is one comment line and one source line as we write it. Otherwise the user
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
    for (const kind of blockKinds) this.#block(kind)
  }

  get(path: KeyPath): Value | undefined {
    const kind = kindOf(path)
    if (kind) return this.#source(kind)?.path
    if (path.length > 0) return undefined
    const sources = blockKinds.map((each) => [each, this.#source(each)?.path] as const)
    return Object.fromEntries(
      sources.flatMap(([each, source]) => (source === undefined ? [] : [[each, source]])),
    )
  }

  set(path: KeyPath, value: Value): void {
    const kind = kindOf(path)
    if (!kind || typeof value !== 'string') throw this.#onlySource()
    const block = this.#block(kind)
    this.#trace = block ? undefined : traceAbove(this.#text)
    this.#text = block ? this.#replaced(kind, block, value) : this.#appended(kind, value)
  }

  /** With the blank line that `set` put above the block, as long as that is there. */
  unset(path: KeyPath, traces?: readonly BlankTrace[]): void {
    const kind = kindOf(path)
    const block = kind && this.#block(kind)
    if (!block) return
    this.#ownSource(kind, block)
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

  #block(kind: BlockKind): Block | undefined {
    return findBlock(this.#text, this.#file, kind)
  }

  #source(kind: BlockKind): { line: Line; path: string } | undefined {
    const [note, line, ...others] = this.#block(kind)?.content ?? []
    if (!note?.text.startsWith('#') || !line || others.length > 0) return undefined
    // Without what CRLF adds.
    const path = this.#shell.sourceLine.read(line.text.replace(/( #)?\r?$/, ''))
    return path === undefined ? undefined : { line, path }
  }

  #ownSource(kind: BlockKind, block: Block): Line {
    const line = this.#source(kind)?.line
    if (!line) throw editedBlock(this.#file, block)
    return line
  }

  #appended(kind: BlockKind, path: string): string {
    const { start, end, note } = blockMarks[kind]
    const source = this.#shell.sourceLine.lineFor(path) + crGuard(this.#shell, newlineOf(this.#text))
    const block = [start, note, source, end]
    return appendLines(this.#text, this.#text === '' ? block : ['', ...block], this.#shell.crCounts)
  }

  #replaced(kind: BlockKind, block: Block, path: string): string {
    const { text, start } = this.#ownSource(kind, block)
    const rest = this.#text.slice(start + text.replace(/\r$/, '').length)
    return (
      this.#text.slice(0, start) + this.#shell.sourceLine.lineFor(path) + crGuard(this.#shell, rest) + rest
    )
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

function kindOf([name, ...rest]: KeyPath): BlockKind | undefined {
  return rest.length > 0 ? undefined : blockKinds.find((kind) => kind === name)
}

/** The marked blocks in `.profile`, `.bashrc`, `.zshenv` and the like: see `openProfile`. */
export const posixProfileFormat = profileFormat(posix, posixCommands)

/** The marked block in `config.fish`. */
export const fishProfileFormat = profileFormat(fish, fishCommands)

/** The marked block in a PowerShell `profile.ps1`. */
export const powershellProfileFormat = profileFormat(powershell, powershellCommands)

function profileFormat(shell: Shell, readCommands: (text: string) => Command[]): Format {
  return {
    open: (text, file) => openProfile(text, file, shell),
    parseStrict: (text) => {
      const sources = blockKinds.map(
        (kind) => [kind, sourced(readCommands(insideBlock(text, kind)))] as const,
      )
      return Object.fromEntries(sources.flatMap(([kind, path]) => (path === undefined ? [] : [[kind, path]])))
    },
  }
}

/** The file that is read in between the markers, found without the editor's parser. */
function sourced(commands: readonly Command[]): string | undefined {
  const words = commands.flat()
  const verb = words.findIndex(({ text }) => text === '.' || text === 'source')
  const { path, text } = (verb !== -1 && words[verb + 1]) || {}
  // In single quotes `$HOME` is the name of a folder, not what the editor meant.
  return path ?? (text?.startsWith('$') ? undefined : text)
}

function insideBlock(text: string, kind: BlockKind): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n')
  const marks = blockMarks[kind]
  const [start, end] = [lines.indexOf(marks.start), lines.indexOf(marks.end)]
  return start === -1 ? '' : lines.slice(start + 1, end).join('\n')
}

/** What a block of ours reads: the file of variables, or the script that completes our commands. */
const blockKinds = ['source', 'completion'] as const

type BlockKind = (typeof blockKinds)[number]

interface Marks {
  /** The first line of the block. Both markers are whole lines: nothing stands before or behind them but a CR. */
  readonly start: string
  /** The last line. */
  readonly end: string
  /** The one comment line inside. */
  readonly note: string
}

/** How each block looks in a profile. */
const blockMarks: Readonly<Record<BlockKind, Marks>> = {
  source: {
    start: '# >>> qcode-setup >>>',
    end: '# <<< qcode-setup <<<',
    note: '# Loads the settings that qcode-setup wrote. To remove this block: qcode-setup remove',
  },
  completion: {
    start: '# >>> qcode-setup completion >>>',
    end: '# <<< qcode-setup completion <<<',
    note: '# Completes qcode-setup with Tab. To remove this block: qcode-setup completion uninstall',
  },
}

/** Our block in a profile, markers included. */
interface Block {
  /** Offset of the first marker. */
  readonly start: number
  /** Offset behind the last marker and its line end. */
  readonly end: number
  /** The lines between the markers. */
  readonly content: readonly Line[]
  /** The line number of the first marker, from 1. */
  readonly firstLine: number
}

/** Finds the block of a kind. Throws UserError `profile-block-broken` for anything but no marker or one pair in order. */
export function findBlock(text: string, file: string, kind: BlockKind = 'source'): Block | undefined {
  const lines = splitLines(text)
  const marks = blockMarks[kind]
  const starts = indexesOf(lines, marks.start)
  const ends = indexesOf(lines, marks.end)
  if (starts.length === 0 && ends.length === 0) return undefined
  const [first = -1] = starts
  const [last = -1] = ends
  const [opening, closing] = [lines[first], lines[last]]
  if (starts.length > 1 || ends.length > 1 || !opening || !closing || last < first) {
    throw brokenBlock(file, marks, starts, ends)
  }
  return {
    start: opening.start,
    end: closing.end,
    content: lines.slice(first + 1, last),
    firstLine: first + 1,
  }
}

/** The error for a block that holds lines which are not ours: neither replacing nor removing it may lose them. */
function editedBlock(file: string, { firstLine, content }: Block): UserError {
  const lastLine = firstLine + content.length + 1
  return new UserError({
    code: 'profile-block-edited',
    message: say('block.edited', { file, first: firstLine, last: lastLine }),
    hint: say('block.edited.hint'),
    where: { file, line: firstLine },
  })
}

function brokenBlock(
  file: string,
  { start, end }: Marks,
  starts: readonly number[],
  ends: readonly number[],
): UserError {
  const line = Math.min(...starts, ...ends) + 1
  return new UserError({
    code: 'profile-block-broken',
    message: say('block.broken', { file, places: [placeOf(start, starts), placeOf(end, ends)] }),
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
