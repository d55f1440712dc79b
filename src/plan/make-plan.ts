import { loadFormats } from '../documents/formats.ts'
import { usageError } from '../errors.ts'
import { isInRegistry } from '../host/read-file-state.ts'
import { type Ledger, type LedgerEntry, setupId } from '../ledger.ts'
import type { Request, ToolChoice } from '../request/request.ts'
import { say } from '../texts/message.ts'
import { DocumentSet } from './document-set.ts'
import { dropEntries } from './drop-entry.ts'
import { dedupeShared, editTarget, notesFor, unplacedOptions } from './edit-target.ts'
import { finishFile, ignoreTarget, linesToDrop, ownedFile } from './finish-file.ts'
import { laterFindings } from './later-profiles.ts'
import { findHalves, mendEffect, type Silence, silenceValues } from './mend-effect.ts'
import { type KeychainEdit, type KeyFile, type Plan, type PlanRow, pathId } from './plan.ts'
import { type FileWork, type PlanContext, type PlanWork, startWork } from './plan-work.ts'
import { isLedOut, ledOutFinding } from './refuse-own-target.ts'
import { choiceId, dropSetups, leavingHttp, mergeSetups, supersededBy } from './setups.ts'
import {
  laterProfilesOf,
  ownedFiles,
  ownedLeaves,
  ownedPaths,
  type WantedTarget,
  wantedTargets,
} from './wanted.ts'
import { editKeychain } from './written-keys.ts'

/**
 * A request as changes to files. Values of ours that an earlier setup of the same tool wrote and that this one does not
 * want are taken out, and so is all of `removal` in the same run. Reads, never writes. Errors: UserError when a file cannot be read, parsed or edited without loss;
 * then there is no plan at all.
 */
export async function planSetup(
  request: Request,
  context: PlanContext,
  removal: Removal = nothing,
  holdings: readonly Holding[] = [],
): Promise<Plan> {
  const plan = await planChoices(request, context, removal, holdings)
  if (removal.removed.size === 0) return plan
  const together = await keepTogether(removal.choices, plan, context)
  return together ? planChoices(request, together, removal, holdings) : plan
}

async function planChoices(
  request: Request,
  whole: PlanContext,
  removal: Removal,
  holdings: readonly Holding[],
): Promise<Plan> {
  const { choices, keys } = request
  const context = { ...whole, ledger: { ...whole.ledger, entries: entriesThere(whole.ledger, removal) } }
  const plan = await mendEffect(choices, context, ({ silences, emptied }) => {
    const mending = { ...context, emptied }
    const keyFor = ({ name }: ToolChoice) => (name === undefined ? mending.key : keys?.get(name))
    const targets = choices.flatMap((choice) => wantedTargets(choice, { ...mending, key: keyFor(choice) }))
    const held = holdings.flatMap((holding) => holding.targets)
    return planTargets([...targets, ...held], choices, mending, silences, removal)
  })
  const stored = [...holdings.map((held) => held.keychain), await keychainEdit(request, context)]
  const [keychain, ...more] = stored.flatMap((edit) => edit ?? [])
  if (more.length > 0)
    throw usageError('one-keychain-key', say('setup-file.one-key'), say('setup-file.one-key.hint'))
  const whose: Plan = { ...plan, secrets: [...plan.secrets, ...(keys?.values() ?? [])] }
  const held = holdings.reduce((known, holding) => heldBy(holding, known), whose)
  return keychain ? { ...held, keychain } : held
}

/** The key goes into the keychain where one of the choices reads it there; one with a name is there already. */
async function keychainEdit(
  { key, choices }: Request,
  context: PlanContext,
): Promise<KeychainEdit | undefined> {
  const isKept = choices.some(({ keyStore, name }) => keyStore === 'keychain' && name === undefined)
  return key && isKept ? editKeychain({ kind: 'present', key }, await context.keychain()) : undefined
}

