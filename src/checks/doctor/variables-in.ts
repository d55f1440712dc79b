import type { KeyPath, Value } from '../../documents/document.ts'

/** The value at a key path, or undefined. */
export function valueAt(data: Value, keyPath: KeyPath): Value | undefined {
  return keyPath.reduce<Value | undefined>((at, key) => childOf(at, key), data)
}

/** A value as a text: what a file of a shell sets to a command's output as `$(...)`, what else is no text as JSON. */
export function valueText(value: Value | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  const words = valueAt(value, ['command'])
  if (Array.isArray(words)) return `$(${words.join(' ')})`
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Whether a variable's text stands for the output of a command. */
export function isShellCommand(text: string): boolean {
  return /^\$\(.*\)$/s.test(text)
}

/**
 * The variables that stand at a key path: a table of them, or as aider's `set-env` has it a list of `NAME=value`, or
 * a single one.
 */
export function variablesIn(data: Value, keyPath: KeyPath): Record<string, string> {
  const found = valueAt(data, keyPath)
  if (typeof found === 'string') return assignmentsIn([found])
  if (Array.isArray(found)) return assignmentsIn(found)
  if (found === null || typeof found !== 'object') return {}
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => {
      const text = valueText(value as Value)
      return text === undefined ? [] : [[name, text]]
    }),
  )
}

function assignmentsIn(items: readonly Value[]): Record<string, string> {
  const pairs = items
    .filter((item) => typeof item === 'string')
    .map((item) => /^(\w+)=(.*)$/s.exec(item) ?? [])
    .flatMap(([, name, value]) => (name === undefined ? [] : [[name, value ?? ''] as const]))
  return Object.fromEntries(pairs)
}

function childOf(value: Value | undefined, key: string): Value | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  return Object.hasOwn(value, key) ? (value as Record<string, Value>)[key] : undefined
}
