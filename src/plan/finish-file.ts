import { Validator } from '@cfworker/json-schema'
import type { Value } from '../documents/document.ts'
import { UserError } from '../errors.ts'
import type { Secret } from '../secrets/secret.ts'
import { findSecrets } from './display-value.ts'
import type { FileEdit } from './edit.ts'
import type { FileWork, PlanWork } from './plan-work.ts'
import { verifyEdit } from './verify-edit.ts'

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
  const sameMode = file.before.kind !== 'absent' && file.before.mode === mode
  if (changes.length === 0 && (sameMode || !holdsKey)) return { edit: undefined, secrets: before }
  const text = file.document.toText()
  const data = file.format.referee(text)
  verifyEdit(file.path, file.beforeData, data, fileWork.meant)
  for (const shape of fileWork.shapes) refuseWrongShape(file.path, data, shape)
  const after = isLeftover(fileWork, text, work)
    ? ({ kind: 'absent' } as const)
    : ({ kind: 'file', bytes: new TextEncoder().encode(text), mode } as const)
  const edit = {
    kind: 'file',
    path: file.path,
    before: file.before,
    after,
    changes,
    tools: [...tools],
  } as const
  return { edit, secrets: [...before, ...findSecrets(data)] }
}

/** A file that holds a key is for its owner alone; one that nothing of ours is left in gets its old mode back. */
function modeAfter({ file, holdsKey }: FileWork, { context, entries }: PlanWork): number {
  if (holdsKey) return 0o600
  if (file.before.kind === 'absent') return 0o644
  const ours = context.ledger.entries.filter(({ path }) => path === file.path)
  const isLeft = [...entries.values()].some(({ path }) => path === file.path)
  const old = isLeft
    ? undefined
    : ours.map(({ origin }) => context.machine.modeBefore(origin, file.path)).find(Boolean)
  return old ?? file.before.mode
}

/** A file that we made and that holds nothing any more. */
function isLeftover({ file, changes }: FileWork, text: string, { context }: PlanWork): boolean {
  const empty = ['', '{}'].includes(text.replace('\uFEFF', '').trim())
  if (!empty || !changes.some((change) => change.kind === 'removed')) return false
  const origins = context.ledger.entries.filter(({ path }) => path === file.path).map(({ origin }) => origin)
  return origins.some((origin) => context.machine.before(origin, file.path) === 'absent')
}

function refuseWrongShape(file: string, data: Value, shape: Value): void {
  const { valid, errors } = new Validator(shape as object, '2020-12').validate(data)
  if (valid) return
  const place = errors.at(-1)?.instanceLocation.replace(/^#\/?/, '') || 'the root'
  throw new UserError({
    code: 'wrong-shape',
    message: `${file} has a wrong field at ${place}; its client would forget the whole file, other keys included.`,
    hint: 'Correct that field, or move the file away, and run this again.',
    where: { file },
  })
}
