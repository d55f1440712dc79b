import { parseArgs } from 'node:util'
import type { Catalog } from '../catalog/tool.ts'
import { nearest, type Synonyms, UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { joined, type Message, say, written } from '../texts/message.ts'
import { type CommandName, commands, type Field, fieldsOf } from './fields.ts'
import { type Input, textOf } from './request.ts'
import { synonymsOf } from './synonyms.ts'

/** A name of the user's: lower case, so that no disk takes two for one; none is a device of Windows. */
export const formOfName = /^(?!(?:con|prn|aux|nul|(?:com|lpt)\d)$)[a-z0-9][a-z0-9_-]{0,31}$/

/** What may follow a command’s name without a flag. */
export interface Positional {
  readonly name: string
  readonly required: boolean
  readonly many?: boolean
  /** What stands behind `--` goes to another program as it is. */
  readonly passesRest?: boolean
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
export function parseArguments(given: readonly string[], command: CommandLine, catalog: Catalog): Input {
  const args = command.positional?.passesRest ? ownArguments(given) : given
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
  const [toolName = '', toolField] = fields.find(([, { flag }]) => flag === 'tool') ?? []
  const all = { tools: [], others: positionals }
  const { tools, others } = toolField ? splitTools(positionals, command, catalog) : all
  for (const word of tools) {
    const checked = toolField ? checkedTool(word, fullName, toolField, catalog) : word
    values[toolName] = [...(values[toolName] ?? []), checked]
  }
  return {
    values,
    switches,
    positionals: checkedPositionals(others, command),
    ...(command.positional?.passesRest && { rest: given.slice(args.length + 1) }),
  }
}

/** The arguments in front of `--`: what is behind it is another program's. */
export function ownArguments(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return end === -1 ? args : args.slice(0, end)
}

/**
 * Tools may be named without `--tool`: behind a verb, and beside a region. Any other word is a tool that is misspelled, once
 * what else the command takes has been said.
 */
function splitTools(
  given: readonly string[],
  { positional }: CommandLine,
  catalog: Catalog,
): { tools: readonly string[]; others: readonly string[] } {
  if (!positional) return { tools: given, others: [] }
  if (positional.choices) return { tools: given.slice(1), others: given.slice(0, 1) }
  const others = given.filter((word) => !namesTools(word, catalog)).slice(0, 1)
  return { tools: given.filter((word) => !others.includes(word)), others }
}

/** A tool's id, a list of them, or a word for several; what is a region as well, is meant as a region. */
function namesTools(word: string, { tools, gateway }: Catalog): boolean {
  const ids = [...tools.map(({ id }) => id), 'all', 'detected']
  const isRegion = gateway.regions.some(({ id, aliases }) => [id, ...aliases].includes(word))
  const isGuess = nearest(word, ids, synonymsOf('tool', { tools })) !== undefined
  const near = nearest(word, regionIds(gateway), synonymsOf('region', { gateway }))
  return !isRegion && (ids.includes(word) || word.includes(',') || (isGuess && near === undefined))
}

function regionIds({ regions }: Catalog['gateway']): string[] {
  return regions.flatMap(({ id, aliases }) => [id, ...aliases])
}

/** A command that knows tools of its own, as those that are set up, looks at the word itself. */
function checkedTool(value: string, command: string, field: Field, catalog: Catalog): string {
  const valid = field.choices?.(catalog)
  const unknown = valid && value.split(',').find((word) => !valid.includes(word))
  if (unknown === undefined) return value
  refuseNotWritten(unknown, catalog)
  const { gateway } = catalog
  const near = nearest(unknown, regionIds(gateway), synonymsOf('region', { gateway }))
  const takesRegion = fieldsOf(command, catalog).some(([, { flag }]) => flag === 'region')
  const region = near !== undefined && takesRegion ? `--region ${near}` : undefined
  const message = say('unknown.tool', { value: printable(unknown) })
  throw notValid('tool', message, unknown, valid ?? [], synonymsOf('tool', catalog), region)
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
      {
        type: field.value ? ('string' as const) : ('boolean' as const),
        multiple: true,
        ...(field.short !== undefined && { short: field.short }),
      },
    ]),
  )
  return parseArgs({ args: [...args], options, tokens: true, strict: false, allowPositionals: true }).tokens
}

function unknownFlag(flag: string, command: string, fields: readonly [string, Field][]): UserError {
  const flags = fields.map(([, field]) => `--${field.flag}`)
  const typed = flag.replace(/^-(?=\w)/, '--')
  const synonyms = synonymsOf('flag')
  // `--remove` is no slip in a flag, but a command; `--key` is a flag, of other commands.
  const asCommands = commands
    .map((name) => [`--${name}`, `qcode-setup ${name}`] as const)
    .filter(([word]) => !synonyms.some(([flag]) => flag === word))
  const near = nearest(typed, [...flags, 'qcode-setup'], [...synonyms, ...asCommands])
  return new UserError({
    code: 'unknown-flag',
    message: withNearest(say('unknown.flag', { flag: printable(flag), command }), near),
    hint: [say('usage.valid', { values: flags }), say('usage.help', { command })],
    exit: 2,
  })
}

