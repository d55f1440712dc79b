import { join } from 'node:path'
import { $ZodError } from 'zod/v4/core'
import type { Value } from '../documents/document.ts'
import { type FormatId, loadFormats } from '../documents/formats.ts'
import { nearest, UserError } from '../errors.ts'
import { findProtocol, type Gateway } from '../gateway/gateway.ts'
import { say } from '../texts/message.ts'
import { compileDiagnosis, isRule, refuseUnknownPlace } from './diagnosis-schema.ts'
import { FieldFault, folderError, locating, type ReadText } from './folder-fault.ts'
import { compileProof, compileRuns, type Manifest, manifestSchema } from './manifest-schema.ts'
import type { Step } from './steps.ts'
import type { Condition, FileSchema, KeyDelivery, Note, Target, Tool, ToolOption, Variant } from './tool.ts'
import { entriesOf, findMisplacedKey, refuseWrongPlaceholder } from './wrong-placeholders.ts'

/**
 * A tool's folder as a Tool: the manifest checked, every content file parsed in its own format.
 * Errors: UserError `tool-folder` (exit 2) with file, line and column of the field; also when a prefix and what the client
 * appends are no route of the protocol, so that a wrong base URL cannot even be loaded.
 */
export async function compileTool(folder: string, gateway: Gateway, readText: ReadText): Promise<Tool> {
  const file = join(folder, 'tool.toml')
  return locating(file, readText, async () => {
    const manifest = parseManifest(await parseContent(file, 'toml', readText))
    refuseWrongRoutes(manifest, gateway)
    refuseUnknownPlace(manifest, Object.keys(manifest.places))
    refuseWrongFallbacks(manifest)
    const misplaced = findMisplacedKey(manifest.env?.variables ?? {}, ['env', 'variables'])
    if (misplaced) throw misplaced
    refuseUnknownDelivery(manifest)
    refuseSchemaOfNothing(manifest)
    const tool = await compileParts(manifest, folder, readText)
    refuseWrongPlaceholder(tool)
    refuseKeyInRun(tool)
    return tool
  })
}

