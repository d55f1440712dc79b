import type { Value } from '../documents/document.ts'
import type { FieldPath } from '../documents/toml/place-of-key.ts'
import { nearest } from '../errors.ts'
import { type Message, say } from '../texts/message.ts'
import { commonPlaces } from './diagnosis-schema.ts'
import { FieldFault } from './folder-fault.ts'
import type { Tool, Variant } from './tool.ts'

/** A text of a tool's folder that may hold placeholders. */
interface Templated {
  /** The field or file, for a person. */
  readonly where: string
  /** The field of the manifest. */
  readonly at: FieldPath
  readonly content: Value
  /** The variants that it is for; all of them where it is left out. */
  readonly variants?: readonly string[] | undefined
}

/** Throws a FieldFault for the first placeholder of a tool's texts that could not be filled in for every variant that uses it. */
export function refuseWrongPlaceholder(tool: Tool): void {
  for (const one of templatesOf(tool)) {
    const fault = textsIn(one.content)
      .map(
        (text) =>
          unknownName(text, one, tool) ?? unknownPart(text, one, tool) ?? faultIn(text, one, tool.variants),
      )
      .find((found) => found !== undefined)
    if (fault !== undefined) throw new FieldFault(one.at, fault)
  }
}

function templatesOf({
  targets,
  keyDelivery,
  env,
  notes,
  snippets,
  importLinks,
  runs,
  steps,
}: Tool): Templated[] {
  return [
    ...targets.map(({ path, content, variants }, index) => ({
      where: path,
      at: ['targets', index, 'content'],
      content,
      variants,
    })),
    ...keyDelivery.map(({ beside = {}, variants }, index) => ({
      where: 'key_delivery.beside',
      at: ['key_delivery', index, 'beside'],
      content: beside,
      variants,
    })),
    ...Object.entries(env?.variables ?? {}).map(([name, content]) => ({
      where: 'env',
      at: ['env', 'variables', name],
      content,
    })),
    ...notes.flatMap(({ text, textZh, variants }, index) => [
      { where: 'notes', at: ['notes', index, 'text'], content: text, variants },
      { where: 'notes', at: ['notes', index, 'text_zh'], content: textZh ?? '', variants },
    ]),
    ...Object.entries(snippets).map(([language, content]) => ({
      where: `snippets.${language}`,
      at: ['snippets', language],
      content,
    })),
    ...Object.entries(importLinks).map(([name, { parameters }]) => ({
      where: `import_links.${name}`,
      at: ['import_links', name, 'parameters'],
      content: parameters,
    })),
    ...runs.map(({ args, env: variables, files, variants }, index) => ({
      where: 'run',
      at: ['run', index],
      content: [[...args], variables, ...files.map((file) => file.content)],
      variants,
    })),
    ...steps.map(({ text, textZh, settings }, index) => ({
      where: 'steps',
      at: ['steps', index],
      content: [text, textZh, settings?.content ?? null],
    })),
  ]
}

function faultIn(text: string, { where, variants }: Templated, all: readonly Variant[]): Message | undefined {
  const users = all.filter(({ id }) => variants === undefined || variants.includes(id))
  const names = [...text.matchAll(/\{\{ (baseUrl[\w:@/.-]*) \}\}/g)].map(([, name = '']) => name)
  const wrong = names.find((name) => !isBaseUrl(name, users, all))
  if (wrong) return say('folder.base-url', { where, name: wrong })
  const isJoined = text.includes('{{ keyArguments }}') && text !== '{{ keyArguments }}'
  return isJoined ? say('folder.key-arguments', { where }) : undefined
}

/** What `lookupFor` fills in besides places; a code snippet may name a protocol behind `model`. */
const names = [
  'baseUrl',
  'key',
  'keyCommand',
  'keyProgram',
  'keyArguments',
  'model',
  'option',
  'now',
  'moved',
]

