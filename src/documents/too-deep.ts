import { UserError } from '../errors.ts'
import { say } from '../texts/message.ts'
import type { Format, Value } from './document.ts'

/** Levels that a document may have. No client's settings come near it, and no recursion over it ends the program. */
export const deepest = 200

/** UserError `too-deep`: a text that is nested as no settings are; its file may not be known. */
export function tooDeep(file: string | undefined): UserError {
  return new UserError({
    code: 'too-deep',
    message: say('error.too-deep', { file: file ?? say('error.too-deep.text'), levels: deepest }),
    hint: say('error.too-deep.hint'),
    ...(file !== undefined && { where: { file } }),
  })
}

/** Data that was looked at already: the same is asked for again and again. */
const shallow = new WeakSet<object>()

/** Says of data that whoever has read it has counted its levels, so that nobody has to go through it again. */
export function knownShallow(data: Value): Value {
  if (typeof data === 'object' && data !== null) shallow.add(data)
  return data
}

/** Throws `too-deep` for data of more levels. */
export function refuseDeepData(data: Value | undefined, file: string | undefined): void {
  if (typeof data !== 'object' || data === null || shallow.has(data)) return
  if (!isShallow(data, deepest)) throw tooDeep(file)
  shallow.add(data)
}

function isShallow(data: object, levels: number): boolean {
  if (levels < 0) return false
  if (Array.isArray(data)) return data.every((value) => isShallowValue(value, levels))
  for (const key in data) if (!isShallowValue(data[key as keyof object], levels)) return false
  return true
}

function isShallowValue(value: unknown, levels: number): boolean {
  return typeof value !== 'object' || value === null || isShallow(value, levels - 1)
}

/**
 * Throws `too-deep` for a text with more open brackets, wherever they stand. For parsers that could end the program: V8
 * gives up for good where a regular expression is compiled at the end of the stack (Node 20.20, yaml 2.9).
 */
export function refuseDeepBrackets(text: string, file: string): void {
  let open = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1)
    if (open > deepest) throw tooDeep(file)
  }
}

/** The format, refusing with UserError `too-deep` what is nested so that code which follows the nesting would not end well. */
export function guardFormat(format: Format): Format {
  return {
    open(text, file) {
      const document = guarded(file, () => format.open(text, file))
      guarded(file, () => refuseDeepData(document.get([]), file))
      return document
    },
    parseStrict(text) {
      const data = guarded(undefined, () => format.parseStrict(text))
      refuseDeepData(data, undefined)
      return data
    },
  }
}

function guarded<Result>(file: string | undefined, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof RangeError && error.message.includes('call stack')) throw tooDeep(file)
    // A parser that is given no file has only some name of its own for the text.
    if (file === undefined && error instanceof UserError && error.code === 'too-deep') throw tooDeep(file)
    throw error
  }
}
