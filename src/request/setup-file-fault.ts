import type * as z from 'zod/mini'
import type { Catalog, Tool } from '../catalog/tool.ts'
import { type Value, whereAt } from '../documents/document.ts'
import type { Part, Path } from '../documents/locate-value.ts'
import { UserError, usageError, type Where } from '../errors.ts'
import { parseKeyReference } from '../secrets/key-reference.ts'
import { rememberKey } from '../secrets/mask-text.ts'
import { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import { wholeNumber } from './folder-flags.ts'
import { notValid, printable, unknownValue } from './parse-arguments.ts'
import { gatewaySettings, setupFileSchema } from './setup-file-schema.ts'
import { synonymsOf } from './synonyms.ts'

/** What is wrong with the content of a setup file, and where it stands there. */
interface SetupFileFault {
  readonly error: UserError
  readonly path: Path
  readonly part?: Part
}

type Issue = z.core.$ZodIssue

/** The first thing that is wrong, in the order of the schema; undefined where nothing is. */
export function setupFileFault(data: Value, catalog: Catalog): SetupFileFault | undefined {
  const schema = setupFileSchema(catalog)
  const names = {
    file: Object.keys(schema.file.shape),
    tool: Object.keys(schema.tool.shape),
    named: Object.keys(schema.named.shape),
  }
  const { error } = schema.file.safeParse(data)
  const [issue] = error?.issues ?? []
  if (issue) return describe(innermost(issue, data), data, names, catalog)
  return besides(data as Readonly<Record<string, Value>>, catalog)
}

/** Of what may be this or that, what is wrong with the one that was meant. */
function innermost(issue: Issue, data: Value): Issue {
  if (issue.code !== 'invalid_union') return issue
  const value = valueAt(data, issue.path as Path)
  const meant = issue.errors.find((issues) => issues.length > 0 && !issues.some((one) => isOther(one, value)))
  const [first] = meant ?? []
  if (!first) return { ...issue, code: 'invalid_type', expected: 'string' } as Issue
  return innermost({ ...first, path: [...issue.path, ...first.path] } as Issue, data)
}

/** Whether a value is of another kind altogether. */
function isOther(issue: Issue, value: Value | undefined): boolean {
  if (issue.path.length > 0) return false
  if (issue.code === 'invalid_union')
    return issue.errors.every((issues) => issues.some((one) => isOther(one, value)))
  return issue.code === 'invalid_type' || (issue.code === 'invalid_value' && typeof value !== 'string')
}

function describe(
  issue: Issue,
  data: Value,
  names: Readonly<Record<'file' | 'tool' | 'named', readonly string[]>>,
  catalog: Catalog,
): SetupFileFault {
  const path = issue.path as Path
  const value = valueAt(data, path)
  const name = String(path.findLast((step) => typeof step === 'string') ?? '')
  if (path.length === 4 && path[2] === 'options')
    return { error: wrong(name, 'setup-file.type.option'), path }
  const isNamed = path[0] === 'names'
  if (path[0] === 'key') return { error: noReference(), path: ['key'] }
  if (isNamed && path[2] === 'key') return { error: noReference(), path: path.slice(0, 3) }
  const isTool = path[0] === 'tools' && (path.length === 2 || (path.length === 3 && path[2] === 'id'))
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    const valid = path.length === 0 ? names.file : isNamed ? names.named : names.tool
    return { error: unknownSetting(key, valid), path: [...path, key], part: 'key' }
  }
  if (isTool && typeof value === 'string') return { error: unknownTool(value, catalog), path }
  if (issue.code === 'invalid_value' && typeof value === 'string')
    return { error: unknownChoice(name, value, issue.values.map(String), catalog), path }
  if (issue.code === 'invalid_value') return { error: wrong(name, 'setup-file.type.number'), path }
  if (issue.code === 'too_big' || issue.code === 'too_small')
    return { error: refused('setup-file.length', say('setup-file.length', { name })), path }
  if (issue.code === 'invalid_key' && isNamed)
    return { error: badName(String(path.at(-1))), path, part: 'key' }
  if (issue.code === 'invalid_key') {
    const variable = String(path.at(-1))
    return {
      error: refused('setup-file.variable', say('setup-file.variable', { name: printable(variable) })),
      path,
      part: 'key',
    }
  }
  if (isTool && path.length === 2) return { error: wrong('tools', 'setup-file.type.tool'), path }
  const expected = issue.code === 'invalid_type' ? issue.expected : 'string'
  if (value === undefined)
    return { error: refused('setup-file.missing', say('setup-file.missing', { name })), path }
  return { error: wrong(name, typeText(expected)), path }
}

function typeText(expected: string) {
  if (expected === 'array') return 'setup-file.type.list'
  return expected === 'object' || expected === 'record' ? 'setup-file.type.table' : 'setup-file.type.text'
}

