import type { Installed } from '../catalog/detect.ts'
import type { Catalog, Tool } from '../catalog/tool.ts'
import type { MachineView as EffectMachine } from '../effect/machine-view.ts'
import type { Finding } from '../finding.ts'
import type { FileState } from '../host/read-file-state.ts'
import type { Ledger, LedgerEntry } from '../ledger.ts'
import type { Keychain } from '../secrets/keychain.ts'
import type { DocumentSet, ExpectedEdit, OpenFile } from './document-set.ts'
import { type Change, type Conflict, pathId } from './plan.ts'
import type { WantedContext } from './wanted.ts'

/** What a plan may know of the machine: read verbs only. */
export interface MachineView {
  /** The state of a file. Errors: UserError for what cannot be edited (a directory, a dangling link, too large …). */
  read(path: string): FileState
  /** What the file was before a run changed it: its bytes, `absent`, or undefined where the run did not touch it. */
  before(run: string, path: string): Uint8Array | 'absent' | undefined
  /** The mode that the file had before a run changed it; undefined where there was none. */
  modeBefore(run: string, path: string): number | undefined
  /** The mode that a disk without modes gave this file in place of the one that was asked for; else undefined. */
  modeGiven(path: string, asked: number): number | undefined
  /** Whether a file has the mode that it is given: on Windows a mode says nothing. */
  readonly keepsModes: boolean
  /** Permission bits of a new file that is not private. */
  readonly newFileMode: number
}

/** What to do with a value that somebody else has changed. */
export type Decision = 'overwrite' | 'skip' | 'stop'

/** A line that keeps a file with a key out of git; both paths are absolute, `pattern` is as git wants it. */
export interface KeyIgnore {
  readonly tool: string
  readonly gitignore: string
  readonly pattern: string
  /** The file that it hides, as the plan names it. */
  readonly hides: string
}

/** What the effect of a plan is worked out from. */
export interface EffectSurroundings {
  readonly catalog: Catalog
  readonly machine: EffectMachine
  readonly installed: (tool: Tool) => Promise<Installed>
}

/** Everything that a plan is made from besides the choices. */
export interface PlanContext extends WantedContext {
  readonly machine: MachineView
  readonly ledger: Ledger
  /** For what their clients require of settings files; a tool that is gone requires nothing. */
  readonly tools?: readonly Tool[]
  /** Id of the run that will apply the plan. */
  readonly run: string
  /** Files with a key that git is not to take. */
  readonly ignores?: readonly KeyIgnore[]
  /** Only read, and only for a key that is to be kept there. */
  readonly keychain: () => Promise<Keychain>
  /** What to do with a conflict; `stop` only reports it. */
  readonly decide: (conflict: Conflict) => Decision
  /** For plans whose effect is looked after. */
  readonly effect?: EffectSurroundings
}

/** The changes that one file gathers while the tools edit it in turn. */
export interface FileWork {
  readonly file: OpenFile
  readonly changes: Change[]
  readonly meant: ExpectedEdit[]
  readonly tools: Set<string>
  holdsKey: boolean
}

/** A plan in the making. */
export interface PlanWork {
  readonly context: PlanContext
  readonly documents: DocumentSet
  readonly files: Map<string, FileWork>
  readonly entries: Map<string, LedgerEntry>
  readonly conflicts: Conflict[]
  readonly findings: Finding[]
}

/** No file is opened yet; the entries of the ledger are those to begin with. */
export function startWork(context: PlanContext, documents: DocumentSet): PlanWork {
  const entries = context.ledger.entries.map((entry) => [pathId(entry.path, entry.keyPath), entry] as const)
  return { context, documents, files: new Map(), entries: new Map(entries), conflicts: [], findings: [] }
}

/** The work on one file, begun at the first call. */
export function workOn(file: OpenFile, work: PlanWork): FileWork {
  const known = work.files.get(file.path)
  if (known) return known
  const begun = { file, changes: [], meant: [], tools: new Set<string>(), holdsKey: false }
  work.files.set(file.path, begun)
  return begun
}
