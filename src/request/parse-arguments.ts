import { parseArgs } from 'node:util'
import type { Catalog } from '../catalog/tool.ts'
import { nearest, UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Message } from '../texts/message.ts'
import { type CommandName, type Field, fieldsOf } from './fields.ts'
import { type Input, textOf } from './request.ts'

/** What may follow a command’s name without a flag. */
export interface Positional {
  readonly name: string
  readonly required: boolean
  readonly many?: boolean
  /** The words that are allowed, each with what it does; each has flags of its own in the table of fields. */
  readonly choices?: Readonly<Record<string, Message>>
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

/** A value that is none of the valid ones, with the nearest of them and all of them. Exit 2. */
export function unknownValue(what: string, value: string, valid: readonly string[]): UserError {
  const near = nearest(value, valid)
  return new UserError({
    code: `unknown-${what.replace(/\W+/g, '-')}`,
    message: `There is no ${what} "${printable(value)}".${near ? ` Did you mean ${near}?` : ''}`,
    hint: `Valid: ${valid.join(', ')}`,
    exit: 2,
  })
}

/** What was typed, without anything that would move the cursor or colour the screen. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?').slice(0, 80)
}

/** `--timeout` in ms, or undefined. Errors: UserError `bad-timeout`, exit 2. */
export function readTimeout(input: Input): number | undefined {
  const text = textOf(input, 'timeout')
  if (text === undefined) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (seconds > 0 && seconds <= 600) return seconds * 1000
  throw new UserError({
    code: 'bad-timeout',
    message: `--timeout "${printable(text)}" is no number of seconds between 0 and 600.`,
    hint: 'Example: --timeout 20',
    exit: 2,
  })
}

/** Of the gateway's keys; a file or a model is never named like this. */
const keyLook = /cr_[0-9a-f]{64}/i

/** A shorter text could be a word of the command line. */
const shortestKey = 12

/**
 * Errors: UserError `key-in-argument`, exit 2, where a key is anywhere on the command line: one of the gateway's look, or
 * the one that QCODE_API_KEY holds.
 */
export function refuseKeyArgument(args: readonly string[], { QCODE_API_KEY: own = '' }: Host['env']): void {
  const isOwn = (argument: string) => own.length >= shortestKey && argument.includes(own)
  if (!args.some((argument) => keyLook.test(argument) || isOwn(argument))) return
  throw new UserError({
    code: 'key-in-argument',
    message:
      "There is a key on the command line, where other programs see it and your shell's history keeps it. Nothing was done.",
    hint: 'Give it by --key-file PATH (or - for standard input) or as QCODE_API_KEY, and make a new key in the QCode.cc console.',
    exit: 2,
  })
}
