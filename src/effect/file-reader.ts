import { decodeText, type Format, type KeyPath, type Value } from '../documents/document.ts'
import { type FormatId, loadFormats } from '../documents/formats.ts'
import { UserError } from '../errors.ts'
import { say } from '../texts/message.ts'
import type { MachineView } from './machine-view.ts'

/** A file as a client would find it. An absent one has no text; one that cannot be used has a problem. */
export interface ReadFile {
  readonly path: string
  /** Behind all links; undefined where nothing could be read. */
  readonly resolvedPath?: string
  readonly text: string | undefined
  readonly data: Value
  /** Permission bits; undefined where nothing could be read. */
  readonly mode?: number
  readonly problem?: UserError
}

/** Files that are read once, however many tools look at them. */
export interface FileReader {
  /** Loads more formats. */
  load(formats: Iterable<FormatId>): Promise<void>
  /** Reads and parses a file; each file once. Never throws for what stands there. */
  read(path: string, format: FormatId): ReadFile
  /**
   * The line, counted from 1, on which a value stands in a file that was read; undefined also where so many lines were
   * looked for that the next ones would take too long: a project can bring a file with any number of faults.
   */
  lineOf(path: string, format: FormatId, keyPath: KeyPath): number | undefined
  /** Every file that was read. */
  all(): ReadFile[]
}

/** Characters of all the texts in which lines are looked for: 500 lines of a file of 20 KB, one of the largest. */
const mostLookedThrough = 10_000_000

/** Loads the named formats first, so that reading needs no waiting. Reading with another one throws. */
export async function createFileReader(
  formatIds: Iterable<FormatId>,
  machine: Pick<MachineView, 'read' | 'stored'>,
): Promise<FileReader> {
  const formats = new Map<FormatId, Format>()
  const load: FileReader['load'] = async (ids) => {
    for (const [id, format] of await loadFormats(ids)) formats.set(id, format)
  }
  await load(formatIds)
  const known = new Map<string, ReadFile>()
  let lookedThrough = 0
  const read: FileReader['read'] = (path, formatId) => {
    const id = `${formatId} ${path}`
    const format = formats.get(formatId)
    if (!format) throw new Error(`format ${formatId} is not loaded`)
    const file = known.get(id) ?? readFile(path, format, machine)
    known.set(id, file)
    return file
  }
  const lineOf: FileReader['lineOf'] = (path, formatId, keyPath) => {
    const text = read(path, formatId).text
    const format = formats.get(formatId)
    if (text === undefined || !format || lookedThrough > mostLookedThrough) return undefined
    lookedThrough += text.length
    return lineOfValue(text, keyPath, format, path)
  }
  return { load, read, lineOf, all: () => [...known.values()] }
}

function readFile(path: string, format: Format, machine: Pick<MachineView, 'read' | 'stored'>): ReadFile {
  const stored = machine.stored?.get(path)
  if (stored instanceof UserError) return { path, text: undefined, data: {}, problem: stored }
  if (stored !== undefined) return { path, text: stored, ...parse(stored, path, format) }
  try {
    const state = machine.read(path)
    if (state.kind === 'absent') return { path, text: undefined, data: {} }
    const text = decodeText(state.bytes, path)
    return { path, resolvedPath: state.resolvedPath, text, mode: state.mode, ...parse(text, path, format) }
  } catch (error) {
    return { path, text: undefined, data: {}, problem: asProblem(error, path) }
  }
}

function parse(text: string, path: string, format: Format): { data: Value; problem?: UserError } {
  if (text.replace('\uFEFF', '').trim() === '') return { data: {} }
  try {
    return { data: format.parseStrict(text) }
  } catch {
    return { data: {}, problem: parseProblem(text, path, format) }
  }
}

/** The editor knows line and column; the referee is the one that decides, as it is nearer to the clients. */
function parseProblem(text: string, path: string, format: Format): UserError {
  try {
    format.open(text, path)
  } catch (error) {
    if (error instanceof UserError) return error
  }
  return new UserError({
    code: 'does-not-parse',
    message: say('effect.unparsed', { path }),
    where: { file: path },
  })
}

/** Why a file could not be read, whatever was thrown. */
export function asProblem(error: unknown, path: string): UserError {
  if (error instanceof UserError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return new UserError({
    code: 'not-readable',
    message: say('effect.unreadable', { path, code }),
    where: { file: path },
  })
}

/**
 * The line of a text, counted from 1, on which a value stands, found by the editor of its format: what another value
 * there would change first. An element of a list stands where the list begins.
 */
export function lineOfValue(
  text: string,
  keyPath: KeyPath,
  format: Format,
  file: string,
): number | undefined {
  const inList = keyPath.findIndex((key) => /^\d+$/.test(key))
  const path = inList === -1 ? keyPath : keyPath.slice(0, inList)
  for (let length = path.length; length > 0; length--) {
    const changed = tryChange(text, path.slice(0, length), format, file)
    if (changed !== undefined) return text.slice(0, firstDifference(text, changed)).split('\n').length
  }
  return undefined
}

function tryChange(text: string, path: KeyPath, format: Format, file: string): string | undefined {
  try {
    const document = format.open(text, file)
    if (document.get(path) === undefined) return undefined
    document.set(path, '\u0001')
    const changed = document.toText()
    if (changed !== text) return changed
  } catch {
    // A container of this format cannot become a text; then it can go.
  }
  return tryRemoval(text, path, format, file)
}

function tryRemoval(text: string, path: KeyPath, format: Format, file: string): string | undefined {
  try {
    const document = format.open(text, file)
    document.unset(path)
    const changed = document.toText()
    return changed === text ? undefined : changed
  } catch {
    return undefined
  }
}

function firstDifference(one: string, other: string): number {
  let index = 0
  while (index < one.length && one[index] === other[index]) index++
  return index
}
