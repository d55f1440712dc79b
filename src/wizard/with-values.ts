import type { Input } from '../request/input.ts'

/** The input as if these values had been given by the field's flag. */
export function withValues(input: Input, name: string, values: readonly string[]): Input {
  return { ...input, values: { ...input.values, [name]: values } }
}
