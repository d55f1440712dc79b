import { lstatSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { $ZodError } from 'zod/v4/core'
import type { Value } from '../documents/document.ts'
import { type FormatId, loadFormats } from '../documents/formats.ts'
import { hasCode, nearest, UserError, type Where } from '../errors.ts'
import { findProtocol, type Gateway } from '../gateway/gateway.ts'
import { doubtOf, type User } from '../host/ownership.ts'
import { type Message, say } from '../texts/message.ts'
import { compileDiagnosis, findUnknownPlace, isRule } from './diagnosis-schema.ts'
import { compileProof, type Manifest, manifestSchema } from './manifest-schema.ts'
import type { Condition, FileSchema, KeyDelivery, Note, Target, Tool, Variant } from './tool.ts'
import { entriesOf, findMisplacedKey, findWrongPlaceholder } from './wrong-placeholders.ts'

/** Reads the text of a file, by its path. */
export type ReadText = (path: string) => string

/**
 * A tool's folder as a Tool: the manifest checked, every content file parsed in its own format.
 * Errors: UserError `tool-folder` (exit 2) that names the file and the field; also when a prefix and what the client
 * appends are no route of the protocol, so that a wrong base URL cannot even be loaded.
 */
export async function compileTool(folder: string, gateway: Gateway, readText: ReadText): Promise<Tool> {
  const file = join(folder, 'tool.toml')
  const manifest = parseManifest(await parseContent(file, 'toml', readText), file)
  refuseWrongRoutes(manifest, gateway, file)
  const unknownPlace = findUnknownPlace(manifest, Object.keys(manifest.places))
  if (unknownPlace !== undefined) throw folderError(file, unknownPlace)
  refuseWrongFallbacks(manifest, file)
  refuseMisplacedKey(manifest.env?.variables ?? {}, file, ['env', 'variables'])
  refuseUnknownDelivery(manifest, file)
  refuseSchemaOfNothing(manifest, file)
  const { measured, sources, lookups, connections, model_aliases, traps, prove, ...setup } = manifest
  const {
    also_called,
    pin_flag,
    model_prefix,
    daemon,
    env,
    detect,
    variants,
    key_delivery,
    key_variable,
    targets,
    schemas,
    notes,
    snippets,
    ...rest
  } = setup
  const readPart = (name: string) => readText(join(folder, name))
  const tool = {
    ...rest,
    detect: withoutUndefined(detect) as Tool['detect'],
    variants: variants.map(compileVariant),
    keyDelivery: key_delivery.map(withoutUndefined) as readonly KeyDelivery[],
    ...(key_variable !== undefined && { keyVariable: key_variable }),
    targets: await Promise.all(targets.map((target) => compileTarget(target, folder, readText))),
    schemas: await Promise.all(schemas.map((schema) => compileSchema(schema, folder, readText))),
    notes: notes.map(compileNote),
    snippets: Object.fromEntries(
      Object.entries(snippets).map(([language, name]) => [language, readPart(name)]),
    ),
    ...(also_called && { alsoCalled: also_called }),
    ...(pin_flag && { pinFlag: pin_flag }),
    ...(model_prefix && { modelPrefix: model_prefix }),
    ...(daemon && { daemon: { pidFile: daemon.pid_file, restart: daemon.restart } }),
    ...(env && { env }),
    diagnosis: compileDiagnosis({ measured, sources, lookups, connections, model_aliases, traps }),
    proofs: prove.map((proof) => compileProof(proof, manifest, readPart)),
  } as Tool
  const wrongPlaceholder = findWrongPlaceholder(tool)
  if (wrongPlaceholder !== undefined) throw folderError(file, wrongPlaceholder)
  return tool
}

/** Parses one file of a tool's folder in its own format. */
export async function parseContent(file: string, format: FormatId, readText: ReadText): Promise<Value> {
  const parser = (await loadFormats([format])).get(format)
  const text = readText(file)
  try {
    // The editor's errors never quote the file.
    parser?.open(text, file)
    return parser?.parseStrict(text) ?? null
  } catch (error) {
    if (!(error instanceof UserError)) throw folderError(file, say('folder.not-format', { format }))
    throw folderError(file, error.text, undefined, error.where)
  }
}

function parseManifest(data: Value, file: string): Manifest {
  // Zod drops it silently (4.6).
  const proto = entriesOf(data).find(({ name }) => name === '__proto__')
  if (proto) throw folderError(file, say('folder.unknown-field', { fields: [proto.path], near: '' }))
  try {
    return manifestSchema.parse(data)
  } catch (error) {
    if (!(error instanceof $ZodError)) throw error
    throw folderError(file, explainIssue(error))
  }
}

function refuseWrongRoutes(manifest: Manifest, gateway: Gateway, file: string): void {
  for (const { id, endpoints } of manifest.variants) {
    for (const { protocol, prefix, appends } of endpoints) {
      const { routes } = findProtocol(gateway, protocol)
      if (routes.includes(prefix + appends)) continue
      throw folderError(file, say('folder.route', { id, path: `${prefix} + ${appends}`, protocol, routes }))
    }
  }
}

/** A fallback stands in for its variant, so it has to speak the same protocols. */
function refuseWrongFallbacks({ variants }: Manifest, file: string): void {
  const protocolsOf = (id: string) =>
    variants
      .find((variant) => variant.id === id)
      ?.endpoints.map(({ protocol }) => protocol)
      .join()
  const wrong = variants.find(
    ({ id, fallback }) =>
      fallback !== undefined && (fallback === id || protocolsOf(fallback) !== protocolsOf(id)),
  )
  if (!wrong) return
  const { id, fallback = '' } = wrong
  throw folderError(file, say('folder.fallback', { id, fallback }))
}

function refuseUnknownDelivery({ key_delivery, targets, notes }: Manifest, file: string): void {
  const known = ['file', ...key_delivery.map(({ id }) => id)]
  const unknown = [...targets, ...notes]
    .flatMap((user) => user.key_delivery ?? [])
    .find((id) => !known.includes(id))
  if (unknown === undefined) return
  throw folderError(file, say('folder.key-delivery', { id: unknown, known }))
}

/** A schema is found by the path of the file as a target or a source has it. */
function refuseSchemaOfNothing({ schemas, targets, sources }: Manifest, file: string): void {
  const known = [...targets, ...sources].map(({ path }) => path)
  const unknown = schemas.flatMap(({ files }) => files).find((path) => !known.includes(path))
  if (unknown === undefined) return
  throw folderError(file, say('folder.schema-of-nothing', { path: unknown }))
}

function compileVariant({ title_zh, must_not_run, ...variant }: Manifest['variants'][number]): Variant {
  return {
    ...(withoutUndefined(variant) as Omit<Variant, 'mustNotRun'>),
    ...(title_zh && { titleZh: title_zh }),
    mustNotRun: must_not_run,
  }
}

async function compileTarget(
  { content, key_delivery, ...target }: Manifest['targets'][number],
  folder: string,
  readText: ReadText,
): Promise<Target> {
  const file = join(folder, content)
  const parsed = await parseContent(file, target.format, readText)
  refuseMisplacedKey(parsed, file)
  return {
    ...(withoutUndefined(target) as Omit<Target, 'content'>),
    content: parsed,
    ...(key_delivery && { keyDelivery: key_delivery }),
  }
}

async function compileSchema(
  { schema, text_zh, ...rest }: Manifest['schemas'][number],
  folder: string,
  readText: ReadText,
): Promise<FileSchema> {
  return { ...rest, textZh: text_zh, schema: await parseContent(join(folder, schema), 'json', readText) }
}

function refuseMisplacedKey(content: Value, file: string, path: readonly string[] = []): void {
  const fault = findMisplacedKey(content, path)
  if (fault !== undefined) throw folderError(file, fault)
}

function compileNote({ text_zh, variants, key_delivery, when, ...note }: Manifest['notes'][number]): Note {
  return {
    ...note,
    ...(text_zh && { textZh: text_zh }),
    ...(variants && { variants }),
    ...(key_delivery && { keyDelivery: key_delivery }),
    ...(when && { when: when as Condition[] }),
  }
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<T>
}

/** What fields were called in version 0.1.0, where today's name is far from it. */
const formerNames: Readonly<Record<string, string>> = {
  key_ways: 'key_delivery',
  stamps: 'timestamps',
  guard: 'protected',
  shapes: 'schemas',
  closed: 'must_not_run',
  mend: 'fix',
}

/** The names of the fields that may stand at a path of a manifest; a number is any element of a list. */
function fieldsAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  const { shape, element, innerType, valueType } = (schema as { _zod: { def: SchemaParts } })._zod.def
  if (innerType !== undefined) return fieldsAt(innerType, path)
  const [next, ...rest] = path
  if (next === undefined) return Object.keys(shape ?? {})
  const inner = element ?? valueType ?? shape?.[String(next)]
  return inner === undefined ? [] : fieldsAt(inner, rest)
}