/** Values that are wanted by what is no tool: the completion of a shell, a name. */
export interface Holding {
  /** Owns them as a setup does, so that they go with it and with nothing else. */
  readonly id: string
  readonly targets: readonly WantedTarget[]
  readonly keychain?: KeychainEdit
}

/** A plan of these targets, with whom they are for. */
export function heldBy({ id, targets }: Holding, plan: Plan): Plan {
  const places = new Set(
    targets.flatMap(({ path, leaves }) => leaves.map(({ keyPath }) => pathId(path, keyPath))),
  )
  const entries = plan.ledger.entries.map((entry) =>
    places.has(pathId(entry.path, entry.keyPath)) && !entry.setups.includes(id)
      ? { ...entry, setups: [...entry.setups, id] }
      : entry,
  )
  return { ...plan, ledger: { ...plan.ledger, entries } }
}

/** The same for `targets` alone: their effect is not judged and the keychain not looked at. */
export async function planTargets(
  targets: readonly WantedTarget[],
  choices: readonly ToolChoice[],
  context: PlanContext,
  silences: readonly Silence[] = [],
  removal: Removal = nothing,
): Promise<Plan> {
  const shared = dedupeShared(targets, context)
  const wanted = [...shared.targets.filter(hasLeaves), ...(context.ignores ?? []).map(ignoreTarget)]
  const before = context.ledger.setups
  const setups = dropSetups(mergeSetups(before, choices, context.host), removal.removed)
  const { stale, entries } = releaseStale(choices, wanted, removal.removed, context)
  const work = await openWork([...wanted, ...stale, ...silences], {
    ...context,
    ledger: { ...context.ledger, entries },
  })
  dropEntries(stale, work)
  const touched = wanted.filter((target) => editTarget(target, work))
  for (const choice of choices) claimEntries(choice, work)
  silenceValues(silences, work)
  const later = choices
    .flatMap((choice) => laterProfilesOf(choice, context))
    .filter(({ path }) => (work.files.get(path)?.changes.length ?? 0) > 0)
  work.findings.push(...shared.findings, ...laterFindings(later))
  work.findings.push(...choices.flatMap((choice) => notesFor(choice, 'setup', work, touched)))
  work.findings.push(...choices.flatMap((choice) => unplacedOptions(choice, touched, wanted)))
  work.findings.push(...removal.choices.flatMap((choice) => notesFor(choice, 'remove', work)))
  return finishPlan(work, setups, planRows(touched, work))
}

/** What is to be removed. */
export interface Removal {
  /** Ids of the setups. */
  readonly removed: ReadonlySet<string>
  /** Those of them whose place is gone: nothing of theirs is looked at. */
  readonly gone: ReadonlySet<string>
  /** Those whose tool is in the catalog, for what its folder has to say. */
  readonly choices: readonly ToolChoice[]
  /** The key that goes out of the keychain with a name. */
  readonly keychain?: KeychainEdit | undefined
}

const nothing: Removal = { removed: new Set(), gone: new Set(), choices: [] }

/**
 * Every value that only these setups want taken out, what we replaced given back. What the user has changed since stays,
 * but for one half of a connection: base URL and key go together.
 */
export async function planRemoval(removal: Removal, context: PlanContext): Promise<Plan> {
  const plan = await removeValues(removal, context)
  const together = await keepTogether(removal.choices, plan, context)
  const { keychain } = removal
  return { ...(together ? await removeValues(removal, together) : plan), ...(keychain && { keychain }) }
}

/** Where the plan would keep one half of a connection, the context in which it goes with the other; else undefined. */
async function keepTogether(
  removed: readonly ToolChoice[],
  plan: Plan,
  context: PlanContext,
): Promise<PlanContext | undefined> {
  if (!plan.findings.some(({ id }) => id === 'value-kept')) return undefined
  const halves = await findHalves(removed, plan, context)
  if (halves.size === 0) return undefined
  const decide: PlanContext['decide'] = (conflict) =>
    halves.has(pathId(conflict.path, conflict.keyPath)) ? 'overwrite' : context.decide(conflict)
  return { ...context, decide }
}

