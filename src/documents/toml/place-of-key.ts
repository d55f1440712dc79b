import type { Where } from '../../errors.ts'
import { whereAt } from '../document.ts'
import { outlineOf } from './outline.ts'
import { endOfValue, readKeys, skipBlanks, skipTrivia } from './tokens.ts'

/** Keys from the root, and numbers of the elements of arrays, as numbers or as texts. */
export type FieldPath = readonly PropertyKey[]

/**
 * Where a field of a valid TOML text is: its key, of an array its element. Of a field that is missing, the nearest table
 * around it that has a place of its own; where that is the root, the beginning of the text.
 */
export function placeOfKey(text: string, file: string, path: FieldPath): Where {
  const body = text.replace(/^\uFEFF/, '')
  const steps = path.map(String)
  const { pairs, sections } = outlineOf(body)
  const ranked = [...sections.filter(({ kind }) => kind === 'header'), ...pairs].map((part) => {
    const same = sharedSteps(part.path, steps)
    // Around the field rather than beside it: a table before one of its other keys.
    return { part, same, rank: same + (same === part.path.length ? 0.5 : 0) }
  })
  const highest = Math.max(...ranked.map(({ rank }) => rank))
  const best = ranked.find(({ rank }) => rank === highest)
  if (best === undefined || best.same === 0) return { file, line: 1, column: 1 }
  const { part, same } = best
  const isAround = 'valueStart' in part && same === part.path.length
  const inValue = isAround && placeInValue(body, part.valueStart, steps.slice(same), part.start)
  return whereAt(file, body, inValue || part.start)
}

function sharedSteps(path: readonly (string | number)[], steps: readonly string[]): number {
  const differs = path.findIndex((step, index) => String(step) !== steps[index])
  return differs < 0 ? path.length : differs
}

/** The field below a value; `known` where that has no such one. */
function placeInValue(
  text: string,
  start: number,
  [step, ...rest]: readonly string[],
  known: number,
): number {
  if (step === undefined) return known
  const parts =
    text[start] === '[' ? elementsOf(text, start) : text[start] === '{' ? pairsOf(text, start) : []
  const found = parts.find(({ keys }) => keys.every((key, index) => key === [step, ...rest][index]))
  if (found === undefined) return known
  return placeInValue(text, found.valueStart, [step, ...rest].slice(found.keys.length), found.start)
}

/** An element of an array, or a pair of an inline table. */
interface Part {
  readonly keys: readonly string[]
  readonly start: number
  readonly valueStart: number
}

function elementsOf(text: string, start: number): Part[] {
  const found: Part[] = []
  for (let at = skipTrivia(text, start + 1); at < text.length && text[at] !== ']'; at = nextPart(text, at))
    found.push({ keys: [String(found.length)], start: at, valueStart: at })
  return found
}

function pairsOf(text: string, start: number): Part[] {
  const found: Part[] = []
  let at = skipTrivia(text, start + 1)
  while (at < text.length && text[at] !== '}') {
    const { keys, end } = readKeys(text, at)
    const valueStart = skipBlanks(text, end + 1)
    found.push({ keys, start: at, valueStart })
    at = nextPart(text, valueStart)
  }
  return found
}

/** Behind the value that begins here, and the comma behind it. */
function nextPart(text: string, valueStart: number): number {
  const behind = skipTrivia(text, endOfValue(text, valueStart))
  return text[behind] === ',' ? skipTrivia(text, behind + 1) : behind
}
