import type { Format, KeyPath } from './document.ts'

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
