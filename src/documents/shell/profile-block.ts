import { UserError } from '../../errors.ts'
import { type Message, say } from '../../texts/message.ts'
import { type Line, splitLines } from '../lines.ts'

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
