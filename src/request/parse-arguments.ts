import { parseArgs } from 'node:util'
import type { Catalog } from '../catalog/tool.ts'
import { UserError } from '../errors.ts'
import type { Field } from './fields.ts'
import type { Input } from './input.ts'
import { nearest, printable, unknownValue } from './unknown-value.ts'

export interface Positional {
  readonly name: string
  readonly required: boolean
  readonly many?: boolean
  /** The words that are allowed. */
  readonly choices?: readonly string[]
}

/**
 * Arguments of one command by its fields. Errors: UserError with exit 2 for an unknown flag (with the nearest one), a
 * missing or unknown value, and an argument too many or too few.
 */
export function parseArguments(
  args: readonly string[],
  fields: readonly [name: string, field: Field][],
  catalog: Catalog,
  positional: Positional | undefined,
): Input {
  const options = Object.fromEntries(
    fields.map(([, field]) => [
      field.flag,
      { type: field.value ? ('string' as const) : ('boolean' as const), multiple: true },
    ]),
  )
  const { tokens } = parseArgs({
    args: [...args],
    options,
    tokens: true,
    strict: false,
    allowPositionals: true,
  })
  const values: Record<string, string[]> = {}
  const switches = new Set<string>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const found = fields.find(([, field]) => field.flag === token.name)
    if (!found) throw unknownFlag(token.rawName, fields)
    const [name, field] = found
    if (field.value === undefined) switches.add(refuseValue(name, token))
    else values[name] = [...(values[name] ?? []), checkedValue(field, token.value, catalog)]
  }
  return { values, switches, positionals: checkedPositionals(positionals, positional) }
}

function unknownFlag(flag: string, fields: readonly [string, Field][]): UserError {
  const flags = fields.map(([, field]) => `--${field.flag}`)
  const near = nearest(flag, flags)
  return new UserError({
    code: 'unknown-flag',
    message: `There is no flag ${printable(flag)}.${near ? ` Did you mean ${near}?` : ''}`,
    hint: `Valid: ${flags.join(' ')}`,
    exit: 2,
  })
}

function refuseValue(name: string, token: { rawName: string; value: string | undefined }): string {
  if (token.value === undefined) return name
  throw new UserError({
    code: 'value-not-expected',
    message: `${token.rawName} takes no value.`,
    hint: `Write just ${token.rawName}`,
    exit: 2,
  })
}

function checkedValue(field: Field, value: string | undefined, catalog: Catalog): string {
  const missing = value === undefined || value === ''
  if (missing || (value.startsWith('--') && value.length > 2)) {
    throw new UserError({
      code: 'value-missing',
      message: `--${field.flag} needs a value.`,
      hint: `--${field.flag} ${field.value}: ${field.summary}`,
      exit: 2,
    })
  }
  const valid = field.choices?.(catalog)
  const words = field.many ? value.split(',') : [value]
  const unknown = valid && words.find((word) => !valid.includes(word))
  if (unknown !== undefined) throw unknownValue(field.flag, unknown, valid ?? [])
  return value
}

function checkedPositionals(given: readonly string[], positional: Positional | undefined): readonly string[] {
  const extra = positional?.many ? undefined : given[positional ? 1 : 0]
  if (extra !== undefined) {
    throw new UserError({
      code: 'argument-not-expected',
      message: `The argument "${printable(extra)}" is one too many.`,
      hint: 'Add --help to see what this command takes.',
      exit: 2,
    })
  }
  if (positional?.required && given.length === 0) {
    throw new UserError({
      code: 'argument-missing',
      message: `${positional.name} is missing.`,
      hint: positional.choices
        ? `Valid: ${positional.choices.join(', ')}`
        : 'Add --help to see what this command takes.',
      exit: 2,
    })
  }
  const { name = '', choices } = positional ?? {}
  const unknown = choices && given.find((word) => !choices.includes(word))
  if (unknown !== undefined) throw unknownValue(name.toLowerCase(), unknown, choices ?? [])
  return given
}
