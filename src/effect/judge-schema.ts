import { resolve } from 'node:path'
import { type OutputUnit, Validator } from '@cfworker/json-schema'
import { resolvePath } from '../catalog/places.ts'
import type { FileSchema } from '../catalog/tool.ts'
import type { KeyPath, Value } from '../documents/document.ts'
import { formatWhere, type Where } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { isInRange, type OpenSource } from './find-setting.ts'
import type { EffectContext, ToolView } from './tool-view.ts'

/** One demand of a client that a file does not meet. */
export interface SchemaFault {
  /** The value at fault; for something missing, the container that lacks it. */
  readonly keyPath: KeyPath
  /** What is asked of it, in words that follow the name. */
  readonly text: string
  readonly textZh: string
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
  const words = listed.map((value) => JSON.stringify(value)).join(', ')
  switch (keyword) {
    case 'type':
      return {
        text: `has to be ${listed.map(typeName).join(' or ')}`,
        textZh: `必须是${listed.map(typeNameZh).join('或')}`,
      }
    case 'enum':
    case 'const':
      return { text: `has to be one of ${words}`, textZh: `必须是 ${words} 之一`, isWord: true }
    case 'required': {
      const missing = /"(.*)"/.exec(error)?.[1] ?? ''
      return { text: `lacks ${missing}`, textZh: `缺少 ${missing}`, missing }
    }
    case 'minLength':
      return { text: 'must not be empty', textZh: '不能为空' }
    case 'minimum':
      return { text: `has to be at least ${demand}`, textZh: `不能小于 ${demand}` }
    case 'maximum':
      return { text: `has to be at most ${demand}`, textZh: `不能大于 ${demand}` }
    case 'propertyNames':
      return { text: 'holds a name that is not allowed', textZh: '含有不允许的名称' }
    default:
      return { text: 'has a wrong form', textZh: '格式不正确' }
  }
}

const typeNames: Readonly<Record<string, readonly [en: string, zh: string]>> = {
  string: ['a text', '文本'],
  number: ['a number', '数字'],
  integer: ['a whole number', '整数'],
  boolean: ['true or false', 'true 或 false'],
  array: ['a list', '列表'],
  object: ['a table of names and values', '由名称和值组成的表'],
  null: ['null', 'null'],
}

function typeName(type: Value): string {
  return typeNames[String(type)]?.[0] ?? String(type)
}

function typeNameZh(type: Value): string {
  return typeNames[String(type)]?.[1] ?? String(type)
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
  const said = { en: `${name} ${fault.text}`.trim(), zh: `${name} ${fault.textZh}`.trim() }
  return {
    id: 'wrong-shape',
    level: levelOf(fault, view),
    tool: view.tool.id,
    message: `${formatWhere(where)}: ${said.en}. ${shape.text}`,
    messageZh: `${formatWhere(where)}：${said.zh}。${shape.textZh}`,
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
): string {
  const place = formatWhere(where)
  if (keyPath.length === 0) return `Add ${missing} to ${place}, or move the file away.`
  const words =
    missing === undefined ? `Correct ${name} in ${place}` : `Add ${missing} to ${name} in ${place}`
  if (!isOptional) return `${words}.`
  return `${words}, or take ${missing === undefined ? 'it' : name} out.`
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
