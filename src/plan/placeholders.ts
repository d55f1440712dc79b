import type { KeyPath, Value } from '../documents/document.ts'
import type { Secret } from '../secrets/secret.ts'

/** A value of a template with its placeholders filled in; a key stays a Secret until it is written. */
export type FilledValue = Value | Secret

/** One value and where it stands. */
export interface Leaf {
  readonly keyPath: KeyPath
  readonly value: FilledValue
}

/** The value of a placeholder such as `baseUrl`, `baseUrl:openai-chat` or `model`; undefined leaves the template's value out. */
export type Lookup = (name: string) => FilledValue | undefined

const placeholder = /\{\{ ([\w:@/.-]+) \}\}/g
const onlyPlaceholder = /^\{\{ ([\w:@/.-]+) \}\}$/

/**
 * Every value of a parsed template by its key path, placeholders replaced inside parsed values, so that no value can
 * break out of its string. A value whose placeholder has no value is left out, never written empty.
 */
export function fillTemplate(content: Value, lookup: Lookup): Leaf[] {
  return flatten(content, []).flatMap(({ keyPath, value }) => {
    const filled = fillValue(value, lookup)
    return filled === undefined ? [] : [{ keyPath, value: filled }]
  })
}

/** A text with its placeholders filled in for a person to read; a placeholder without a value is left out. */
export function fillText(text: string, lookup: Lookup): string {
  return text.replace(placeholder, (_, name: string) => String(lookup(name) ?? ''))
}

function flatten(value: Value, keyPath: KeyPath): { keyPath: KeyPath; value: Value }[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [{ keyPath, value }]
  const entries = Object.entries(value)
  if (entries.length === 0) return [{ keyPath, value }]
  return entries.flatMap(([key, child]) => flatten(child, [...keyPath, key]))
}

function fillValue(value: Value, lookup: Lookup): FilledValue | undefined {
  if (typeof value !== 'string') return value
  const only = onlyPlaceholder.exec(value)?.[1]
  if (only !== undefined) return lookup(only)
  const names = [...value.matchAll(placeholder)].map((match) => match[1] ?? '')
  const values = names.map(lookup)
  if (values.some((found) => found !== undefined && typeof found !== 'string'))
    throw new Error('a template must not join a key or a list to other text')
  return values.includes(undefined) ? undefined : fillText(value, lookup)
}
