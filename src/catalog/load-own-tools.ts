import { lstatSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hasCode, UserError } from '../errors.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { type Doubt, doubtOf, doubtOfLinks, type User, whatKeepsOut } from '../host/ownership.ts'
import { type Message, say } from '../texts/message.ts'
import { compileTool, folderError, readFolderFile } from './compile-tool.ts'
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
      const tool = await compileTool(folder, gateway, (path) => readFolderFile(path, user))
      refuseTaken(tool, file, tools, taken)
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

function refuseTaken(tool: Tool, file: string, others: readonly Tool[], taken: Taken): void {
  if (taken.ids.includes(tool.id) || others.some(({ id }) => id === tool.id)) {
    throw folderError(file, say('folder.id-taken', { id: tool.id }))
  }
  const flags = [...taken.flags, ...others.flatMap(({ pinFlag }) => pinFlag ?? [])]
  const fault = findOwnToolFault(tool, flags)
  if (fault !== undefined) throw folderError(file, fault)
}

/** Keywords of JSON Schema that can take for ever on a hostile value, or lead back to themselves. */
const endless = ['pattern', 'patternProperties', 'format', '$ref', '$dynamicRef', '$recursiveRef']

/** Each may take a second, where it is a bad one. */
const mostPatterns = 10

const settingsFormats = ['toml', 'json', 'jsonc', 'yaml', 'dotenv']

/** What is wrong with a tool of the user's own, beside what would be wrong with any: its field and why, or undefined. */
export function findOwnToolFault(tool: Tool, takenFlags: readonly string[]): Message | undefined {
  const { pinFlag, env, keyDelivery, targets, schemas, diagnosis } = tool
  if (pinFlag !== undefined && takenFlags.includes(pinFlag))
    return say('folder.flag-taken', { flag: pinFlag })
  const besides = keyDelivery.flatMap(({ beside = {} }) => Object.entries(beside))
  const variables = [...Object.entries(env?.variables ?? {}), ...besides]
  const joined = variables.find(([, value]) => !/^\{\{ [^{}]+ \}\}$/.test(value))
  if (joined) return say('folder.variable-joined', { name: joined[0] })
  const patterns = diagnosis.traps.flatMap(({ when }) => when).filter(({ matches }) => matches !== undefined)
  if (patterns.length > mostPatterns) return say('folder.patterns', { most: mostPatterns })
  const keyword = schemas
    .flatMap(({ schema }) => entriesOf(schema))
    .find(({ name }) => endless.includes(name))
  if (keyword) return say('folder.keyword', { keyword: keyword.name })
  return targets.map(findTargetFault).find((fault) => fault !== undefined) ?? findOtherLead(tool)
}

function findTargetFault({ format, content }: Tool['targets'][number], index: number): Message | undefined {
  const target = `targets.${index}`
  if (!settingsFormats.includes(format))
    return say('folder.one-of', { field: `${target}.format`, values: settingsFormats })
  return describeLead(`${target}.content`, findLeadElsewhere(content))
}

/** What the settings of its variables, its models and its code lead to. */
function findOtherLead({ env, keyDelivery, modelPrefix, snippets }: Tool): Message | undefined {
  const code = Object.entries(snippets).map(([language, text]) =>
    describeLead(`snippets.${language}`, findLeadInCode(text)),
  )
  const leads = [
    describeLead('env.variables', findLeadElsewhere(env?.variables ?? {})),
    describeLead('key_delivery.beside', findLeadElsewhere(keyDelivery.map((way) => way.beside ?? {}))),
    modelPrefix !== undefined && isAddress(modelPrefix, [])
      ? say('folder.lead-url', { field: 'model_prefix' })
      : undefined,
    ...code,
  ]
  return leads.find((lead) => lead !== undefined)
}

function describeLead(field: string, lead: Lead | undefined): Message | undefined {
  return lead && say(`folder.lead-${lead.why}`, { field: [field, ...lead.path].join('.') })
}
