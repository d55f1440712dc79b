import { lstatSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { FieldPath } from '../documents/toml/place-of-key.ts'
import { hasCode, UserError } from '../errors.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { type Doubt, doubtOf, doubtOfLinks, type User, whatKeepsOut } from '../host/ownership.ts'
import { say } from '../texts/message.ts'
import { compileTool } from './compile-tool.ts'
import { FieldFault, folderError, locating, readFolderFile } from './folder-fault.ts'
import { findLeadElsewhere, findLeadInCode, isAddress, type Lead } from './lead-elsewhere.ts'
import type { Tool } from './tool.ts'
import { entriesOf } from './wrong-placeholders.ts'

/** What the program has already, and what no folder of a user's may take. */
export interface Taken {
  readonly ids: readonly string[]
  /** Names of flags, without dashes. */
  readonly flags: readonly string[]
}

/** The tools in a user's folder, and for each folder that cannot be used a UserError `tool-folder` that says why. */
export interface OwnTools {
  readonly tools: readonly Tool[]
  readonly unusable: readonly UserError[]
}

/** Who may have written a folder is not asked: for tests of everything else. */
const anyone: User = { uid: undefined, env: {} }

/**
 * Never throws: a folder that cannot be used must not stop the commands that need no tool. One that another user could have
 * written, or put in the place of the user's own, is such a folder: it says where the key goes.
 */
export async function loadOwnTools(
  parent: string,
  gateway: Gateway,
  taken: Taken,
  user = anyone,
): Promise<OwnTools> {
  const tools: Tool[] = []
  const unusable: UserError[] = []
  const { folders, closed } = foldersIn(parent, user)
  if (closed) unusable.push(closed)
  for (const folder of folders) {
    const file = join(folder, 'tool.toml')
    try {
      const doubt = doubtOfFolder(folder, parent, user)
      if (doubt) throw folderError(file, doubt.fault, doubt.remedy)
      const readText = (path: string) => readFolderFile(path, user)
      const tool = await compileTool(folder, gateway, readText)
      await locating(file, readText, () => refuseOwn(tool, tools, taken))
      tools.push({ ...tool, isOwn: true })
    } catch (error) {
      unusable.push(error instanceof UserError ? error : folderError(file, say('folder.odd-content')))
    }
  }
  return { tools, unusable }
}

function foldersIn(parent: string, user: User): { folders: string[]; closed?: UserError } {
  try {
    const names = readdirSync(parent).sort()
    return { folders: names.map((name) => join(parent, name)).filter(holdsManifest) }
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM')) return { folders: [] }
    const { fault, remedy } = whatKeepsOut(parent, user)
    return { folders: [], closed: folderError(parent, fault, remedy) }
  }
}

/** The folder of our settings, that of all tools, and the tool's own; links are followed, and may be the user's alone. */
function doubtOfFolder(folder: string, parent: string, user: User): Doubt | undefined {
  const link = doubtOfLinks(folder, user)
  if (link) return link
  const doubts = [dirname(parent), parent, folder].map((path) => doubtOf(path, statSync(path), user))
  return doubts.find((doubt) => doubt !== undefined)
}

/** A link that leads nowhere counts as well: it is reported. */
function holdsManifest(folder: string): boolean {
  try {
    return lstatSync(join(folder, 'tool.toml'), { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

/** The flags that a tool's folder adds to those of the program. */
export function flagsOfTool({ pinFlag, options }: Pick<Tool, 'pinFlag' | 'options'>): string[] {
  return [...(pinFlag === undefined ? [] : [pinFlag]), ...options.map(({ id }) => id)]
}

function refuseOwn(tool: Tool, others: readonly Tool[], taken: Taken): void {
  if (taken.ids.includes(tool.id) || others.some(({ id }) => id === tool.id)) {
    throw new FieldFault(['id'], say('folder.id-taken', { id: tool.id }))
  }
  const flags = [...taken.flags, ...others.flatMap(flagsOfTool)]
  const fault = findOwnToolFault(tool, flags)
  if (fault !== undefined) throw fault
}

/** Keywords of JSON Schema that can take for ever on a hostile value, or lead back to themselves. */
const endless = ['pattern', 'patternProperties', 'format', '$ref', '$dynamicRef', '$recursiveRef']

/** Each may take a second, where it is a bad one. */
const mostPatterns = 10

const settingsFormats = ['toml', 'json', 'jsonc', 'yaml', 'dotenv']

/** What is wrong with a tool of the user's own, beside what would be wrong with any. */
function findOwnToolFault(tool: Tool, takenFlags: readonly string[]): FieldFault | undefined {
  const { pinFlag, options, env, keyDelivery, targets, schemas, diagnosis } = tool
  if (pinFlag !== undefined && takenFlags.includes(pinFlag))
    return new FieldFault(['pin_flag'], say('folder.flag-taken', { field: 'pin_flag', flag: pinFlag }))
  for (const [index, { id: flag }] of options.entries()) {
    const earlier = options.slice(0, index).some(({ id }) => id === flag)
    if (!earlier && flag !== pinFlag && !takenFlags.includes(flag)) continue
    return new FieldFault(['options', index, 'id'], say('folder.flag-taken', { field: 'options.id', flag }))
  }
  const variables = [
    { at: ['env', 'variables'], values: env?.variables ?? {} },
    ...keyDelivery.map(({ beside = {} }, index) => ({
      at: ['key_delivery', index, 'beside'],
      values: beside,
    })),
  ].flatMap(({ at, values }) => Object.entries(values).map(([name, value]) => ({ at, name, value })))
  const joined = variables.find(({ value }) => !/^\{\{ [^{}]+ \}\}$/.test(value))
  if (joined)
    return new FieldFault([...joined.at, joined.name], say('folder.variable-joined', { name: joined.name }))
  const patterns = diagnosis.traps.flatMap(({ when }) => when).filter(({ matches }) => matches !== undefined)
  if (patterns.length > mostPatterns)
    return new FieldFault(['traps'], say('folder.patterns', { most: mostPatterns }))
  for (const [index, { schema }] of schemas.entries()) {
    const keyword = entriesOf(schema).find(({ name }) => endless.includes(name))?.name
    if (keyword) return new FieldFault(['schemas', index, 'schema'], say('folder.keyword', { keyword }))
  }
  return targets.map(findTargetFault).find((fault) => fault !== undefined) ?? findOtherLead(tool)
}

function findTargetFault(
  { format, content }: Tool['targets'][number],
  index: number,
): FieldFault | undefined {
  const at = ['targets', index]
  if (settingsFormats.includes(format)) return leadFault([...at, 'content'], findLeadElsewhere(content))
  const field = [...at, 'format'].join('.')
  return new FieldFault([...at, 'format'], say('folder.one-of', { field, values: settingsFormats }))
}

/** What the settings of its variables, its models and its code lead to. */
function findOtherLead({
  env,
  keyDelivery,
  modelPrefix,
  snippets,
  importLinks,
  runs,
  steps,
}: Tool): FieldFault | undefined {
  const leads = [
    leadFault(['env', 'variables'], findLeadElsewhere(env?.variables ?? {})),
    ...keyDelivery.map(({ beside = {} }, index) =>
      leadFault(['key_delivery', index, 'beside'], findLeadElsewhere(beside)),
    ),
    modelPrefix !== undefined && isAddress(modelPrefix, [])
      ? new FieldFault(['model_prefix'], say('folder.lead-url', { field: 'model_prefix' }))
      : undefined,
    ...runs.map(({ args, env: set, files }, index) =>
      leadFault(['run', index], findLeadElsewhere([[...args], set, ...files.map(({ content }) => content)])),
    ),
    // An address of its own makes each of them one.
    ...Object.entries(importLinks).map(([name, { address }]) =>
      leadFault(['import_links', name], findLeadElsewhere({ address })),
    ),
    ...Object.entries(snippets).map(([language, text]) =>
      leadFault(['snippets', language], findLeadInCode(text)),
    ),
    ...steps.flatMap(({ text, textZh, settings }, index) => [
      leadFault(['steps', index, 'text'], findLeadInCode(text)),
      leadFault(['steps', index, 'text_zh'], findLeadInCode(textZh)),
      leadFault(['steps', index, 'settings'], findLeadElsewhere(settings?.content ?? null)),
    ]),
  ]
  return leads.find((lead) => lead !== undefined)
}

function leadFault(field: FieldPath, lead: Lead | undefined): FieldFault | undefined {
  if (lead === undefined) return undefined
  const at = [...field, ...lead.path]
  return new FieldFault(at, say(`folder.lead-${lead.why}`, { field: at.join('.') }))
}
