import { resolve } from 'node:path'
import { type OutputUnit, Validator } from '@cfworker/json-schema'
import { resolvePath } from '../catalog/places.ts'
import type { FileSchema, Tool } from '../catalog/tool.ts'
import type { KeyPath, Value } from '../documents/document.ts'
import { valueAt } from '../documents/value.ts'
import { formatWhere, type Where } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { LedgerEntry } from '../ledger.ts'
import { type Message, say, written } from '../texts/message.ts'
import { isInRange, type OpenSource } from './find-setting.ts'
import type { EffectContext, ToolView } from './tool-view.ts'

/** One demand of a client that a file does not meet. */
export interface SchemaFault {
  /** The value at fault; for something missing, the container that lacks it. */
  readonly keyPath: KeyPath
  /** What is asked of it, in words that follow the name. */
  readonly text: Message
  /** The field that is missing. */
  readonly missing?: string
  /** It is a word out of a list, and lists grow with the client. */
  readonly isWord?: true
}

/** Everything in a file's data that its client would refuse, in the order of the schema. */
export function judgeSchema(data: Value, { schema }: Pick<FileSchema, 'schema'>): SchemaFault[] {
  const { valid, errors } = validate(data, schema as object)
  if (valid) return []
  const found = errors.flatMap((error) => faultOf(error, schema) ?? [])
  return [...new Map(found.map((fault) => [JSON.stringify(fault), fault])).values()]
}

/** All errors, or the first of so many that the validator, which hands them on as arguments, does not end. (@cfworker/json-schema 4.1.6) */
function validate(data: Value, schema: object): ReturnType<Validator['validate']> {
  try {
    return new Validator(schema, '2020-12', false).validate(data)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return new Validator(schema, '2020-12', true).validate(data)
  }
}

/** Errors of these only say that another one lies below. */
const carriers = ['properties', 'additionalProperties', 'items', 'allOf', 'if', 'then', 'else', '$ref']

function faultOf(error: OutputUnit, schema: Value): SchemaFault | undefined {
  const { keyword, keywordLocation, instanceLocation } = error
  // Of several forms none fits: which one was meant is not known.
  const isForm = /\/anyOf\/\d/.test(keywordLocation)
  if (carriers.includes(keyword) || isForm) return undefined
  const keyPath = stepsOf(instanceLocation)
  const demand = at(schema, stepsOf(keywordLocation))
  return { keyPath, ...wordsFor(error, demand) }
}

function wordsFor({ keyword, error }: OutputUnit, demand: Value | undefined): Omit<SchemaFault, 'keyPath'> {
  const listed = [demand ?? []].flat() as readonly Value[]
  switch (keyword) {
    case 'type':
      return { text: say('schema.type', { types: listed.map(typeName) }) }
    case 'enum':
    case 'const': {
      const words = say('report.list', { items: listed.map((value) => JSON.stringify(value)) })
      return { text: say('schema.words', { words }), isWord: true }
    }
    case 'required': {
      const missing = /"(.*)"/.exec(error)?.[1] ?? ''
      return { text: say('schema.missing', { field: missing }), missing }
    }
    case 'minLength':
      return { text: say('schema.empty') }
    case 'minimum':
    case 'maximum':
      return { text: say(`schema.${keyword}`, { value: String(demand) }) }
    case 'propertyNames':
      return { text: say('schema.names') }
    default:
      return { text: say('schema.form') }
  }
}

const typeNames = ['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'] as const

function typeName(type: Value): Message | string {
  const known = typeNames.find((name) => name === type)
  return known === undefined ? String(type) : say(`schema.${known}`)
}

/** The steps of a JSON pointer in a URI fragment. */
function stepsOf(location: string): string[] {
  return location
    .split('/')
    .slice(1)
    .map((step) => decodeURI(step).replaceAll('~1', '/').replaceAll('~0', '~'))
}

function at(value: Value, steps: readonly string[]): Value | undefined {
  return steps.reduce<Value | undefined>((here, step) => {
    if (here === null || typeof here !== 'object') return undefined
    return (here as Record<string, Value>)[step]
  }, value)
}

