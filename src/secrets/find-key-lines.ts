import { holdsSecret } from './mask-text.ts'
import type { Secret } from './secret.ts'

/** The lines, from 1, in which one of the keys stands, in any spelling that files give it. */
export function findKeyLines(text: string, keys: readonly Secret[]): number[] {
  if (!holdsSecret(text, keys)) return []
  return text.split('\n').flatMap((line, index) => (holdsSecret(line, keys) ? [index + 1] : []))
}
