import { type Places, resolvePlaces } from '../catalog/places.ts'
import type { Tool } from '../catalog/tool.ts'
import type { KeyPath, Value } from '../documents/document.ts'
import { isTable, leavesOf } from '../documents/value.ts'
import type { ToolChoice } from '../request/request.ts'
import { maskText } from '../secrets/mask-text.ts'
import { maskKey, Secret } from '../secrets/secret.ts'
import { isPlainValue, isSecretGroup, longestSecret, secrecyOf } from '../secrets/secret-name.ts'

/** A value of a template with its placeholders filled in; a key stays a Secret until it is written. */
export type FilledValue = Value | Secret

/** One value and where it stands. */
export interface Leaf {
  readonly keyPath: KeyPath
  readonly value: FilledValue
}

/** The value of a placeholder such as `baseUrl`, `baseUrl:openai-chat` or `model`; undefined leaves the template's value out. */
export type Lookup = (name: string) => FilledValue | undefined

const placeholder = /\{\{ ([\w:@/.-]+) \}\}/g

const onlyPlaceholder = /^\{\{ ([\w:@/.-]+) \}\}$/

/**
 * Every value of a parsed template by its key path, placeholders replaced inside parsed values, so that no value can
 * break out of its string. A value whose placeholder has no value is left out, never written empty.
 */
export function fillTemplate(content: Value, lookup: Lookup): Leaf[] {
  return leavesOf(content).flatMap(({ keyPath, value }) => {
    const filled = fillValue(value, lookup)
    return filled === undefined ? [] : [{ keyPath, value: filled }]
  })
}

/** A parameter without a value, such as a model that nobody named, is left out. A key is in it as it is. */
export function fillLink({ address, parameters }: Tool['importLinks'][string], lookup: Lookup): string {
  const filled = fillTemplate(parameters, lookup).map(
    ({ keyPath: [name = ''], value }) => `${name}=${encodeURIComponent(String(revealValue(value)))}`,
  )
  return `${address}?${filled.join('&')}`
}

/** A text with its placeholders filled in for a person to read; a placeholder without a value is left out. */
export function fillText(text: string, lookup: Lookup): string {
  return text.replace(placeholder, (_, name: string) => String(lookup(name) ?? ''))
}

function fillValue(value: Value, lookup: Lookup): FilledValue | undefined {
  if (Array.isArray(value)) return fillList(value, lookup)
  if (typeof value !== 'string') return value
  const only = onlyPlaceholder.exec(value)?.[1]
  if (only !== undefined) return lookup(only)
  const names = [...value.matchAll(placeholder)].map((match) => match[1] ?? '')
  const values = names.map(lookup)
  if (values.some((found) => found !== undefined && typeof found !== 'string'))
    throw new Error('a template must not join a key or a list to other text')
  return values.includes(undefined) ? undefined : fillText(value, lookup)
}

/** A list is left out whole where a text in it has no value; a folder with a key in a list is refused. */
function fillList(list: readonly Value[], lookup: Lookup): Value | undefined {
  const filled = list.map((item) => {
    const fields = Object.entries(isTable(item) ? item : { item })
    const values = fields.map(([name, value]) => [name, fillValue(value, lookup)] as const)
    if (values.some(([, value]) => value === undefined)) return undefined
    return isTable(item) ? (Object.fromEntries(values) as Value) : (values[0]?.[1] as Value)
  })
  return filled.every((item) => item !== undefined) ? filled : undefined
}

/** What was wished for at `model`, `model@ROLE` or `option:ID`; nothing where it was not. */
export function wishValue(
  name: string,
  { tool, model, models, options }: Pick<ToolChoice, 'tool' | 'model' | 'models' | 'options'>,
): string | boolean | undefined {
  const [, role, id = ''] = /^(?:model@(.+)|option:(.+))$/.exec(name) ?? []
  const value = name === 'model' ? model : role === undefined ? options?.[id] : models?.[role]
  if (id !== '') return value && (tool.options.find((option) => option.id === id)?.writes ?? value)
  return value === undefined || value.includes('/') ? value : `${tool.modelPrefix ?? ''}${value}`
}

