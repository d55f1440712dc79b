import { realpathSync } from 'node:fs'
import { basename, delimiter, dirname, join } from 'node:path'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Finding } from '../finding.ts'
import { isUnencryptedUrl } from '../gateway/origin.ts'
import { isBelow } from '../host/files-at.ts'
import {
  consentsOf,
  isNoSetup,
  type Ledger,
  type LedgerEntry,
  type OwnedFolder,
  type Setup,
  setupId,
  shareConsents,
} from '../ledger.ts'
import type { ToolChoice } from '../request/request.ts'
import { asMessage, say } from '../texts/message.ts'
import { pathId } from './plan.ts'
import { ownedPaths, type Surroundings, type WantedContext } from './wanted.ts'

/** What the ledger keeps of a choice: ids instead of data, its place with links followed, and never the key. */
export function setupOf(choice: ToolChoice, host: Surroundings): Setup {
  const { tool, variant, origin, scope, method, keyStore, keyDelivery, shell, project } = choice
  const { model, models, options, declared, name } = choice
  return {
    tool: tool.id,
    region: origin.region,
    gateway: origin.text,
    ...(name !== undefined && { name }),
    scope,
    method,
    place: placeOf(choice, host),
    folders: foldersOf(choice, host),
    variant: variant.id,
    ...(keyStore !== 'file' && { keyStore }),
    ...(keyDelivery && { keyDelivery: keyDelivery.id }),
    ...(project !== undefined && { project }),
    ...(shell !== undefined && { shell: shell.id }),
    ...(model !== undefined && { model }),
    ...(declared && { declared }),
    ...(models && { models }),
    ...(options && { options }),
  }
}

/** The id of the setup that a choice makes or moves. */
export function choiceId(choice: ToolChoice, host: Surroundings): string {
  return setupId(setupOf(choice, host))
}

/**
 * The setups after these choices, the newest for each identity. A tool that is set up in its files and by variables of a
 * shell goes by the files alone, so the one method takes the other's place at user scope. A consent to an origin stays.
 */
export function mergeSetups(
  before: readonly Setup[],
  choices: readonly ToolChoice[],
  host: Surroundings,
): Setup[] {
  const moved = new Set(choices.flatMap((choice) => supersededBy(choice, before, host)))
  const merged = new Map(
    before.filter((setup) => !moved.has(setup)).map((setup) => [setupId(setup), setup] as const),
  )
  for (const setup of choices.map((choice) => setupOf(choice, host))) {
    merged.set(setupId(setup), setup)
  }
  return shareConsents([...merged.values()], consentsOf(before))
}

/** The setup that stands where a choice is to stand, or whose place it takes. */
export function standingSetup(
  choice: ToolChoice,
  setups: readonly Setup[],
  host: Surroundings,
): Setup | undefined {
  const id = choiceId(choice, host)
  return setups.find((setup) => setupId(setup) === id) ?? supersededBy(choice, setups, host)[0]
}

/** The setups of the same tool by the other method, whose place this choice takes. */
export function supersededBy(choice: ToolChoice, setups: readonly Setup[], host: Surroundings): Setup[] {
  if (choice.scope !== 'user') return []
  const files = filePlace(choice, host)
  return setups.filter(
    ({ tool, scope, method, place }) =>
      tool === choice.tool.id &&
      scope === choice.scope &&
      method !== choice.method &&
      (method === 'env' || place === files),
  )
}

/** `removed`: ids as `setupId` gives them. */
export function dropSetups(before: readonly Setup[], removed: ReadonlySet<string>): Setup[] {
  return before.filter((setup) => !removed.has(setupId(setup)))
}

/** Where a setup stands; links are followed, so that one folder is one place. */
function placeOf(choice: ToolChoice, host: Surroundings): string {
  if (choice.scope === 'project') return realFolder(choice.project ?? host.cwd)
  if (choice.method === 'env') return choice.shell?.id ?? ''
  return filePlace(choice, host)
}

/** The folders in which the tool's files at user or managed scope stand, as one text; mostly it is one folder. */
function filePlace({ tool, scope, project, folders }: ToolChoice, host: Surroundings): string {
  const places = resolvePlaces(tool.places, host, project, folders)
  if (scope === 'managed') {
    const here = tool.targets.filter(
      (one) => one.scope === scope && one.platforms?.includes(host.platform) !== false,
    )
    return [...new Set(here.map(({ path }) => realFolder(dirname(resolvePath(path, places)))))].join(
      delimiter,
    )
  }
  const targets = tool.targets.filter((one) => one.scope === 'user' && one.needsOption === undefined)
  const names = targets.flatMap(({ path }) => /^\{\{ (\w+) \}\}/.exec(path)?.[1] ?? [])
  const paths = [...new Set(names.flatMap((name) => places[name] ?? []).map(realFolder))].sort()
  const tops = paths.filter((path) => !paths.some((other) => isBelow(path, other)))
  return tops.join(delimiter)
}

/** The folders that a variable of the environment can move, as they are for this choice. */
function foldersOf(
  { tool, scope, project, folders }: ToolChoice,
  host: Surroundings,
): Record<string, string> {
  // Of a computer, and not of whoever administers it.
  if (scope === 'managed') return {}
  const places = resolvePlaces(tool.places, host, project, folders)
  const names = ['config', 'xdgConfig', 'zdotdir', ...Object.keys(tool.places)]
  return Object.fromEntries(
    names.flatMap((name) => (places[name] === undefined ? [] : [[name, places[name]]])),
  )
}