/** Without the values of places that are gone: nobody looks there. */
function entriesThere({ entries }: Ledger, { gone }: Removal): LedgerEntry[] {
  const isLost = ({ setups }: LedgerEntry) => setups.length > 0 && setups.every((id) => gone.has(id))
  return entries.filter((entry) => !isLost(entry))
}

async function removeValues(removal: Removal, context: PlanContext): Promise<Plan> {
  const { removed, choices } = removal
  const { ledger } = context
  const setups = dropSetups(ledger.setups, removed)
  const tools = new Set(setups.map(({ tool }) => tool))
  const isWanted = ({ setups: wanting, tool }: LedgerEntry) =>
    wanting.length > 0 ? wanting.some((id) => !removed.has(id)) : removed.size === 0 || tools.has(tool)
  const present = entriesThere(ledger, removal)
  const led = present.filter((entry) => !isWanted(entry) && isLedOut(entry, context))
  const there = present.filter((entry) => !led.includes(entry))
  const stale = there.filter((entry) => entry.hides === undefined && !isWanted(entry))
  const entries = there.map((entry) => withoutSetups(entry, removed))
  const dropped = entries.filter((_, index) => stale.includes(there[index] as LedgerEntry))
  const leaving = [...dropped, ...linesToDrop(entries, dropped, new Set())]
  const work = await openWork(leaving, { ...context, ledger: { ...ledger, entries } })
  dropEntries(leaving, work)
  const ledOut = new Set(led.map(({ path }) => path))
  work.findings.push(...[...ledOut].map((path) => ledOutFinding(path, context)))
  work.findings.push(...choices.flatMap((choice) => notesFor(choice, 'remove', work)))
  return finishPlan(work, setups, [])
}

async function openWork(
  files: readonly Pick<LedgerEntry, 'format'>[],
  context: PlanContext,
): Promise<PlanWork> {
  const formats = await loadFormats(files.map(({ format }) => format))
  return startWork(context, new DocumentSet(context.machine.read, formats))
}

function finishPlan(work: PlanWork, setups: Plan['ledger']['setups'], rows: readonly PlanRow[]): Plan {
  const finished = [...work.files.values()].map((file) => finishFile(file, work))
  const edits = finished.flatMap(({ edit }) => edit ?? [])
  const { conflicts, findings, entries, context } = work
  const { ledger } = context
  const opened = [...work.files.values()].flatMap(({ file }) => ownedFile(file, work) ?? [])
  const paths = new Set([...work.files.values()].map(({ file }) => file.path))
  const owned = new Set([...entries.values()].map(({ path }) => path))
  const isOwned = (path: string) => owned.has(path)
  return {
    edits,
    keyFiles: [...work.files.values()]
      // What stands in the registry has neither a mode nor a repository.
      .filter(({ holdsKey, file }) => holdsKey && !isInRegistry(file.path))
      .map((file) => keyFileOf(file, edits)),
    rows: [...rows, ...otherRows(rows, work)],
    conflicts,
    findings: [...findings, ...leavingHttp(ledger.setups, setups)],
    ledger: {
      ...ledger,
      setups,
      entries: [...entries.values()],
      files: [...ledger.files.filter(({ path }) => !paths.has(path) && isOwned(path)), ...opened],
    },
    secrets: [...(context.key ? [context.key] : []), ...finished.flatMap(({ secrets }) => secrets)],
  }
}

function keyFileOf({ file: { path, before }, tools }: FileWork, edits: Plan['edits']): KeyFile {
  const isWritten = edits.some((edit) => edit.path === path)
  return { path, resolvedPath: before.resolvedPath, tool: [...tools][0] ?? '', isWritten }
}