async function compileParts(manifest: Manifest, folder: string, readText: ReadText): Promise<Tool> {
  const {
    measured,
    sources,
    lookups,
    connections,
    model_aliases,
    traps,
    shows,
    prove,
    run,
    steps,
    ...setup
  } = manifest
  const {
    also_called,
    measured_packages,
    pin_flag,
    model_prefix,
    model_roles,
    options,
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
    import_links,
    ...rest
  } = setup
  const readPart = (name: string) => readText(join(folder, name))
  return {
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
    importLinks: import_links,
    ...(also_called && { alsoCalled: also_called }),
    ...(measured_packages && { measuredPackages: measured_packages }),
    ...(pin_flag && { pinFlag: pin_flag }),
    ...(model_prefix && { modelPrefix: model_prefix }),
    modelRoles: model_roles,
    options: options.map(compileOption),
    ...(daemon && { daemon: { pidFile: daemon.pid_file, restart: daemon.restart } }),
    ...(env && { env }),
    diagnosis: compileDiagnosis({ measured, sources, lookups, connections, model_aliases, traps, shows }),
    proofs: prove.map((proof) => compileProof(proof, manifest, readPart)),
    runs: await compileRuns(manifest, (name, format) => parseContent(join(folder, name), format, readText)),
    steps: await Promise.all(steps.map((step) => compileStep(step, folder, readText))),
  } as Tool
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

function parseManifest(data: Value): Manifest {
  // Zod drops it silently (4.6).
  const proto = entriesOf(data).find(({ name }) => name === '__proto__')
  if (proto) {
    const field = proto.path.join('.')
    throw new FieldFault(proto.path, say('folder.unknown-field', { fields: [field], near: '' }))
  }
  return explaining(() => manifestSchema.parse(data))
}

function refuseWrongRoutes({ variants }: Manifest, gateway: Gateway): void {
  for (const [index, { id, endpoints }] of variants.entries()) {
    for (const [number, { protocol, prefix, appends }] of endpoints.entries()) {
      const { routes } = findProtocol(gateway, protocol)
      if (routes.includes(prefix + appends)) continue
      const reason = say('folder.route', { id, path: `${prefix} + ${appends}`, protocol, routes })
      throw new FieldFault(['variants', index, 'endpoints', number, 'prefix'], reason)
    }
  }
}

/** A fallback stands in for its variant, so it has to speak the same protocols. */
function refuseWrongFallbacks({ variants }: Manifest): void {
  const protocolsOf = (id: string) =>
    variants
      .find((variant) => variant.id === id)
      ?.endpoints.map(({ protocol }) => protocol)
      .join()
  for (const [index, { id, fallback }] of variants.entries()) {
    if (fallback === undefined) continue
    if (fallback !== id && protocolsOf(fallback) === protocolsOf(id)) continue
    throw new FieldFault(['variants', index, 'fallback'], say('folder.fallback', { id, fallback }))
  }
}

function refuseUnknownDelivery({ key_delivery, options, targets, notes }: Manifest): void {
  const known = ['file', 'env', ...key_delivery.map(({ id }) => id)]
  const values = options.map(({ id }) => id)
  for (const [field, users] of Object.entries({ targets, notes })) {
    for (const [index, { key_delivery: ways, needs_option }] of users.entries()) {
      const id = ways?.find((one) => !known.includes(one))
      if (id !== undefined)
        throw new FieldFault([field, index, 'key_delivery'], say('folder.key-delivery', { id, known }))
      if (needs_option === undefined || values.includes(needs_option)) continue
      const at = [field, index, 'needs_option']
      throw new FieldFault(at, say('folder.one-of', { field: at.join('.'), values }))
    }
  }
}

/** A schema is found by the path of the file as a target or a source has it. */
function refuseSchemaOfNothing({ schemas, targets, sources }: Manifest): void {
  const known = [...targets, ...sources].map(({ path }) => path)
  for (const [index, { files }] of schemas.entries()) {
    const number = files.findIndex((path) => !known.includes(path))
    if (number < 0) continue
    const reason = say('folder.schema-of-nothing', { path: files[number] ?? '' })
    throw new FieldFault(['schemas', index, 'files', number], reason)
  }
}

function compileVariant({ title_zh, must_not_run, ...variant }: Manifest['variants'][number]): Variant {
  return {
    ...(withoutUndefined(variant) as Omit<Variant, 'mustNotRun'>),
    ...(title_zh && { titleZh: title_zh }),
    mustNotRun: must_not_run,
  }
}

function compileOption(option: Manifest['options'][number]): ToolOption {
  const { text_zh, offer_in, offer_with_models, ...rest } = option
  return { ...rest, textZh: text_zh, offerIn: offer_in, offerWithModels: offer_with_models }
}

async function compileTarget(
  { content, key_delivery, needs_model, needs_option, ...target }: Manifest['targets'][number],
  folder: string,
  readText: ReadText,
): Promise<Target> {
  const file = join(folder, content)
  const parsed = await parseContent(file, target.format, readText)
  const misplaced = findMisplacedKey(parsed)
  if (misplaced) throw folderError(file, misplaced.reason)
  return {
    ...(withoutUndefined(target) as Omit<Target, 'content'>),
    content: parsed,
    ...(needs_model && { needsModel: true }),
    ...(needs_option && { needsOption: needs_option }),
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

async function compileStep(
  { text, text_zh, settings }: Manifest['steps'][number],
  folder: string,
  readText: ReadText,
): Promise<Step> {
  if (!settings) return { text, textZh: text_zh }
  const content = await parseContent(join(folder, settings.content), settings.format, readText)
  return { text, textZh: text_zh, settings: { ...settings, content } }
}

/** The key may stand in a file of the run and in a variable, never in an argument. */
function refuseKeyInRun({ runs }: Tool): void {
  for (const [index, { env, files }] of runs.entries()) {
    const misplaced = findMisplacedKey(env)
    if (misplaced) throw new FieldFault(['run', index, 'env'], misplaced.reason)
    for (const { content, asArguments } of files) {
      const inFile = findMisplacedKey(asArguments ? [content] : content)
      if (inFile) throw new FieldFault(['run', index, 'files'], inFile.reason)
    }
  }
}

function compileNote(note: Manifest['notes'][number]): Note {
  const { text_zh, variants, key_delivery, needs_option, when, ...rest } = note
  return {
    ...rest,
    ...(text_zh && { textZh: text_zh }),
    ...(variants && { variants }),
    ...(key_delivery && { keyDelivery: key_delivery }),
    ...(needs_option && { needsOption: needs_option }),
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

/** What zod finds wrong, as a FieldFault. */
export function explaining<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw error instanceof $ZodError ? explainIssue(error) : error
  }
}

function explainIssue({ issues }: $ZodError): FieldFault {
  // A name spelled wrong leaves another field missing as well.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]
  const { path = [] } = issue ?? {}
  const field = path.join('.')
  if (issue?.code === 'unrecognized_keys') {
    const fields = issue.keys.map((key) => [...path, key].join('.'))
    const near = issue.keys.map((key) => formerNames[key] ?? nearest(key, fieldsAt(manifestSchema, path)))
    const reason = say('folder.unknown-field', { fields, near: near[0] ?? '' })
    return new FieldFault([...path, issue.keys[0] ?? ''], reason)
  }
  if (issue?.code === 'invalid_value')
    return new FieldFault(path, say('folder.one-of', { field, values: issue.values.map(String) }))
  if (issue?.code === 'invalid_type')
    return new FieldFault(path, say('folder.type', { field, type: issue.expected }))
  const said = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message
  return new FieldFault(path, isRule(said) ? say(said, { field }) : say('folder.invalid', { field }))
}