function refuseValue(name: string, token: { rawName: string; value: string | undefined }): string {
  if (token.value === undefined) return name
  throw new UserError({
    code: 'value-not-expected',
    message: say('usage.no-value', { flag: token.rawName }),
    hint: say('usage.no-value.hint', { flag: token.rawName }),
    exit: 2,
  })
}

function checkedValue(field: Field, value: string | undefined, catalog: Catalog): string {
  const missing = value === undefined || value === ''
  if (missing || (value.startsWith('--') && value.length > 2)) {
    throw new UserError({
      code: 'value-missing',
      message: say('usage.value-missing', { flag: field.flag }),
      hint: say('usage.value-missing.hint', {
        flag: field.flag,
        value: field.value ?? '',
        summary: field.summary,
      }),
      exit: 2,
    })
  }
  const valid = field.choices?.(catalog)
  const words = field.many ? value.split(',') : [value]
  const unknown = valid && words.find((word) => !valid.includes(word))
  if (unknown !== undefined) throw unknownChoice(field.flag, unknown, valid ?? [], catalog)
  return value
}

function checkedPositionals(
  given: readonly string[],
  { name: command, positional }: CommandLine,
): readonly string[] {
  const help = say('usage.help', { command })
  const extra = positional?.many ? undefined : given[positional ? 1 : 0]
  if (extra !== undefined) {
    throw new UserError({
      code: 'argument-not-expected',
      message: say('usage.extra', { value: printable(extra) }),
      hint: help,
      exit: 2,
    })
  }
  const { name = '', choices } = positional ?? {}
  const words = Object.keys(choices ?? {})
  if (positional?.required && given.length === 0) {
    throw new UserError({
      code: 'argument-missing',
      message: choices
        ? say('usage.verb-missing', { verbs: words })
        : say('usage.argument-missing', { name }),
      hint: help,
      exit: 2,
    })
  }
  const unknown = choices && given.find((word) => !words.includes(word))
  if (unknown !== undefined) throw unknownValue('verb', unknown, words)
  return given
}

/** What has a name of its own in `unknown.*` of the texts; every other value is one of a flag's. */
type Named = 'command' | 'region' | 'tool' | 'tool-in-model' | 'verb'

/** A value that is none of the valid ones, with the nearest of them and all of them. Exit 2. */
export function unknownValue(
  what: Named,
  value: string,
  valid: readonly string[],
  catalog?: Partial<Catalog>,
): UserError {
  if (what === 'tool') refuseNotWritten(value, catalog)
  const synonyms = synonymsOf(what === 'tool-in-model' ? 'tool' : what, catalog)
  return notValid(what, say(`unknown.${what}`, { value: printable(value) }), value, valid, synonyms)
}

/** Errors: UserError, exit 2, that says how a client is set up of which nothing is written, or why it is not set up. */
function refuseNotWritten(word: string, { byHand = [], leftOut = [] }: Partial<Catalog> = {}): void {
  const tool = byHand.find(({ id, alsoCalled = [] }) => [id, ...alsoCalled].includes(word.toLowerCase()))
  if (tool)
    throw new UserError({
      code: 'set-up-by-hand',
      message: say('unknown.by-hand', { tool: tool.title }),
      hint: say('unknown.by-hand.hint', { command: `qcode-setup print ${tool.id}` }),
      exit: 2,
    })
  const client = leftOut.find(({ id }) => id === word.toLowerCase())
  if (client)
    throw new UserError({
      code: 'left-out',
      message: say('unknown.left-out', { tool: client.title, why: written(client.why, client.whyZh) }),
      hint: 'qcode-setup tools',
      exit: 2,
    })
}

function unknownChoice(flag: string, value: string, valid: readonly string[], catalog: Catalog): UserError {
  if (flag === 'region' || flag === 'tool') return unknownValue(flag, value, valid, catalog)
  return notValid(
    flag,
    say('unknown.value', { flag, value: printable(value) }),
    value,
    valid,
    synonymsOf(flag),
  )
}

/** The same for a value with a message of its own, and what it is where it is near none of them; its code is `unknown-WHAT`. */
export function notValid(
  what: string,
  message: Message,
  value: string,
  valid: readonly string[],
  synonyms: Synonyms,
  other?: string,
): UserError {
  return new UserError({
    code: `unknown-${what}`,
    message: withNearest(message, nearest(value, valid, synonyms) ?? other),
    hint: [say('usage.valid', { values: valid }), ...(what === 'command' ? [say('usage.commands')] : [])],
    exit: 2,
  })
}

function withNearest(message: Message, near: string | undefined): Message {
  return near === undefined ? message : joined([message, say('usage.near', { near })], '')
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
    message: say('usage.timeout', { value: printable(text) }),
    hint: say('usage.timeout.hint'),
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
    message: say('usage.key-in-argument'),
    hint: say('usage.key-in-argument.hint'),
    exit: 2,
  })
}
