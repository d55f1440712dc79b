import { UserError } from '../../errors.ts'
import { say } from '../../texts/message.ts'
import type { Document, KeyPath, Value } from '../document.ts'
import { appendLines, BOM, cutLines, newlineOf } from '../lines.ts'
import { sameValue } from '../value.ts'
import type { AssignedValue } from './quote.ts'

/** One `NAME=value` in a text. All places are offsets; `end` and `valueEnd` are exclusive. */
export interface Assignment {
  readonly name: string
  readonly value: Value
  /** The whole lines, with the line end and without a byte order mark. */
  readonly start: number
  readonly end: number
  /** The value as it is written, with its quotes. */
  readonly valueStart: number
  readonly valueEnd: number
}

/**
 * How one kind of file writes its assignments.
 *
 * A byte order mark hides what stands beside it from some readers (aider 0.86 loses that variable, a shell that
 * line), so nothing is ever written beside one: an assignment there is moved to the next line when it is set.
 */
export interface AssignmentDialect {
  /** All assignments, in order. Throws UserError `does-not-parse`. */
  scan(text: string, file: string): readonly Assignment[]
  /** The line for a new assignment, without line end. */
  line(name: string, value: AssignedValue): string
  /** The value as it is written. Throws UserError `value-not-writable`. */
  spell(value: AssignedValue): string
  /** Whether a CR at the end of a line is a part of its last word. */
  readonly crCounts: boolean
  /** What must stand between a written value and the text behind it. */
  guard(rest: string): string
}

/**
 * Opens a file of assignments. `get` reads the last assignment of a name, as the readers do, and `set` writes that one;
 * `unset` takes out all of them, or an older value would come to life. Values are texts, or `{ command: [...] }`.
 */
export function openAssignments(text: string, file: string, dialect: AssignmentDialect): Document {
  return new AssignmentDocument(text, file, dialect)
}

type Entry = readonly [name: string, value: Value]

class AssignmentDocument implements Document {
  #text: string
  readonly #file: string
  readonly #dialect: AssignmentDialect

  constructor(text: string, file: string, dialect: AssignmentDialect) {
    this.#text = text
    this.#file = file
    this.#dialect = dialect
    this.#assignments()
  }

  get(path: KeyPath): Value | undefined {
    const [name] = path
    if (name === undefined) return Object.fromEntries(this.#entries())
    return path.length === 1 ? this.#last(name)?.value : undefined
  }

  set(path: KeyPath, value: Value): void {
    const name = nameIn(path, this.#file)
    const wanted = assignable(name, value, this.#file)
    const found = this.#last(name)
    const text = found ? this.#replaced(found, this.#dialect.spell(wanted)) : this.#appended(name, wanted)
    this.#edit(text, [...this.#othersThan(name), [name, wanted]])
  }

  /** The whole lines of an assignment, with a byte order mark that they stand beside. */
  excerpt([name = '']: KeyPath): string | undefined {
    const found = this.#last(name)
    if (!found) return undefined
    const mark = this.#text.startsWith(BOM) && found.start === BOM.length ? BOM : ''
    return mark + this.#text.slice(found.start, found.end)
  }

  /** A value of the user's may hold what `spell` refuses, such as a line break. It goes back beside a mark that it stood at. */
  restore([name = '']: KeyPath, original: AssignmentDocument): void {
    const [found, old] = [this.#last(name), original.#last(name)]
    if (!found || !old) return
    const stoodBesideMark = original.#text.startsWith(BOM) && old.start === BOM.length
    const gap = stoodBesideMark ? /^\uFEFF(?:\r?\n)?/.exec(this.#text.slice(0, found.start)) : null
    const isMoved = gap !== null && gap[0].length === found.start
    const value = original.#text.slice(old.valueStart, old.valueEnd)
    this.#text = isMoved
      ? BOM + this.#text.slice(found.start, found.valueStart) + value + this.#text.slice(found.valueEnd)
      : this.#replaced(found, value)
  }

  unset(path: KeyPath): void {
    const [name, ...rest] = path
    if (name === undefined || rest.length > 0) return
    let text = this.#text
    for (let found = this.#last(name); found; found = this.#last(name, text)) {
      text = cutLines(text, found.start, found.end, this.#dialect.crCounts)
    }
    this.#edit(text, this.#othersThan(name))
  }

  toText(): string {
    return this.#text
  }

  /** Where a quote stands open to some reader, a changed line may close it, and much would read otherwise. */
  #edit(text: string, meant: readonly Entry[]): void {
    const changed = new AssignmentDocument(text, this.#file, this.#dialect)
    if (!sameValue(changed.get([]), Object.fromEntries(meant))) throw readsOtherwise(this.#file)
    this.#text = text
  }

  #entries(): Entry[] {
    return this.#assignments().map(({ name, value }) => [name, value])
  }

  #othersThan(name: string): Entry[] {
    return this.#entries().filter(([other]) => other !== name)
  }

  #assignments(text = this.#text): readonly Assignment[] {
    return this.#dialect.scan(text, this.#file)
  }

  #last(name: string, text = this.#text): Assignment | undefined {
    return this.#assignments(text).findLast((found) => found.name === name)
  }

  #appended(name: string, value: AssignedValue): string {
    const line = this.#dialect.line(name, value)
    return appendLines(
      this.#text,
      [line + this.#dialect.guard(newlineOf(this.#text))],
      this.#dialect.crCounts,
    )
  }

  #replaced({ start, valueStart, valueEnd }: Assignment, written: string): string {
    const before = this.#text.slice(0, start)
    const rest = this.#text.slice(valueEnd)
    return (
      (before === BOM ? before + newlineOf(this.#text) : before) +
      this.#text.slice(start, valueStart) +
      written +
      this.#dialect.guard(rest) +
      rest
    )
  }
}

function readsOtherwise(file: string): UserError {
  return new UserError({
    code: 'value-not-writable',
    message: say('dotenv.swallowed', { file }),
    hint: say('dotenv.swallowed.hint'),
    where: { file },
  })
}

function nameIn(path: KeyPath, file: string): string {
  const [name, ...rest] = path
  if (name !== undefined && rest.length === 0) return name
  throw new UserError({
    code: 'path-taken',
    message: say('value.no-place', { file, key: path.join('.') }),
    hint: say('value.no-place.hint'),
    where: { file },
  })
}

function assignable(name: string, value: Value, file: string): AssignedValue {
  if (typeof value === 'string' || isCommand(value)) return value
  throw new UserError({
    code: 'value-not-writable',
    message: say('value.not-text', { name, file }),
    hint: say('value.not-text.hint'),
    exit: 2,
    where: { file },
  })
}

function isCommand(value: Value): value is { readonly command: readonly string[] } {
  const { command, ...others } = Object(value) as { readonly [key: string]: Value }
  const words = Array.isArray(command) ? command : []
  const isFixed = words.length > 0 && words.every((word) => typeof word === 'string')
  return isFixed && Object.keys(others).length === 0
}
