import { isDeepStrictEqual } from 'node:util'
import type { Value } from './document.ts'

/** Whether two values read alike. Objects are compared by what they hold: parsers differ in the prototype they give. */
export function sameValue(one: Value | undefined, other: Value | undefined): boolean {
  return isDeepStrictEqual(structuredClone(one), structuredClone(other))
}
