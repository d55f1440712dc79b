import type { Value } from '../../../../src/documents/document.ts'
import { tomlFormat } from '../../../../src/documents/toml/toml-format.ts'

export const file = 'config.toml'

export function open(text: string) {
  return tomlFormat.open(text, file)
}

/** The text after one edit of a document that was opened for it. */
export function edited(text: string, edit: (document: ReturnType<typeof open>) => void): string {
  const document = open(text)
  edit(document)
  return document.toText()
}

type Data = Value | undefined

function isObject(data: Data): data is { readonly [key: string]: Value } {
  return typeof data === 'object' && data !== null && !Array.isArray(data)
}

export function valueIn(data: Data, [key, ...rest]: readonly string[]): Data {
  if (key === undefined) return data
  return isObject(data) && Object.hasOwn(data, key) ? valueIn(data[key], rest) : undefined
}

/** Plain data with the value at a path changed, or taken out when it is undefined. */
export function withValue(data: Data, [key, ...rest]: readonly string[], value: Data): Data {
  if (key === undefined) return value
  if (data !== undefined && !isObject(data)) return data
  const others = Object.entries(data ?? {}).filter(([other]) => other !== key)
  const inner = withValue(valueIn(data, [key]), rest, value)
  const own: [string, Value][] = inner === undefined ? [] : [[key, inner]]
  return Object.fromEntries([...others, ...own])
}

/** The data without empty tables, which taking out a dotted key's last name leaves or not. */
export function withoutEmpty(data: Data): Data {
  if (!isObject(data)) return data
  const kept = Object.entries(data).flatMap(([key, value]): [string, Value][] => {
    const inner = withoutEmpty(value)
    return inner === undefined || (isObject(inner) && Object.keys(inner).length === 0) ? [] : [[key, inner]]
  })
  return Object.fromEntries(kept)
}

/** The first part of the path that leads to nothing. */
export function shallowestAbsent(data: Data, path: readonly string[]): readonly string[] | undefined {
  const lengths = path.map((_, index) => index + 1)
  const length = lengths.find((count) => valueIn(data, path.slice(0, count)) === undefined)
  return length === undefined ? undefined : path.slice(0, length)
}
