import { dirname } from 'node:path'
import { decodeText, encodeText } from '../documents/document.ts'
import { withoutObject } from '../documents/json/json-nodes.ts'
import { assertSize } from '../host/read-file-state.ts'
import type { LedgerEntry, OwnedFile } from '../ledger.ts'
import type { Secret } from '../secrets/secret.ts'
import { type OpenFile, verifyEdit } from './document-set.ts'
import { findSecrets } from './placeholders.ts'
import type { FileEdit } from './plan.ts'
import type { FileWork, KeyIgnore, PlanWork } from './plan-work.ts'
import type { WantedTarget } from './wanted.ts'

/** One file after all its edits: the edit, if there is one, and every secret that occurs before or after. */
export interface FinishedFile {
  readonly edit: FileEdit | undefined
  readonly secrets: readonly Secret[]
}

/** Checks the edited text with an independent parser and makes it an edit. */
export function finishFile(fileWork: FileWork, work: PlanWork): FinishedFile {
  const { file, changes, tools, holdsKey } = fileWork
  const before = findSecrets(file.beforeData)
  const mode = modeAfter(fileWork, work)
  if (changes.length === 0 && (!holdsKey || hasMode(fileWork, mode, work)))
    return { edit: undefined, secrets: before }
  const edited = file.document.toText()
  const asBefore = restored(fileWork, edited, work)
  const text = asBefore === undefined || asBefore === 'absent' ? edited : asBefore
  const data = text.trim() === '' ? {} : file.format.parseStrict(text)
  verifyEdit(file.path, file.beforeData, data, fileWork.meant)
  const bytes = encodeText(text, file.before.kind === 'absent' ? new Uint8Array() : file.before.bytes)
  assertSize(file.path, bytes.length)
  const after =
    asBefore === 'absent' ? ({ kind: 'absent' } as const) : ({ kind: 'file', bytes, mode } as const)
  const edit = { path: file.path, before: file.before, after, tools: [...tools] } as const
  const added = fileWork.meant.flatMap(({ keyPath, value }) => findSecrets(value ?? {}, keyPath))
  return { edit, secrets: [...before, ...added] }
}

/** A file that holds a key is for its owner alone; one that nothing of ours is left in gets its old mode back. */
function modeAfter({ file, holdsKey }: FileWork, work: PlanWork): number {
  const { machine } = work.context
  // What another program loads as a whole: launchd takes none that others may write.
  const most = file.formatId === 'whole-file' ? 0o755 : 0o777
  if (file.before.kind === 'absent') return holdsKey ? 0o600 : machine.newFileMode & most
  if (!machine.keepsModes) return file.before.mode
  if (holdsKey) return 0o600 | (file.before.mode & 0o7000)
  const before = isLeft(file, work) ? undefined : stateBefore(file, work)
  if (before?.kind === 'file') return before.mode
  const mode = before?.kind === 'backup' ? machine.modeBefore(before.run, file.path) : undefined
  return mode ?? file.before.mode
}

/** Whether the file has the mode that it should have, or all that its disk gives. */
function hasMode({ file }: FileWork, mode: number, { context }: PlanWork): boolean {
  if (file.before.kind === 'absent') return false
  return file.before.mode === mode || file.before.mode === context.machine.modeGiven(file.path, mode)
}

/** Whether a value of ours stands in the file after the plan. */
function isLeft({ path }: OpenFile, { entries }: PlanWork): boolean {
  return [...entries.values()].some((entry) => entry.path === path)
}

function stateBefore({ path }: OpenFile, { context }: PlanWork): OwnedFile['before'] | undefined {
  return context.ledger.files.find((file) => file.path === path)?.before
}

/** The file as it was, where nothing but what we made is left: gone, blank, or with its comments alone. */
function restored({ file, changes }: FileWork, text: string, work: PlanWork): 'absent' | string | undefined {
  if (!changes.some(({ kind }) => kind === 'removed')) return undefined
  const isEmpty = ['', '{}'].includes(text.replace('\uFEFF', '').trim())
  const before = stateBefore(file, work)
  if (before?.kind === 'file' && before.blank !== undefined)
    return isEmpty ? before.blank : withoutObject(text, before.blank)
  if (!isEmpty) return undefined
  if (before?.kind === 'absent') return 'absent'
  return before?.kind === 'backup' && work.context.machine.before(before.run, file.path) === 'absent'
    ? 'absent'
    : undefined
}

/** What the ledger says of a file once the plan is applied; undefined for one without a value of ours. */
export function ownedFile(file: OpenFile, work: PlanWork): OwnedFile | undefined {
  if (!isLeft(file, work)) return undefined
  const { path, before } = file
  const known = work.context.ledger.files.find((owned) => owned.path === path)
  if (known) return known
  if (before.kind === 'absent') return { path, before: { kind: 'absent' } }
  const text = decodeText(before.bytes, path)
  // With an object behind it, a text of comments alone is one that has no other value.
  const isBlank = text.trim() === '' || withoutObject(`${text}\n{}`, '') !== undefined
  const blank = text.slice(text.trimEnd().length)
  return { path, before: { kind: 'file', mode: before.mode, ...(isBlank && { blank }) } }
}

/** A line of a `.gitignore` as a value that a plan wants. */
export function ignoreTarget({ tool, gitignore, pattern, hides }: KeyIgnore): WantedTarget {
  return {
    tool,
    path: gitignore,
    format: 'gitignore',
    leaves: [{ keyPath: [pattern], value: true }],
    protected: [],
    timestamps: [],
    baseUrl: '',
    within: dirname(gitignore),
    hides,
  }
}

/** The lines that hide files in which nothing of ours is left, where a value of ours goes now or nobody wants the line. */
export function linesToDrop(
  entries: readonly LedgerEntry[],
  gone: readonly LedgerEntry[],
  keptFiles: ReadonlySet<string>,
): LedgerEntry[] {
  const left = new Set(entries.filter((entry) => !gone.includes(entry)).map(({ path }) => path))
  const emptied = new Set(gone.map(({ path }) => path))
  return entries.filter(
    ({ hides, setups }) =>
      hides !== undefined &&
      !keptFiles.has(hides) &&
      !left.has(hides) &&
      (emptied.has(hides) || setups.length === 0),
  )
}