/** What a client would refuse in its own files, each with its line. */
export function schemaFindings(view: ToolView, context: EffectContext): Finding[] {
  return view.tool.schemas
    .filter(({ versions }) => isInRange(versions, view.version))
    .flatMap((shape) =>
      sourcesOf(shape, view, context).flatMap((source) =>
        judgeSchema(source.data, shape).map((fault) => shapeFinding(fault, shape, source, view, context)),
      ),
    )
}

/** The files that are there and hold something: an empty one cannot be lost, whatever its client makes of it. */
function sourcesOf(
  { files }: FileSchema,
  { sources, names }: ToolView,
  { machine }: EffectContext,
): OpenSource[] {
  const paths = files
    .filter((path) => Object.hasOwn(names, /^\{\{ (\w+) \}\}/.exec(path)?.[1] ?? ''))
    .map((path) => resolve(machine.cwd, resolvePath(path, names)))
  return sources.filter(
    ({ file, data }) => file && !file.problem && paths.includes(file.path) && holdsAny(data),
  )
}

function holdsAny(data: OpenSource['data']): boolean {
  return typeof data === 'object' && data !== null && Object.keys(data).length > 0
}

function shapeFinding(
  fault: SchemaFault,
  shape: FileSchema,
  { file, format, data }: OpenSource,
  view: ToolView,
  context: EffectContext,
): Finding {
  const path = file?.path ?? ''
  const line = context.files.lineOf(path, format, fault.keyPath)
  const where: Where = { file: path, ...(line !== undefined && { line }) }
  const name = fault.keyPath.join('.')
  return {
    id: 'wrong-shape',
    level: levelOf(fault, view),
    tool: view.tool.id,
    message: say('schema.fault', {
      where: formatWhere(where),
      name,
      fault: fault.text,
      consequence: written(shape.text, shape.textZh),
    }),
    where,
    hint: remedyOf(fault, name, where, canGo(fault.keyPath, data, shape)),
  }
}

/** A word that only a newer client than those that were measured may know is no more than worth a look. */
function levelOf({ isWord }: SchemaFault, { tool, version }: ToolView): 'error' | 'warning' {
  const isKnown = version === undefined || isInRange(tool.diagnosis.measured, version)
  return isWord && !isKnown ? 'warning' : 'error'
}

function remedyOf(
  { missing, keyPath }: SchemaFault,
  name: string,
  where: Where,
  isOptional: boolean,
): Message {
  const place = formatWhere(where)
  if (missing === undefined)
    return say(isOptional ? 'schema.correct-or-remove' : 'schema.correct', { name, place })
  if (keyPath.length === 0) return say('schema.add-to-file', { field: missing, place })
  return say(isOptional ? 'schema.add-or-remove' : 'schema.add', { field: missing, name, place })
}

/** Whether the client would do without a value, so that to take it out is a way as well. */
function canGo(keyPath: KeyPath, data: Value, shape: FileSchema): boolean {
  const name = keyPath.at(-1)
  const isOfParent = (fault: SchemaFault) => fault.keyPath.join('.') === keyPath.slice(0, -1).join('.')
  return !judgeSchema(without(data, keyPath), shape).some(
    (fault) => fault.missing === name && isOfParent(fault),
  )
}

function without(data: Value, [first = '', ...rest]: KeyPath): Value {
  if (data === null || typeof data !== 'object') return data
  const keep = ([key]: readonly [string, unknown]) => key !== first || rest.length > 0
  const entries = Object.entries(data)
    .filter(keep)
    .map(([key, value]) => [key, key === first ? without(value as Value, rest) : (value as Value)] as const)
  return Array.isArray(data) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
}

/** The demands on a file, by the values of ours in it: the place of the file may be another than today's. */
export function schemasOf(entries: readonly LedgerEntry[], tools: readonly Tool[] = []): FileSchema[] {
  const found = entries.flatMap(({ tool: owner, format, keyPath }) => {
    const tool = tools.find(({ id }) => id === owner)
    const paths = (tool?.targets ?? [])
      .filter((target) => target.format === format && valueAt(target.content, keyPath) !== undefined)
      .map(({ path }) => path)
    return (tool?.schemas ?? []).filter(({ files }) => files.some((path) => paths.includes(path)))
  })
  return [...new Set(found)]
}
