import type { KeyPath, Value } from '../../../../src/documents/document.ts'

type Table = { readonly [key: string]: Value }

export function isTable(value: Value | undefined): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function getIn(data: Value, path: KeyPath): Value | undefined {
  return path.reduce<Value | undefined>(
    (value, key) => (isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    data,
  )
}

/** The plain data with one path changed; order of keys and foreign values as before. */
export function setIn(data: Value | undefined, path: KeyPath, value: Value): Value {
  const [key, ...rest] = path
  if (key === undefined) return value
  const entries = new Map(Object.entries(isTable(data) ? data : {}))
  entries.set(key, setIn(entries.get(key), rest, value))
  return Object.fromEntries(entries)
}

export function unsetIn(data: Value, path: KeyPath): Value {
  const [key, ...rest] = path
  if (key === undefined || !isTable(data) || !Object.hasOwn(data, key)) return data
  const entries = new Map(Object.entries(data))
  if (rest.length === 0) entries.delete(key)
  else entries.set(key, unsetIn(data[key] as Value, rest))
  return Object.fromEntries(entries)
}

/** The first part of the path that holds something that cannot hold keys. */
export function isBlocked(data: Value, path: KeyPath): boolean {
  return path.some((_, length) => {
    const holder = getIn(data, path.slice(0, length))
    return holder !== undefined && !isTable(holder)
  })
}

/** The shortest part of the path that the data does not have. */
export function shallowestAbsent(data: Value, path: KeyPath): KeyPath {
  const length = path.findIndex((_, index) => getIn(data, path.slice(0, index + 1)) === undefined)
  return path.slice(0, length + 1)
}

/** Whether `part` is `whole` with characters left out. */
export function isSubsequence(part: string, whole: string): boolean {
  let found = 0
  for (const char of whole) if (part.startsWith(char, found)) found += char.length
  return found === part.length
}

/** A path that follows keys of the data where `known` says so, and else takes one of the spare keys. */
export function pathFor(
  data: Value,
  steps: readonly { known: boolean; index: number }[],
  spare: readonly string[],
): KeyPath {
  const path: string[] = []
  for (const { known, index } of steps) {
    const here = getIn(data, path)
    const names = known && isTable(here) ? Object.keys(here) : []
    const choices = names.length > 0 ? names : spare
    path.push(choices[index % choices.length] as string)
  }
  return path
}

/** Every path that leads to a value through tables alone. */
export function pathsOf(data: Value): KeyPath[] {
  if (!isTable(data)) return []
  return Object.entries(data).flatMap(([key, value]) => [
    [key],
    ...pathsOf(value).map((rest) => [key, ...rest]),
  ])
}

/** Every path that leads to a table, the root with them. */
export function tablePathsOf(data: Value): KeyPath[] {
  return [[], ...pathsOf(data)].filter((path) => isTable(getIn(data, path)))
}