interface SchemaParts {
  readonly shape?: Readonly<Record<string, unknown>>
  readonly element?: unknown
  readonly innerType?: unknown
  readonly valueType?: unknown
}

/** The first thing that is wrong with a manifest, with the field that it is about. */
export function explainIssue({ issues }: $ZodError): Message {
  // A name spelled wrong leaves another field missing as well.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
  const field = issue?.path.join('.') ?? ''
  if (issue?.code === 'unrecognized_keys') {
    const fields = issue.keys.map((key) => [...issue.path, key].join('.'))
    const near = issue.keys.map(
      (key) => formerNames[key] ?? nearest(key, fieldsAt(manifestSchema, issue.path)),
    )
    return say('folder.unknown-field', { fields, near: near[0] ?? '' })
  }
  if (issue?.code === 'invalid_value')
    return say('folder.one-of', { field, values: issue.values.map(String) })
  if (issue?.code === 'invalid_type') return say('folder.type', { field, type: issue.expected })
  const said = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message
  return isRule(said) ? say(said, { field }) : say('folder.invalid', { field })
}

/** No manifest, template or script comes near this. */
const largestFile = 256 * 1024

/**
 * The text of a file of a tool's folder. It must really lie in that folder: what stands behind a link that leads out of
 * it is never read, nor what another user could have written. Errors: UserError `tool-folder`, for every other thing than
 * such a file as well.
 */
export function readFolderFile(path: string, user?: User): string {
  try {
    if (dirname(realpathSync(path)) !== realpathSync(dirname(path))) {
      throw folderError(path, say('folder.link-out'))
    }
    const stat = statSync(path)
    if (!stat.isFile()) throw folderError(path, say('folder.not-regular'))
    const doubt = user && doubtOf(path, stat, user)
    if (doubt) throw folderError(path, doubt.fault, doubt.remedy)
    if (stat.size > largestFile) throw folderError(path, say('folder.too-large'))
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'EISDIR')) throw error
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
    throw folderError(path, say(isLink ? 'folder.broken-link' : 'folder.missing'))
  }
}

/** A tool's folder that cannot be used, exit 2: `reason` says why, of which file. Never holds text of the file. */
export function folderError(
  file: string,
  reason: Message,
  hint = say('folder.unusable.hint'),
  where: Where = { file },
): UserError {
  return new UserError({
    code: 'tool-folder',
    message: say('folder.unusable', { reason }),
    hint,
    exit: 2,
    where,
  })
}