function realFolder(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(realFolder(parent), basename(path))
  }
}

/**
 * A ledger of version 0.1.0, or with parts of one as after an undo, with what that version worked out again each time: the
 * place of each setup, the setups that want each value, the folders that runs made. Where a tool's folder is gone, a value
 * belongs to what was set up for that tool. One that is complete is given back as it is.
 */
export function completeLedger(
  ledger: Ledger,
  choiceOf: (setup: Setup) => ToolChoice | undefined,
  foldersMade: () => readonly OwnedFolder[],
  context: WantedContext,
): Ledger {
  const open = ledger.setups.filter(({ place }) => place === undefined)
  const known = new Set(ledger.setups.map(setupId))
  const isKnown = (id: string) => known.has(id) || isNoSetup(id)
  const isComplete = ledger.entries.every(({ setups }) => setups.every(isKnown))
  if (open.length === 0 && isComplete) return ledger
  const completed = new Map(
    open.map((setup) => [setup, complete(setup, choiceOf(setup), ledger.entries, context)] as const),
  )
  const setups = ledger.setups.map((setup) => completed.get(setup)?.setup ?? setup)
  const ids = (id: string) => {
    if (isNoSetup(id)) return [id]
    const exact = setups.filter((setup) => setupId(setup) === id)
    return (exact.length > 0 ? exact : setups.filter((setup) => firstId(setup) === id)).map(setupId)
  }
  const entries = ledger.entries.map((entry) => {
    const id = pathId(entry.path, entry.keyPath)
    const sharing = [...completed.values()]
      .filter(({ paths }) => paths.has(id))
      .map((one) => setupId(one.setup))
    return { ...entry, setups: [...new Set([...entry.setups.flatMap(ids), ...sharing])] }
  })
  const folders = open.length > 0 && ledger.folders.length === 0 ? foldersMade() : ledger.folders
  return { ...ledger, setups, entries, folders }
}

/** The id of a setup before its place was known. */
function firstId({ place: _, ...setup }: Setup): string {
  return setupId(setup)
}

interface CompletedSetup {
  readonly setup: Setup
  /** Every place where its templates may put a value. */
  readonly paths: ReadonlySet<string>
}

function complete(
  setup: Setup,
  choice: ToolChoice | undefined,
  entries: readonly LedgerEntry[],
  context: WantedContext,
): CompletedSetup {
  if (!choice) {
    const placed = { ...setup, place: setup.project ?? setup.shell ?? '' }
    return { setup: placed, paths: new Set() }
  }
  const own = { ...choice, folders: writtenFolders(choice, entries, context.host) }
  const placed = { ...setup, ...pickPlace(setupOf(own, context.host)) }
  return { setup: placed, paths: new Set(ownedPaths(own, context)) }
}

function pickPlace({ place, folders }: Setup): Pick<Setup, 'place' | 'folders'> {
  return { ...(place !== undefined && { place }), ...(folders && { folders }) }
}

/** The folders in which the tool's files stand by the ledger, where today's environment names others. */
function writtenFolders(
  choice: ToolChoice,
  entries: readonly LedgerEntry[],
  host: Surroundings,
): Record<string, string> {
  const today = foldersOf(choice, host)
  const own = entries.filter(({ tool }) => tool === choice.tool.id)
  const found = choice.tool.targets
    .filter(({ scope }) => scope === choice.scope)
    .flatMap(({ path }): [string, string][] => {
      const [, name = '', tail = ''] = /^\{\{ (\w+) \}\}(.*)$/.exec(path) ?? []
      if (!Object.hasOwn(today, name)) return []
      const end = tail === '' ? '' : join(tail)
      const isToday = own.some((entry) => entry.path === resolvePath(path, { [name]: today[name] ?? '' }))
      const other = own.find((entry) => end !== '' && entry.path.endsWith(end))
      return isToday || !other ? [] : [[name, other.path.slice(0, -end.length)]]
    })
  return { ...today, ...Object.fromEntries(found) }
}

/**
 * Where the last tool leaves an origin without TLS: whoever read the key on the way there still has it, and the consent to
 * that origin counts no more.
 */
export function leavingHttp(before: readonly Setup[], after: readonly Setup[]): Finding[] {
  return originsLeft(before, after).flatMap((origin) => [
    {
      id: 'key-was-in-the-clear',
      level: 'warning',
      message: say('plan.http-left', { origin }),
      hint: asMessage('qcode-setup key rotate'),
    },
    {
      id: 'consent-ended',
      level: 'info',
      message: say('plan.consent-ended', { origin }),
    },
  ])
}

/** The origins without TLS that something was set up with in the one list, and nothing is in the other. */
export function originsLeft(before: readonly Setup[], after: readonly Setup[]): string[] {
  const still = new Set(after.map(({ gateway }) => gateway))
  const origins = new Set(before.map(({ gateway }) => gateway))
  return [...origins].filter((origin) => isUnencryptedUrl(origin) && !still.has(origin))
}
