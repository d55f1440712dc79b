import { decodeText } from '../documents/decode-text.ts'
import type { Document, Format, Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import type { FileState } from '../host/file-state.ts'

/** One file under edit: opened once, however many tools change it. */
export interface OpenFile {
  readonly path: string
  readonly before: FileState
  readonly format: Format
  readonly formatId: FormatId
  document: Document
  /** What stood there, as an independent parser understood it. */
  readonly beforeData: Value
}

/** The files of a plan. Two names of one file, as a link has, are one document. Opening reads and parses; nothing is written. */
export class DocumentSet {
  readonly #read: (path: string) => FileState
  readonly #formats: ReadonlyMap<FormatId, Format>
  readonly #open = new Map<string, OpenFile>()
  readonly #byResolvedPath = new Map<string, OpenFile>()

  constructor(read: (path: string) => FileState, formats: ReadonlyMap<FormatId, Format>) {
    this.#read = read
    this.#formats = formats
  }

  /** The file at the path; opened at the first call. Errors: those of reading and parsing, as UserError. */
  open(path: string, formatId: FormatId): OpenFile {
    const known = this.#open.get(path)
    if (known) return known
    const before = this.#read(path)
    const same = this.#byResolvedPath.get(before.resolvedPath)
    if (same) {
      this.#open.set(path, same)
      return same
    }
    const format = this.#formats.get(formatId)
    if (!format) throw new Error(`format ${formatId} is not loaded`)
    const text = before.kind === 'absent' ? '' : decodeText(before.bytes, path)
    const document = format.open(text, path)
    const opened = { path, before, format, formatId, document, beforeData: parseBefore(format, text) }
    this.#open.set(path, opened)
    this.#byResolvedPath.set(before.resolvedPath, opened)
    return opened
  }

  /** The name under which the first tool opened the file at a path; the path itself where none did. */
  nameOf(path: string): string {
    return this.#open.get(path)?.path ?? path
  }
}

/** An empty text is no document in some formats; it holds nothing. */
function parseBefore(format: Format, text: string): Value {
  return text.replace('\uFEFF', '').trim() === '' ? {} : format.referee(text)
}
