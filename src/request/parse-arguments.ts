import { parseArgs } from 'node:util'
import type { Catalog } from '../catalog/tool.ts'
import { UserError } from '../errors.ts'
import { type CommandName, type Field, fieldsOf } from './fields.ts'
import type { Input } from './input.ts'
import { nearest, printable, unknownValue } from './unknown-value.ts'

/** What may follow a command’s name without a flag. */
export interface Positional {
  readonly name: string
  readonly required: boolean
  readonly many?: boolean
  /** The words that are allowed, each with what it does; each has flags of its own in the table of fields. */
  readonly choices?: Readonly<Record<string, string>>
}

/** What says how the arguments of a command are read. */
interface CommandLine {
  readonly name: CommandName
  readonly positional?: Positional
}

/**
 * Arguments of one command by its fields. Errors: UserError with exit 2 for an unknown flag (with the nearest one), a
 * missing or unknown value, and an argument too many or too few.
 */
export function parseArguments(args: readonly string[], command: CommandLine, catalog: Catalog): Input {
  const fullName = fullNameOf(args, command, catalog)
  const fields = fieldsOf(fullName, catalog)
  const values: Record<string, string[]> = {}
  const switches = new Set<string>()
  const positionals: string[] = []
  for (const token of readTokens(args, fields)) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const found = fields.find(([, field]) => field.flag === token.name)
    if (!found) throw unknownFlag(token.rawName, fullName, fields)
    const [name, field] = found
    if (field.value === undefined) switches.add(refuseValue(name, token))
    else values[name] = [...(values[name] ?? []), checkedValue(field, token.value, catalog)]
  }
  return { values, switches, positionals: checkedPositionals(positionals, command.positional) }
}

/** The command as flags name it: with its verb, `key rotate`, where one of its own is among the arguments. */
export function fullNameOf(
  args: readonly string[],
  { name, positional }: CommandLine,
  catalog: Catalog,
): string {
  const verbs = Object.keys(positional?.choices ?? {})
  const first = readTokens(args, fieldsOf(name, catalog)).find(({ kind }) => kind === 'positional')
  const verb = verbs.find((word) => first?.kind === 'positional' && first.value === word)
  return verb === undefined ? name : `${name} ${verb}`
}

function readTokens(args: readonly string[], fields: readonly [string, Field][]) {
  const options = Object.fromEntries(
    fields.map(([, field]) => [
      field.flag,
      { type: field.value ? ('string' as const) : ('boolean' as const), multiple: true },
    ]),
  )
  return parseArgs({ args: [...args], options, tokens: true, strict: false, allowPositionals: true }).tokens
}

function unknownFlag(flag: string, command: string, fields: readonly [string, Field][]): UserError {
  const flags = fields.map(([, field]) => `--${field.flag}`)
  const near = nearest(flag, flags)
  return new UserError({
    code: 'unknown-flag',
    message: `There is no flag ${printable(flag)} for ${command}.${near ? ` Did you mean ${near}?` : ''}`,
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
  const { name = '', choices } = positional ?? {}
  const words = Object.keys(choices ?? {})
  if (positional?.required && given.length === 0) {
    throw new UserError({
      code: 'argument-missing',
      message: `${name} is missing.`,
      hint: choices ? `Valid: ${words.join(', ')}` : 'Add --help to see what this command takes.',
      exit: 2,
    })
  }
  const unknown = choices && given.find((word) => !words.includes(word))
  if (unknown !== undefined) throw unknownValue(name.toLowerCase(), unknown, words)
  return given
}
