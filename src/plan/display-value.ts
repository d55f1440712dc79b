import type { KeyPath, Value } from '../documents/document.ts'
import { maskKey, Secret } from '../secrets/secret.ts'
import type { FilledValue } from './placeholders.ts'

const secretName = /key|token|secret|password|passwd|authorization|credential|cookie/i
const secretLook = /\b(cr_|sk-|ghp_|xox[abp]-|AKIA)[\w-]{8,}/

/** A value for the screen: a key, ours or the user's, is masked. */
export function displayValue(value: FilledValue | undefined, keyPath: KeyPath): string {
  if (value === undefined) return ''
  if (value instanceof Secret) return value.toString()
  if (isSecretValue(value, keyPath)) return maskKey(value)
  return JSON.stringify(value)
}

/** Every text in a document that is, or looks like, a key. */
export function findSecrets(data: Value, keyPath: KeyPath = []): Secret[] {
  if (isSecretValue(data, keyPath)) return [new Secret(data)]
  if (data === null || typeof data !== 'object') return []
  return Object.entries(data).flatMap(([key, child]) => findSecrets(child as Value, [...keyPath, key]))
}

function isSecretValue(value: Value, keyPath: KeyPath): value is string {
  if (typeof value !== 'string' || value.length < 8 || /^https?:\/\/[^@]*$/.test(value)) return false
  const name = keyPath.findLast((key) => !/^\d+$/.test(key)) ?? ''
  return secretLook.test(value) || (secretName.test(name) && !/^[A-Z_]+$/.test(value) && !value.includes(' '))
}
