import { dirname, extname, resolve } from 'node:path'
import type { Catalog } from '../catalog/tool.ts'
import { decodeText, type Value, whereAt } from '../documents/document.ts'
import { loadFormats } from '../documents/formats.ts'
import { locateValue, type Part, type Path } from '../documents/locate-value.ts'
import { UserError, type Where } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { inputPatienceMs, readBounded } from '../host/standard-streams.ts'
import { type Message, say } from '../texts/message.ts'
import { keyInside, pathToKey, refuseKeyText, setupFileFault } from './setup-file-fault.ts'
import { gatewaySettings, type SetupFile } from './setup-file-schema.ts'

/** In bytes: more than any fleet has to say. */
const largest = 1024 * 1024

const formats = { '.toml': 'toml', '.json': 'json', '.yaml': 'yaml', '.yml': 'yaml' } as const

type FormatName = (typeof formats)[keyof typeof formats]

/** One setup file: what it says, and where it says it. */
export interface ReadFile {
  readonly file: string
  /** What relative paths in it begin at. */
  readonly folder: string
  readonly said: SetupFile
  where(path: Path, part?: Part): Promise<Where>
}

/** One tool in one place, as the files say it together. */
export interface DeclaredTool {
  readonly id: string
  readonly said: ToolSaid
  /** What relative paths begin at, and where a setting stands; of one that no file has, where the tool does. */
  folderOf(name: keyof ToolSaid): string
  where(name?: keyof ToolSaid): Promise<Where>
}

export type ToolSaid = Exclude<NonNullable<SetupFile['tools']>[number], string>

/** A name as the files define it together. */
export interface DeclaredName {
  readonly name: string
  readonly said: NameSaid
  folderOf(name: keyof NameSaid): string
  where(name?: keyof NameSaid): Promise<Where>
}

type NameSaid = NonNullable<SetupFile['names']>[string]

/** What all files say together. */
export interface Declaration {
  readonly tools: readonly DeclaredTool[]
  readonly names: readonly DeclaredName[]
  /** The last file that names a key does so for all. */
  readonly key?: { readonly said: NonNullable<SetupFile['key']>; readonly from: ReadFile }
  /** On macOS the same for the applications that launchd starts. */
  readonly launchAgents?: { readonly said: string[]; readonly folder: string; where(): Promise<Where> }
  readonly findings: readonly Finding[]
}

/**
 * Reads setup files, of which later ones win, setting by setting; `-` is standard input. Errors: UserError with exit 2 and the
 * place, for what is too large, does not parse, holds a key, or says something that there is not; `no-tools` where no file
 * has a list of tools, be it an empty one.
 */
export async function readSetupFiles(
  names: readonly string[],
  catalog: Catalog,
  host: Host,
): Promise<Declaration> {
  const files: ReadFile[] = []
  for (const name of names) files.push(await readSetupFile(name, catalog, host))
  // An empty file is an accident, such as a download that failed, and would have --prune remove everything.
  if (files.every(({ said }) => said.tools === undefined)) throw noTools(files.at(-1)?.file ?? '')
  const key = files.findLast(({ said }) => said.key !== undefined)
  const agents = files.findLast(({ said }) => said.launch_agents)
  const apps = agents?.said.launch_agents
  const isMac = host.platform === 'darwin'
  return {
    tools: await mergeTools(files),
    names: mergeNames(files),
    ...(key?.said.key !== undefined && { key: { said: key.said.key, from: key } }),
    ...(apps &&
      isMac && { launchAgents: { ...agents, said: apps, where: () => agents.where(['launch_agents']) } }),
    findings: isMac || !apps?.length ? [] : [passedOver],
  }
}

/** A scheme of two letters or more: `C:` is a disk. */
const address = /^[a-z][a-z0-9+.-]+:/i

async function readSetupFile(name: string, catalog: Catalog, host: Host): Promise<ReadFile> {
  if (address.test(name)) throw unusable(say('setup-file.address'), name)
  const file = name === '-' ? '<stdin>' : resolve(host.cwd, name)
  const named = name === '-' ? undefined : formatOf(file)
  const text = await readSource(name, file, host)
  refuseKeyText(text, file)
  const format = named ?? guessFormat(text)
  const data = await parse(text, format, file)
  const where = async (path: Path, part?: Part) => {
    const bare = text.replace(/^\uFEFF/, '')
    return whereAt(file, bare, await locateValue(bare, format, path, part))
  }
  const hidden = pathToKey(data)
  if (hidden) throw keyInside(await where(hidden))
  const fault = setupFileFault(data, catalog)
  if (fault) throw fault.error.at(await where(fault.path, fault.part))
  return { file, folder: name === '-' ? host.cwd : dirname(file), said: data as SetupFile, where }
}

async function readSource(name: string, file: string, host: Host): Promise<string> {
  const read = await (name === '-'
    ? host.readStdin(largest)
    : readBounded(file, largest, inputPatienceMs).catch((error: NodeJS.ErrnoException) => {
        throw unusable(say('setup-file.unreadable', { file, code: String(error.code) }), file)
      }))
  if (read === 'too-long' || (typeof read !== 'string' && read.length > largest)) {
    throw unusable(say('setup-file.too-large', { file }), file)
  }
  if (typeof read === 'string') throw unusable(say('setup-file.endless', { file }), file)
  return withExit2(file, () => decodeText(read, file))
}

