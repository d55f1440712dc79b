import { loadFormats } from '../documents/formats.ts'
import { UserError } from '../errors.ts'
import { isUnencryptedUrl } from '../gateway/origin.ts'
import { type LedgerEntry, type Setup, setupId } from '../ledger.ts'
import type { ToolChoice } from '../request/request.ts'
import { Secret } from '../secrets/secret.ts'
import { DocumentSet, hashValue, isAsWanted } from './document-set.ts'
import type { Leaf } from './placeholders.ts'
import { pathId } from './plan.ts'
import type { PlanContext } from './plan-work.ts'
import { isAsLastWritten, isSameInProfile } from './profile-path.ts'
import { type WantedTarget, wantedTargets } from './wanted.ts'

/** One setup and how its files stand today. */
export interface ToolStatus extends Setup {
  readonly files: readonly FileStatus[]
  /** True when every value stands as it was written. */
  readonly asWritten: boolean
  /** Set up for an origin without TLS on another machine. */
  readonly unencrypted: boolean
}

/** How one file of a setup differs from what was written into it. */
export interface FileStatus {
  readonly path: string
  readonly baseUrl: string
  /** `changed`: somebody else changed a value of ours; `missing`: values of ours are gone; `unreadable`: it does not open. */
  readonly state: 'as-written' | 'changed' | 'missing' | 'unreadable'
  /** The values that differ, by key path. */
  readonly differs: readonly string[]
}

type LeafState = 'as-written' | 'changed' | 'missing'

/** Stands for the key, whose value only the ledger's hash knows. */
const anyKey = new Secret('any')

/** Holds what stands in the files against what was written last; no key is needed for that. */
export async function inspectSetup(
  setup: Setup,
  choice: ToolChoice,
  context: PlanContext,
): Promise<ToolStatus> {
  const targets = wantedTargets(choice, { ...context, key: anyKey }).filter(({ leaves }) => leaves.length > 0)
  const formats = await loadFormats(targets.map(({ format }) => format))
  const documents = new DocumentSet(context.machine.read, formats)
  const paths = [...new Set(targets.map(({ path }) => path))]
  const at = (path: string) => targets.filter((target) => target.path === path)
  const files = paths.map((path) => inspectFile(at(path), documents, context))
  return statusOf(setup, files, choice.origin.isUnencrypted)
}

/** The same by the ledger alone, for a tool that is not in the catalog any more. */
export async function inspectEntries(setup: Setup, context: PlanContext): Promise<ToolStatus> {
  const id = setupId(setup)
  const own = context.ledger.entries.filter(({ setups, hides }) => setups.includes(id) && hides === undefined)
  const documents = new DocumentSet(context.machine.read, await loadFormats(own.map(({ format }) => format)))
  const files = [...new Set(own.map(({ path }) => path))].map((path) => {
    const entries = own.filter((entry) => entry.path === path)
    return fileStatus(path, '', () =>
      entries.map((entry) => [entry.keyPath, entryState(entry, documents, context)] as const),
    )
  })
  return statusOf(setup, files, isUnencryptedUrl(setup.gateway))
}

function statusOf(setup: Setup, files: readonly FileStatus[], unencrypted: boolean): ToolStatus {
  return { ...setup, files, asWritten: files.every(({ state }) => state === 'as-written'), unencrypted }
}

function entryState(entry: LedgerEntry, documents: DocumentSet, { host }: PlanContext): LeafState {
  const { path, format, keyPath, silenced } = entry
  const actual = documents.open(path, format).document.get(keyPath)
  if (actual === undefined) return silenced ? 'as-written' : 'missing'
  return isAsLastWritten(actual, entry, host) ? 'as-written' : 'changed'
}

function inspectFile(
  targets: readonly WantedTarget[],
  documents: DocumentSet,
  context: PlanContext,
): FileStatus {
  const { path = '', baseUrl = '' } = targets[0] ?? {}
  return fileStatus(path, baseUrl, () =>
    targets.flatMap((target) =>
      target.leaves.map((leaf) => [leaf.keyPath, leafState(leaf, target, documents, context)] as const),
    ),
  )
}

function fileStatus(
  path: string,
  baseUrl: string,
  find: () => readonly (readonly [keyPath: readonly string[], LeafState])[],
): FileStatus {
  try {
    const found = find()
    const differs = found.filter(([, one]) => one !== 'as-written').map(([keyPath]) => keyPath.join('.'))
    const states = found.map(([, one]) => one)
    const state = (['changed', 'missing'] as const).find((one) => states.includes(one)) ?? 'as-written'
    return { path, baseUrl, state, differs }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { path, baseUrl, state: 'unreadable', differs: [] }
  }
}

/** A value that is not in the ledger was right before us: it is compared only where the template alone decides it. */
function leafState(
  { keyPath, value }: Leaf,
  target: WantedTarget,
  documents: DocumentSet,
  { ledger, host }: PlanContext,
): LeafState {
  const file = documents.open(target.path, target.format)
  const id = pathId(file.path, keyPath)
  const actual = file.document.get(keyPath)
  // What is there already stays as it is, whoever has written it.
  const kept = [...target.timestamps, ...(actual === undefined ? [] : (target.defaults ?? []))]
  const isKept = kept.some((one) => pathId(file.path, one) === id)
  const entry = ledger.entries.find((candidate) => pathId(candidate.path, candidate.keyPath) === id)
  if (isKept || (!entry && (target.when || value instanceof Secret))) return 'as-written'
  if (actual === undefined) return 'missing'
  // Another tool that shares the place may have written another value there.
  const isOurs = entry?.tool === target.tool || value instanceof Secret
  if (isOurs && hashValue(actual) === entry?.hash) return 'as-written'
  if (value instanceof Secret) return 'changed'
  const isWanted = isAsWanted(actual, value) || isSameInProfile(actual, value, target.format, host)
  return isWanted ? 'as-written' : 'changed'
}