/** A placeholder that there is not: its value would be left out without a word. */
function unknownName(text: string, { where }: Templated, { places }: Tool): Message | undefined {
  const known = [...names, ...commonPlaces, ...Object.keys(places)]
  for (const [, name = '', word = ''] of text.matchAll(/\{\{ ((\w+)[\w:@/.-]*) \}\}/g)) {
    if (known.includes(word)) continue
    return say('folder.unknown-placeholder', { where, name, near: nearest(word, known) ?? '' })
  }
  return undefined
}

/** A role of a model, an option or a place that the manifest does not have. */
function unknownPart(text: string, { where }: Templated, tool: Tool): Message | undefined {
  const { modelRoles, options, places } = tool
  const ids = options.map(({ id }) => id)
  const known = { 'model@': modelRoles, 'option:': ids, 'moved:': Object.keys(places) }
  for (const [, kind, id = ''] of text.matchAll(/\{\{ (model@|option:|moved:)([^ ]*) \}\}/g)) {
    if (known[kind as keyof typeof known].includes(id)) continue
    return say('folder.unknown-part', { where, name: `${kind}${id}` })
  }
  return undefined
}

/** `baseUrl`, `baseUrl:PROTOCOL`, `baseUrl@VARIANT`, or both. */
function isBaseUrl(name: string, users: readonly Variant[], all: readonly Variant[]): boolean {
  const parts = /^baseUrl(?::([\w-]+))?(?:@([\w/.-]+))?$/.exec(name)
  if (!parts) return false
  const [, protocol, id] = parts
  const meant = id === undefined ? users : all.filter((variant) => variant.id === id)
  if (id !== undefined && meant.length === 0) return false
  return (
    protocol === undefined ||
    meant.every(({ endpoints }) => endpoints.some((one) => one.protocol === protocol))
  )
}

function textsIn(value: Value): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** Names of settings that clients run as a command, and so put into a command line. */
const runByClients =
  /^(?:command|cmd|exec|execute|process|script|hooks?|helper|args|argv|arguments|askpass)$/i

/**
 * The first value that would bring the key into a command line, with why, or undefined: the key joined to other text,
 * as an item of a list, as a name, or in a setting that clients run.
 */
export function findMisplacedKey(content: Value, path: readonly string[] = []): FieldFault | undefined {
  const fault = (reason: Message | undefined) => reason && new FieldFault(path, reason)
  if (typeof content === 'string') return hasKey(content) ? fault(judgeKey(content, path)) : undefined
  if (typeof content !== 'object' || content === null) return undefined
  const field = path.join('.')
  if (Array.isArray(content))
    return hasKey(JSON.stringify(content)) ? fault(say('folder.key-in-list', { field })) : undefined
  const name = Object.keys(content).find(hasKey)
  if (name !== undefined) return fault(say('folder.key-in-name', { field }))
  return Object.entries(content)
    .map(([key, value]) => findMisplacedKey(value, [...path, key]))
    .find((found) => found !== undefined)
}

function judgeKey(text: string, path: readonly string[]): Message | undefined {
  const field = path.join('.')
  if (text !== '{{ key }}') return say('folder.key-joined', { field })
  const command = path.find((name) => wordsOf(name).some((word) => runByClients.test(word)))
  return command === undefined ? undefined : say('folder.key-in-command', { field, command })
}

function hasKey(text: string): boolean {
  return /\{\{\s*key\s*\}\}/.test(text)
}

/** `apiKeyHelper` and `API_KEY_HELPER` as their words. */
function wordsOf(name: string): string[] {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[^A-Za-z0-9]+/)
}

/** A name in a value, its path from the root, and what it holds. */
export interface Entry {
  readonly path: readonly string[]
  readonly name: string
  readonly value: Value
}

/** Every name in a value, however deep; the items of a list count by number. */
export function entriesOf(value: Value, above: readonly string[] = []): Entry[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, child]) => {
    const path = [...above, name]
    return [{ path, name, value: child as Value }, ...entriesOf(child as Value, path)]
  })
}
