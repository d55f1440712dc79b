import type { Value } from '../documents/document.ts'
import { Secret } from '../secrets/secret.ts'
import type { FilledValue } from './placeholders.ts'

/** A value as it goes into a file or into what `print` was told to show; nothing else may call this. */
export function revealValue(value: FilledValue): Value {
  return value instanceof Secret ? Secret.reveal(value) : value
}