function hasLeaves(target: WantedTarget): boolean {
  return target.leaves.length > 0
}

/**
 * What these setups no longer want. `entries` are those of the ledger without the setups that let go of them; `stale` are
 * those that nobody wants any more.
 */
function releaseStale(
  choices: readonly ToolChoice[],
  wanted: readonly WantedTarget[],
  removed: ReadonlySet<string>,
  context: PlanContext,
): { stale: LedgerEntry[]; entries: LedgerEntry[] } {
  const { ledger, host } = context
  const wantedNow = new Map(
    choices.map((choice) => [choiceId(choice, host), new Set(ownedPaths(choice, context))] as const),
  )
  const superseded = choices.flatMap((choice) => supersededBy(choice, ledger.setups, host)).map(setupId)
  const moved = [...superseded, ...removed]
  for (const id of moved) wantedNow.set(id, new Set())
  const released = ledger.entries.map((entry) => {
    const isDropped = (id: string) =>
      entry.silenced
        ? moved.includes(id)
        : wantedNow.get(id)?.has(pathId(entry.path, entry.keyPath)) === false
    return entry.hides === undefined ? withoutSetups(entry, new Set(entry.setups.filter(isDropped))) : entry
  })
  const gone = released.filter(
    (entry, index) => entry.setups.length === 0 && (ledger.entries[index]?.setups.length ?? 0) > 0,
  )
  const keptFiles = new Set([
    ...choices.flatMap((choice) => ownedFiles(choice, context)),
    ...wanted.map(({ path }) => path),
  ])
  return { stale: [...gone, ...linesToDrop(released, gone, keptFiles)], entries: released }
}

function withoutSetups(entry: LedgerEntry, ids: ReadonlySet<string>): LedgerEntry {
  return ids.size === 0 ? entry : { ...entry, setups: entry.setups.filter((id) => !ids.has(id)) }
}

/** Writes down that this setup wants what its templates put there, whichever tool wrote it. */
function claimEntries(choice: ToolChoice, { entries, documents, context }: PlanWork): void {
  const id = choiceId(choice, context.host)
  const paths = new Set(
    ownedLeaves(choice, context).map(({ path, keyPath }) => pathId(documents.nameOf(path), keyPath)),
  )
  const files = new Set(ownedFiles(choice, context).map((path) => documents.nameOf(path)))
  for (const [key, entry] of entries) {
    const isWanted = entry.hides === undefined ? paths.has(key) : files.has(entry.hides)
    if (isWanted && !entry.setups.includes(id)) entries.set(key, { ...entry, setups: [...entry.setups, id] })
  }
}

function planRows(targets: readonly WantedTarget[], work: PlanWork): PlanRow[] {
  const rows = new Map<string, PlanRow>()
  for (const { tool, path, format, baseUrl, keyStore } of targets) {
    const file = work.files.get(work.documents.nameOf(path))
    const { changes = [] } = file ?? {}
    const action =
      changes.length === 0 ? 'unchanged' : file?.file.before.kind === 'absent' ? 'create' : 'update'
    rows.set(JSON.stringify([tool, path]), {
      tool,
      path,
      format,
      action,
      baseUrl,
      ...(keyStore && { keyStore }),
      changes,
    })
  }
  return [...rows.values()]
}

/** Files that no target of the plan is about, and that change since something of ours goes. */
function otherRows(rows: readonly PlanRow[], work: PlanWork): PlanRow[] {
  const told = new Set(rows.map(({ path }) => work.documents.nameOf(path)))
  return [...work.files.values()]
    .filter(({ file }) => !told.has(file.path))
    .flatMap(({ file, tools, changes }) =>
      [...tools].map((tool) => ({
        tool,
        path: file.path,
        format: file.formatId,
        action: changes.length > 0 ? ('remove' as const) : ('unchanged' as const),
        baseUrl: '',
        changes,
      })),
    )
}
