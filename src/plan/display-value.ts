import type { KeyPath, Value } from '../documents/document.ts'
import { maskText } from '../secrets/mask-text.ts'
import { maskKey, Secret } from '../secrets/secret.ts'
import { isPlainValue, isSecretGroup, longestSecret, secrecyOf } from '../secrets/secret-name.ts'
import type { FilledValue } from './placeholders.ts'

/** A value for the screen: a key, ours or the user's, is masked, in a list or a table too. `isKey` where one stands, whatever its name. */
export function displayValue(value: FilledValue | undefined, keyPath: KeyPath, isKey = false): string {
  if (value === undefined) return ''
  if (value instanceof Secret) return value.toString()
  if (isSecretValue(value, keyPath, isKey)) return maskKey(String(value))
  return JSON.stringify(shown(value as Value, keyPath, isKey))
}

function shown(value: Value, keyPath: KeyPath, isKey: boolean): Value {
  if (isSecretValue(value, keyPath, isKey)) return maskKey(String(value))
  if (typeof value === 'string') return maskText(value, [])
  if (Array.isArray(value)) return value.map((item, index) => shown(item, [...keyPath, String(index)], isKey))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, shown(child as Value, [...keyPath, key], isKey)]),
  )
}

/** A shorter text could be any word of a file; it is hidden by its place alone. */
const shortestToFind = 8

/** Every text in a document that is, or looks like, a key, and is long enough to be looked for. */
export function findSecrets(data: Value, keyPath: KeyPath = []): Secret[] {
  if (isSecretValue(data, keyPath, false)) {
    return typeof data === 'string' && data.length >= shortestToFind ? [new Secret(data)] : []
  }
  if (data === null || typeof data !== 'object') return []
  return Object.entries(data).flatMap(([key, child]) => findSecrets(child as Value, [...keyPath, key]))
}

function isSecretValue(value: unknown, keyPath: KeyPath, isKey: boolean): value is string | number {
  if (typeof value !== 'string' && typeof value !== 'number') return false
  const text = String(value)
  if (isKey) return text !== ''
  if (isWholeSecret(text)) return true
  const name = keyPath.findLast((key) => !/^\d+$/.test(key)) ?? ''
  const says = secrecyOf(name) !== undefined || keyPath.slice(0, -1).some(isSecretGroup)
  return says && !isPlainValue(text, name)
}

/** One key and nothing else, by its look. */
function isWholeSecret(text: string): boolean {
  if (text.length > longestSecret) return false
  return /^[\w.-]{8,}$/.test(text) && /^\S{3}…\S{4}$|^•+$/.test(maskText(text, []))
}