/** What the schema cannot say. */
function besides(data: Readonly<Record<string, Value>>, catalog: Catalog): SetupFileFault | undefined {
  const key = data.key as Parameters<typeof parseKeyReference>[0] | undefined
  if (key !== undefined && !parseKeyReference(key)) return { error: noReference(), path: ['key'] }
  const second = secondGateway(data)
  if (second) return { error: both(second), path: [second], part: 'key' }
  const names = (data.names ?? {}) as Readonly<Record<string, Readonly<Record<string, Value>>>>
  for (const [name, said] of Object.entries(names)) {
    const own = said.key as typeof key
    if (own !== undefined && !parseKeyReference(own))
      return { error: noReference(), path: ['names', name, 'key'] }
    const other = secondGateway(said)
    if (other) return { error: both(other), path: ['names', name, other], part: 'key' }
  }
  const tools = (data.tools ?? []) as readonly (string | Readonly<Record<string, Value>>)[]
  for (const [index, tool] of tools.entries()) {
    const path = ['tools', index]
    const id = typeof tool === 'string' ? tool : String(tool.id)
    const known = catalog.tools.find((candidate) => candidate.id === id)
    if (!known)
      return { error: unknownTool(id, catalog), path: typeof tool === 'string' ? path : [...path, 'id'] }
    if (typeof tool === 'string') continue
    const second = secondGateway(tool)
    if (second) return { error: both(second), path: [...path, second], part: 'key' }
    const variants = known.variants.map((variant) => variant.id)
    if (tool.variant !== undefined && !variants.includes(String(tool.variant)))
      return {
        error: unknownChoice('variant', String(tool.variant), variants, catalog),
        path: [...path, 'variant'],
      }
    const wrong = wrongWish(tool, known, catalog)
    if (wrong) return { ...wrong, path: [...path, ...wrong.path] }
  }
  return undefined
}

/** A role or an option that the tool does not have, or a value that the option does not take. */
function wrongWish(
  { models = {}, options = {} }: Readonly<Record<string, Value>>,
  { modelRoles, options: known }: Tool,
  catalog: Catalog,
): SetupFileFault | undefined {
  const role = Object.keys(models as object).find((name) => !modelRoles.includes(name))
  if (role !== undefined)
    return { error: unknownChoice('models', role, modelRoles, catalog), path: ['models', role], part: 'key' }
  const ids = known.map(({ id }) => id)
  for (const [name, value] of Object.entries(options as Readonly<Record<string, boolean | number>>)) {
    const option = known.find(({ id }) => id === name)
    if (!option)
      return { error: unknownChoice('options', name, ids, catalog), path: ['options', name], part: 'key' }
    const isNumber = option.number !== undefined
    if (value === false || (isNumber ? wholeNumber.test(String(value)) : value === true)) continue
    return {
      error: wrong(name, isNumber ? 'setup-file.type.whole' : 'setup-file.type.switch'),
      path: ['options', name],
    }
  }
  return undefined
}

function valueAt(data: Value | undefined, path: Path): Value | undefined {
  return path.reduce<Value | undefined>((value, step) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    return (value as Readonly<Record<string, Value>>)[step]
  }, data)
}

/** The names that other files of this kind use. */
const otherNames = [
  ['tool', 'tools'],
  ['base_url', 'gateway'],
  ['url', 'gateway'],
  ['api_key', 'key'],
  ['apiKey', 'key'],
  ['token', 'key'],
  ['keyStore', 'key_store'],
  ['key-store', 'key_store'],
  ['place', 'project'],
] as const

function unknownSetting(name: string, valid: readonly string[]): UserError {
  const shown = valid.filter((one) => one !== '$schema')
  return notValid('setting', say('setup-file.unknown', { name: printable(name) }), name, shown, otherNames)
}

function unknownTool(id: string, catalog: Catalog): UserError {
  const ids = catalog.tools.map((tool) => tool.id)
  return unknownValue('tool', id, ids, catalog)
}

function unknownChoice(name: string, value: string, valid: readonly string[], catalog: Catalog): UserError {
  const message = say('setup-file.value', { name, value: printable(value) })
  return notValid(name, message, value, valid, synonymsOf(name.replace('_', '-'), catalog))
}

function badName(name: string): UserError {
  return usageError('bad-name', say('name.form', { name: printable(name) }), say('name.form.hint'))
}

function noReference(): UserError {
  return refused('key-reference', say('setup-file.key-reference'), say('setup-file.key-inside.hint'))
}

/** What says a second time where the gateway is. */
function secondGateway(said: Readonly<Record<string, Value>>): string | undefined {
  return gatewaySettings.filter((name) => said[name] !== undefined)[1]
}

function both(second: string): UserError {
  return refused('region-and-gateway', say(second === 'name' ? 'setup-file.both.name' : 'setup-file.both'))
}

function wrong(name: string, type: Parameters<typeof say>[0] & `setup-file.type.${string}`): UserError {
  return refused('setup-file.type', say('setup-file.type', { name, type: say(type) }))
}

function refused(code: string, message: Message, hint = say('setup-file.hint')): UserError {
  return new UserError({ code: code.replaceAll('.', '-'), message, hint, exit: 2 })
}

/** What the keys of the gateway, and those of its vendors, look like. */
const keyLook = /(?:cr_|sk-)[\w-]{16,}/i

/** Errors: UserError `key-in-file`, exit 2, for a text with a key in it. */
export function refuseKeyText(text: string, file: string): void {
  const found = keyLook.exec(text)
  if (!found) return
  rememberKey(new Secret(found[0]))
  throw keyInside(whereAt(file, text, found.index))
}

/** Where a key stands: one that is spelled with escapes, so that the text does not show it. */
export function pathToKey(value: Value | undefined, path: Path = []): Path | undefined {
  if (typeof value === 'string') return keyLook.test(value) ? path : undefined
  if (typeof value !== 'object' || value === null) return undefined
  const entries: [string | number, Value][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value as Record<string, Value>)
  for (const [name, inner] of entries) {
    if (typeof name === 'string' && keyLook.test(name)) return path
    const found = pathToKey(inner, [...path, name])
    if (found) return found
  }
  return undefined
}

/** UserError `key-in-file`, exit 2. */
export function keyInside(where: Where): UserError {
  return new UserError({
    code: 'key-in-file',
    message: say('setup-file.key-inside'),
    hint: [say('setup-file.key-inside.hint'), say('setup-file.key-inside.exposed')],
    exit: 2,
    where,
  })
}
