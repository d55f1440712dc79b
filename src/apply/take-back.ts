import { UserError } from '../errors.ts'
import { findClosedFolder } from '../host/assert-writable.ts'
import { hasCode } from '../host/has-code.ts'
import type { Host } from '../host/host.ts'
import { whatKeepsFromChanging } from '../host/ownership.ts'
import { quoteWord } from '../host/quote-word.ts'
import { KeychainError } from '../secrets/keychain-error.ts'
import { runFolder } from './journal.ts'
import { leftBehind, type Restored, restoreRun } from './restore-run.ts'
import { isUntouched, type RunPosition, runPositions } from './run-positions.ts'
import type { RunRecord } from './run-record.ts'
import type { Writer } from './state-lock.ts'
import { StepFailure } from './step-failure.ts'

/**
 * Rolls a failed run back and throws what the user has to know: the cause when nothing was changed in the end,
 * UserError `write-failed` when a file was left to another program, `rollback-failed` when files stay changed.
 */
export async function takeBack(run: RunRecord, cause: unknown, writer: Writer): Promise<never> {
  const restored = await restoreRun(run, writer)
  const isSame = run.state === 'preparing' || (await isUntouched(restored.run, writer.host))
  if (!isSame && restored.failures.length > 0) throw await rollbackFailed(run, restored, writer.host)
  const left = leftBehind(run)
  const nothing = left.length > 0 ? 'None of your files was changed.' : 'Nothing was changed.'
  throw nameRemains(
    explainFailure(cause, isSame ? nothing : describeLeftAlone(restored), writer.host),
    run,
    restored.run,
  )
}

/** A failure that tells as well of what a rollback could not put right. */
function nameRemains(failure: unknown, run: RunRecord, restored: RunRecord): unknown {
  const remains = describeRemains(run, restored)
  if (!(failure instanceof UserError) || remains.length === 0) return failure
  const { code, message, hint, exit, where } = failure
  const left = leftBehind(run).map(({ path }) => quoteWord(path))
  const remove = left.length > 0 ? [`To remove what is left, type: rm ${left.join(' ')}`] : []
  const lines = [...message.split('\n'), ...remains]
  const error = new UserError({ code, message: lines, exit, ...(where && { where }) })
  return error.withHint([...(hint?.split('\n') ?? []), ...remove])
}

function describeRemains(run: RunRecord, restored: RunRecord): string[] {
  const left = leftBehind(run).map(({ path, isEmpty }) =>
    isEmpty
      ? `  ${path}: a temporary file that could not be removed; it is empty now`
      : `  ${path}: a temporary file that could not be removed; IT MAY HOLD YOUR KEY`,
  )
  const modes = restored.files.flatMap(({ path, before }, index) => {
    const old = run.files[index]?.before
    if (before.kind === 'absent' || old?.kind !== before.kind || old.mode === before.mode) return []
    return [`  ${path}: as before, but for its mode; its disk does not keep modes`]
  })
  return [...left, ...modes]
}

/**
 * UserErrors of what the system refused, with how the run ended: `write-failed`, exit 1, of a step on a file, and
 * `keychain-unavailable`. Every other error stays as it is.
 */
export function explainFailure(cause: unknown, ending: string, host: Host): unknown {
  if (cause instanceof KeychainError) return new UserError(cause.withEnding(ending))
  if (!(cause instanceof StepFailure)) return cause
  const closed = hasCode(cause.cause, 'EACCES', 'EPERM') ? findClosedFolder(cause.path) : undefined
  const reason = closed === undefined ? undefined : whatKeepsFromChanging(closed, 'u+wx', host)
  const why = reason ? `: ${reason.path} ${reason.what}` : ''
  return new UserError({
    code: 'write-failed',
    message: `${cause.path} could not be written: ${cause.message}${why}. ${ending}`,
    hint: reason
      ? [reason.remedy, 'Then run the same command again.']
      : 'Remove the cause, then run the same command again.',
    where: { file: cause.path },
  })
}

/** UserError `rollback-failed`, exit 1, that names the state of every file and of the key. */
export async function rollbackFailed(run: RunRecord, restored: Restored, host: Host): Promise<UserError> {
  const reasons = restored.failures.map((error) => `  ${describeFailure(error)}`)
  const positions = await runPositions(run, host)
  const files = positions.map(({ what, position }) => `  ${what}: ${words[position]}`)
  const remains = describeRemains(run, restored.run)
  return new UserError({
    code: 'rollback-failed',
    message: [
      `Run ${run.id} failed and could not be taken back whole:`,
      ...reasons,
      'The files now:',
      ...files,
      ...remains,
    ],
    hint: [
      `Remove the cause, then type: qcode-setup undo ${run.id}`,
      `The backups are in ${runFolder(host, run.id)}`,
    ],
  })
}

const words: Readonly<Record<RunPosition['position'], string>> = {
  old: 'as before the run',
  new: 'has the new content',
  other: 'changed by another program, left as it is',
  unknown: 'cannot be read now',
}

function describeFailure(error: Error): string {
  return error instanceof StepFailure ? `${error.path}: ${error.message}` : error.message
}

function describeLeftAlone(restored: Restored): string {
  const files = restored.leftAlone.join(', ')
  return `Everything was taken back, except what another program changed meanwhile and keeps: ${files}.`
}
