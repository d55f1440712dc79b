import type { Value } from '../documents/document.ts'

/** A name in a value, its path from the root with dots, and what it holds. */
export interface Entry {
  readonly path: string
  readonly name: string
  readonly value: Value
}

/** Every name in a value, however deep; the items of a list count by number. */
export function entriesOf(value: Value, above: readonly string[] = []): Entry[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, child]) => {
    const path = [...above, name]
    return [{ path: path.join('.'), name, value: child as Value }, ...entriesOf(child as Value, path)]
  })
}
