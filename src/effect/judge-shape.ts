import { type OutputUnit, Validator } from '@cfworker/json-schema'
import type { Shape } from '../catalog/tool.ts'
import type { KeyPath, Value } from '../documents/document.ts'

/** One demand of a client that a file does not meet. */
export interface ShapeFault {
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
export function judgeShape(data: Value, { schema }: Pick<Shape, 'schema'>): ShapeFault[] {
  const { valid, errors } = new Validator(schema as object, '2020-12', false).validate(data)
  if (valid) return []
  const found = errors.flatMap((error) => faultOf(error, schema) ?? [])
  return [...new Map(found.map((fault) => [JSON.stringify(fault), fault])).values()]
}

/** Errors of these only say that another one lies below. */
const carriers = ['properties', 'additionalProperties', 'items', 'allOf', 'if', 'then', 'else', '$ref']

function faultOf(error: OutputUnit, schema: Value): ShapeFault | undefined {
  const { keyword, keywordLocation, instanceLocation } = error
  // Of several forms none fits: which one was meant is not known.
  const isForm = /\/anyOf\/\d/.test(keywordLocation)
  if (carriers.includes(keyword) || isForm) return undefined
  const keyPath = stepsOf(instanceLocation)
  const demand = at(schema, stepsOf(keywordLocation))
  return { keyPath, ...wordsFor(error, demand) }
}

function wordsFor({ keyword, error }: OutputUnit, demand: Value | undefined): Omit<ShapeFault, 'keyPath'> {
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