function formatOf(file: string): FormatName {
  const ending = extname(file).toLowerCase()
  if (Object.hasOwn(formats, ending)) return formats[ending as keyof typeof formats]
  throw unusable(say('setup-file.ending', { file }), file)
}

/** A table or an assignment is TOML, braces are JSON, and all else is YAML. */
function guessFormat(text: string): FormatName {
  const first = text.split(/\r?\n/).find((line) => !/^\uFEFF?\s*(?:#.*)?$/.test(line)) ?? ''
  if (/^\uFEFF?\s*(?:\{|\/[/*])/.test(first)) return 'json'
  return /^\uFEFF?\s*(?:\[|[\w.\s"'-]+=)/.test(first) ? 'toml' : 'yaml'
}

async function parse(text: string, name: FormatName, file: string): Promise<Value> {
  const id = name === 'json' ? 'jsonc' : name
  const format = (await loadFormats([id])).get(id)
  return withExit2(file, () => format?.open(text, file).get([]) ?? {})
}

/** Whatever is wrong with a file that was given is bad input. */
function withExit2<Result>(file: string, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof UserError) throw error.at(error.where ?? { file })
    throw error
  }
}

/** Of LaunchAgents, which a file may name for other computers. */
const passedOver: Finding = {
  id: 'launch-agents-passed-over',
  level: 'info',
  message: say('launch-agent.not-here'),
}

/** UserError `no-tools`, exit 2. */
export function noTools(file: string): UserError {
  return unusable(say('setup-file.no-tools'), file, 'no-tools')
}

function unusable(message: Message, file: string, code = 'setup-file'): UserError {
  return new UserError({
    code,
    message,
    hint: say('setup-file.hint'),
    exit: 2,
    where: { file },
  })
}

/** What a later file says of a tool in the same place goes over what an earlier one says. */
async function mergeTools(files: readonly ReadFile[]): Promise<DeclaredTool[]> {
  const merged = new Map<string, Layer[]>()
  for (const file of files) {
    const own = new Set<string>()
    for (const [index, entry] of (file.said.tools ?? []).entries()) {
      const said = typeof entry === 'string' ? { id: entry } : entry
      const place = JSON.stringify([said.id, said.scope, said.project, said.folders, said.shell])
      if (own.has(place)) throw twice(said.id).at(await file.where(['tools', index]))
      own.add(place)
      merged.set(place, [...(merged.get(place) ?? []), { file, path: ['tools', index], said }])
    }
  }
  // What a file says for all tools comes before what any says of one.
  const general = files.map((file) => ({ file, path: [], said: settingsOf(file.said) }))
  return [...merged.values()].map((own) => declare([...general, ...own]))
}

function mergeNames(files: readonly ReadFile[]): DeclaredName[] {
  const names = new Set(files.flatMap(({ said }) => Object.keys(said.names ?? {})))
  return [...names].map((name) => {
    const layers = files.flatMap((file) => {
      const said = file.said.names?.[name]
      return said ? [{ file, path: ['names', name], said }] : []
    })
    const { said, folderOf, where } = declare(layers)
    return { name, said: said as NameSaid, folderOf, where: (setting) => where(setting ?? 'region') }
  })
}

interface Layer {
  readonly file: ReadFile
  readonly path: Path
  readonly said: Layered
}

/** A tool and a name have the settings of a gateway in common. */
type Layered = Partial<ToolSaid> & Pick<NameSaid, 'key'>

type Declared = Omit<DeclaredTool, 'where' | 'folderOf'> & {
  folderOf(name: keyof Layered): string
  where(name?: keyof Layered): Promise<Where>
}

function settingsOf({
  $schema: _,
  version: __,
  key: ___,
  tools: ____,
  names: _____,
  launch_agents: ______,
  ...settings
}: SetupFile) {
  return settings
}

function declare(layers: readonly Layer[]): Declared {
  const all: { -readonly [Name in keyof Layered]?: Layered[Name] } = {}
  for (const { said: own } of layers) {
    // Each names what another would: whichever is said last counts.
    const meant = gatewaySettings.find((name) => own[name] !== undefined)
    for (const name of meant ? gatewaySettings : []) delete all[name]
    Object.assign(all, own)
  }
  const said = all as ToolSaid
  const layerOf = (name: keyof Layered) => layers.findLast((layer) => layer.said[name] !== undefined)
  return {
    id: said.id,
    said,
    folderOf: (name) => layerOf(name)?.file.folder ?? '',
    where: (name = 'id') => {
      const { file, path } = layerOf(name) ?? layerOf('id') ?? (layers.at(-1) as Layer)
      return file.where([...path, ...(typeof file.said.tools?.[Number(path[1])] === 'string' ? [] : [name])])
    },
  }
}

function twice(tool: string): UserError {
  return new UserError({
    code: 'tool-twice',
    message: say('setup-file.twice', { tool }),
    hint: say('setup-file.twice.hint'),
    exit: 2,
  })
}
