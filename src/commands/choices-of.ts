import { existsSync, statSync } from 'node:fs'
import { delimiter } from 'node:path'
import { listRuns } from '../apply/journal.ts'
import { newerState, readLedger } from '../apply/ledger-store.ts'
import type { Catalog } from '../catalog/tool.ts'
import type { CommandContext } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { regionName } from '../gateway/gateway.ts'
import { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import type { Ledger, Setup } from '../ledger.ts'
import { completeLedger } from '../plan/setups.ts'
import { toolsNamed } from '../request/choose-tools.ts'
import { fields } from '../request/fields.ts'
import { unknownValue } from '../request/parse-arguments.ts'
import {
  type Input,
  type KeyStore,
  listOf,
  type Method,
  type Scope,
  type ToolChoice,
} from '../request/request.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import { asMessage, say } from '../texts/message.ts'

/** A setup as a choice once more; undefined when its tool or its shell is not in the catalog any more. */
export function choiceOf(setup: Setup, catalog: Catalog, host: Host): ToolChoice | undefined {
  const tool = catalog.tools.find(({ id }) => id === setup.tool)
  const variant = tool?.variants.find(({ id }) => id === setup.variant) ?? tool?.variants[0]
  if (!tool || !variant) return undefined
  const shell = [...catalog.shells, ...catalog.logins].find(
    ({ id, platforms }) =>
      id === setup.shell && (platforms === undefined || platforms.includes(host.platform)),
  )
  const keyDelivery = tool.keyDelivery.find(({ id }) => id === setup.keyDelivery)
  if (setup.shell !== undefined && !shell) return undefined
  return {
    tool,
    variant,
    // The origin was checked when it was set up; a plain-HTTP relay was consented to then.
    origin: Origin.parse(setup.gateway, catalog.gateway, true).origin,
    ...(setup.name !== undefined && { name: setup.name }),
    scope: setup.scope as Scope,
    method: setup.method as Method,
    keyStore: (setup.keyStore ?? 'file') as KeyStore,
    ...(keyDelivery && { keyDelivery }),
    ...(shell && { shell }),
    ...(setup.project !== undefined && { project: setup.project }),
    ...(setup.model !== undefined && { model: setup.model }),
    ...(setup.models && { models: setup.models }),
    ...(setup.options && { options: setup.options }),
    ...(setup.folders && { folders: setup.folders }),
    ...(setup.declared && { declared: setup.declared }),
  }
}

/** What is written down on this machine; a ledger of version 0.1.0 is completed. Errors: those of `readLedger`. */
export function loadLedger({ host, catalog }: CommandContext): Ledger {
  const context = { gateway: catalog.gateway, host, key: undefined, now: host.now() }
  const foldersMade = () =>
    listRuns(host)
      .filter(({ state }) => state === 'done')
      .flatMap(({ createdFolders }) => createdFolders)
  const ledger = readLedger(host)
  assertKnown(ledger, { host, catalog })
  return completeLedger(ledger, (setup) => choiceOf(setup, catalog, host), foldersMade, context)
}

/** A newer version may know more shells and ways; what this one would make of them is anyone's guess. A tool may be the user's own. */
function assertKnown({ setups }: Ledger, { host, catalog }: CommandContext): void {
  const known = {
    scope: fields.scope.choices(),
    method: fields.method.choices(),
    keyStore: fields.keyStore.choices(),
    shell: [...catalog.shells, ...catalog.logins].map(({ id }) => id),
  }
  for (const setup of setups) {
    for (const [name, values] of Object.entries(known)) {
      const value = setup[name as keyof typeof known]
      if (value !== undefined && !values.includes(value)) throw newerState(host, `${name} ${value}`)
    }
    if (!URL.canParse(setup.gateway)) throw newerState(host, `gateway ${setup.gateway}`)
  }
}

/** What is set up, as choices, and a finding for each setup that cannot be planned again. */
export interface ExistingChoices {
  readonly choices: ToolChoice[]
  readonly findings: Finding[]
}

/**
 * All that is set up in places that are there, or only these tools by id; a place that is gone is passed over and said, never
 * made again.
 */
export function existingChoices(context: CommandContext, tools?: ReadonlySet<string>): ExistingChoices {
  const { host, catalog } = context
  const setups = loadLedger(context).setups.filter(({ tool }) => tools?.has(tool) !== false)
  const here = setups.filter((setup) => !isGone(setup))
  const pairs = here.map((setup) => ({ setup, choice: choiceOf(setup, catalog, host) }))
  return {
    choices: pairs.flatMap(({ choice }) => choice ?? []),
    findings: [
      ...goneFindings(setups.filter(isGone)),
      ...pairs.flatMap(({ setup, choice }) => (choice ? [] : [unknownFinding(setup)])),
    ],
  }
}

/**
 * Of all that is set up what `--tool` names, and for each of these tools that is not set up a finding that says so. Errors: as
 * `toolsNamed`.
 */
export async function namedChoices(input: Input, context: CommandContext): Promise<ExistingChoices> {
  const existing = existingChoices(context)
  const words = listOf(input, 'onlyTools')
  const named = await toolsNamed(words, context.catalog, context.host)
  if (named === undefined || words.includes('all')) return existing
  const choices = existing.choices.filter(({ tool }) => named.includes(tool))
  const missing = words.includes('detected')
    ? []
    : named.filter((tool) => !choices.some((choice) => choice.tool === tool))
  const findings = missing.map(({ id, title }): Finding => {
    const hint = asMessage(`qcode-setup --tool ${id}`)
    return {
      id: 'not-set-up',
      level: 'warning',
      tool: id,
      message: say('tool.not-set-up', { tool: title }),
      hint,
    }
  })
  return { choices, findings: [...existing.findings, ...findings] }
}

/**
 * The ids of the tools that these words name; undefined for all. One that is set up may be in no catalog any more. Errors:
 * UserErrors `unknown-tool`, `nothing-detected`, exit 2.
 */
export async function idsNamed(
  words: readonly string[],
  setups: readonly Setup[],
  { catalog, host }: CommandContext,
): Promise<ReadonlySet<string> | undefined> {
  const known = [...catalog.tools.map(({ id }) => id), ...setups.map(({ tool }) => tool)]
  const valid = [...new Set(known), 'all', 'detected']
  const unknown = words.find((word) => !valid.includes(word))
  if (unknown !== undefined) throw unknownValue('tool', unknown, valid, catalog)
  if (words.length === 0 || words.includes('all')) return undefined
  const gone = words.filter((word) => setups.some(({ tool }) => tool === word))
  const others = words.filter((word) => !gone.includes(word))
  const tools = others.length === 0 ? [] : ((await toolsNamed(others, catalog, host)) ?? [])
  return new Set([...gone, ...tools.map(({ id }) => id)])
}

/** As `idsNamed`. Errors: also UserError `tool-not-set-up`, exit 2, where nothing of these tools is set up. */
export async function namedSetUp(
  words: readonly string[],
  setups: readonly Setup[],
  context: CommandContext,
): Promise<ReadonlySet<string> | undefined> {
  const tools = await idsNamed(words, setups, context)
  if (!tools || setups.some(({ tool }) => tools.has(tool))) return tools
  throw new UserError({
    code: 'tool-not-set-up',
    message: say('status.not-set-up', { tools: [...tools] }),
    hint: say('switch.not-set-up.hint', { tools: [...tools].join(',') }),
    exit: 2,
  })
}

/** What keeps its region, where that is another one than the tools that were named get. */
export function stayingFindings(
  setups: readonly Setup[],
  named: ReadonlySet<string>,
  { text }: Origin,
  catalog: Catalog,
): Finding[] {
  const others = setups.filter(({ tool, gateway }) => !named.has(tool) && gateway !== text)
  const regions = [...new Set(others.map(({ region }) => region))]
  return regions.map((region) => ({
    id: 'others-stay',
    level: 'info',
    message: say('switch.others-stay', {
      tools: titlesOf(
        others.filter((one) => one.region === region).map(({ tool }) => tool),
        catalog,
      ),
      region: regionName(region, false, catalog.gateway),
    }),
  }))
}

/** The names of tools, each once; the id of one whose folder is gone. */
export function titlesOf(ids: readonly string[], { tools }: Catalog): string[] {
  return [...new Set(ids.map((id) => tools.find((tool) => tool.id === id)?.title ?? id))]
}

/** Whether the folder that a setup stands in is gone, or something else has taken its place. */
export function isGone({ project, method, place }: Setup): boolean {
  if (project !== undefined) return !isFolder(project)
  const folders = method === 'file' && place ? place.split(delimiter) : []
  return folders.length > 0 && !folders.some((folder) => existsSync(folder))
}

/** Whether a folder is there. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

/** One warning for each place that is gone. */
export function goneFindings(setups: readonly Setup[]): Finding[] {
  const folders = new Set(setups.map(({ project, place }) => project ?? place ?? ''))
  return [...folders].map((folder) => ({
    id: 'place-gone',
    level: 'warning',
    message: say('place.gone', { folder }),
    where: { file: folder },
  }))
}

function unknownFinding({ tool }: Setup): Finding {
  return {
    id: 'tool-unknown',
    level: 'warning',
    message: say('place.unknown-tool', { tool }),
    hint: say('place.unknown-tool.hint'),
  }
}

/**
 * The key of the keychain that has no name, for a check of what these choices were set up with: undefined where none of them
 * reads it there, and where the keychain is out of reach, since a check goes on without a key.
 */
export async function storedKey(
  choices: readonly ToolChoice[],
  { host }: Pick<CommandContext, 'host'>,
): Promise<Secret | undefined> {
  if (!choices.some(({ keyStore, name }) => keyStore === 'keychain' && name === undefined)) return undefined
  try {
    return await (await openKeychain(host)).read(keyAccount)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