/** The place behind `moved:`, if it is not where it would be without variables of the environment. */
export function movedPlace(
  name: string,
  places: Places,
  { tool, project }: Pick<ToolChoice, 'tool' | 'project'>,
  host: Parameters<typeof resolvePlaces>[1],
): string | undefined {
  const place = name.slice('moved:'.length)
  const usual = resolvePlaces(tool.places, { ...host, env: {} }, project)
  return places[place] === usual[place] ? undefined : places[place]
}

/** A value as it goes into a file or into what `print` was asked to show; nothing else may call this. */
export function revealValue(value: FilledValue): Value {
  return value instanceof Secret ? Secret.reveal(value) : value
}

/** A value for the screen: a key, ours or the user's, is masked, in a list or a table too. `isKey` where one stands, whatever its name. */
export function displayValue(value: FilledValue | undefined, keyPath: KeyPath, isKey = false): string {
  if (value === undefined) return ''
  if (value instanceof Secret) return value.toString()
  if (isSecretValue(value, keyPath, isKey)) return maskKey(String(value))
  return JSON.stringify(shown(value as Value, keyPath, isKey))
}

function shown(value: Value, keyPath: KeyPath, isKey: boolean): Value {
  if (isSecretValue(value, keyPath, isKey)) return maskKey(String(value))
  if (typeof value === 'string') return maskText(firstLine(value), [])
  if (Array.isArray(value)) return value.map((item, index) => shown(item, [...keyPath, String(index)], isKey))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, shown(child as Value, [...keyPath, key], isKey)]),
  )
}

/** A script is no value to be read in a table or a warning. */
function firstLine(text: string): string {
  const [first = '', ...others] = text.split('\n')
  return others.length > 3 ? `${first} …` : text
}

/** A shorter text could be any word of a file; it is hidden by its place alone. */
const shortestToFind = 8

/** Every text in a document that is, or looks like, a key, and is long enough to be looked for. */
export function findSecrets(data: Value, keyPath: KeyPath = []): Secret[] {
  const found: Secret[] = []
  collectSecrets(data, nameIn(keyPath), keyPath.slice(0, -1).some(isSecretGroup), found)
  return found
}

/** `isGrouped`: all that stands in the table around it is secret. */
function collectSecrets(data: unknown, name: string, isGrouped: boolean, found: Secret[]): void {
  if (typeof data === 'string') {
    if (data.length >= shortestToFind && isSecretText(data, name, isGrouped)) found.push(new Secret(data))
  } else if (Array.isArray(data)) {
    const isBelow = isGrouped || isSecretGroup(name)
    for (let index = 0; index < data.length; index += 1) collectSecrets(data[index], name, isBelow, found)
  } else if (typeof data === 'object' && data !== null) {
    const isBelow = isGrouped || isSecretGroup(name)
    for (const key in data)
      collectSecrets(data[key as keyof object], isIndex(key) ? name : key, isBelow, found)
  }
}

function isSecretValue(value: unknown, keyPath: KeyPath, isKey: boolean): value is string | number {
  if (typeof value !== 'string' && typeof value !== 'number') return false
  const text = String(value)
  if (isKey) return text !== ''
  return isSecretText(text, nameIn(keyPath), keyPath.slice(0, -1).some(isSecretGroup))
}

function isSecretText(text: string, name: string, isGrouped: boolean): boolean {
  if (isWholeSecret(text)) return true
  return (isGrouped || secrecyOf(name) !== undefined) && !isPlainValue(text, name)
}

/** The last key that is a name and not the place in a list. */
function nameIn(keyPath: KeyPath): string {
  return keyPath.findLast((key) => !isIndex(key)) ?? ''
}

function isIndex(key: string): boolean {
  return /^\d+$/.test(key)
}

/** One key and nothing else, by its look. */
function isWholeSecret(text: string): boolean {
  if (text.length > longestSecret) return false
  return /^[\w.-]{8,}$/.test(text) && /^\S{3}…\S{4}$|^•+$/.test(maskText(text, []))
}
