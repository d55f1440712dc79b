import { lstatSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { hasCode, UserError } from '../errors.ts'
import type { Gateway } from '../gateway/gateway.ts'
import { type Doubt, doubtOf, doubtOfLinks, type User, whatKeepsOut } from '../host/ownership.ts'
import { compileTool, folderError, readFolderFile } from './compile-tool.ts'
import { findLeadElsewhere, findLeadInCode, isAddress } from './lead-elsewhere.ts'
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
      if (doubt) throw folderError(file, String(doubt.fault), String(doubt.remedy))
      const tool = await compileTool(folder, gateway, (path) => readFolderFile(path, user))
      refuseTaken(tool, file, tools, taken)
      tools.push({ ...tool, isOwn: true })
    } catch (error) {
      unusable.push(error instanceof UserError ? error : folderError(file, 'it holds what no tool can'))
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
    return { folders: [], closed: folderError(parent, String(fault), String(remedy)) }
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
    throw folderError(file, `the id ${tool.id} is taken by another tool`)
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
export function findOwnToolFault(tool: Tool, takenFlags: readonly string[]): string | undefined {
  const { pinFlag, env, keyDelivery, targets, schemas, diagnosis } = tool
  if (pinFlag !== undefined && takenFlags.includes(pinFlag))
    return `pin_flag: there is a --${pinFlag} already`
  const besides = keyDelivery.flatMap(({ beside = {} }) => Object.entries(beside))
  const variables = [...Object.entries(env?.variables ?? {}), ...besides]
  const joined = variables.find(([, value]) => !/^\{\{ [^{}]+ \}\}$/.test(value))
  if (joined) return `env.variables.${joined[0]} must be one placeholder, since a shell reads it`
  const patterns = diagnosis.traps.flatMap(({ when }) => when).filter(({ matches }) => matches !== undefined)
  if (patterns.length > mostPatterns)
    return `traps: a folder of your own has at most ${mostPatterns} patterns`
  const keyword = schemas
    .flatMap(({ schema }) => entriesOf(schema))
    .find(({ name }) => endless.includes(name))
  if (keyword) return `schemas cannot use ${keyword.name} in a folder of your own`
  return targets.map(findTargetFault).find((fault) => fault !== undefined) ?? findOtherLead(tool)
}

function findTargetFault({ format, content }: Tool['targets'][number], index: number) {
  const target = `targets.${index}`
  if (!settingsFormats.includes(format))
    return `${target}.format must be one of ${settingsFormats.join(', ')}`
  const lead = findLeadElsewhere(content)
  return lead && `${target}.content ${lead}`
}

/** What the settings of its variables, its models and its code lead to. */
function findOtherLead({ env, keyDelivery, modelPrefix, snippets }: Tool): string | undefined {
  const variables = findLeadElsewhere(env?.variables ?? {})
  if (variables !== undefined) return `env.variables ${variables}`
  const beside = findLeadElsewhere(keyDelivery.map((way) => way.beside ?? {}))
  if (beside !== undefined) return `key_delivery.beside ${beside}`
  if (modelPrefix !== undefined && isAddress(modelPrefix, [])) return 'model_prefix is an address'
  const [code] = Object.entries(snippets).flatMap(([language, text]) => {
    const lead = findLeadInCode(text)
    return lead === undefined ? [] : `snippets.${language} ${lead}`
  })
  return code
}
