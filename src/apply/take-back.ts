import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { type FilePosition, filePosition } from './file-position.ts'
import { runFolder } from './journal.ts'
import { type Restored, restoreRun } from './restore-run.ts'
import type { RunRecord } from './run-record.ts'
import type { Writer } from './state-lock.ts'
import { StepFailure } from './step-failure.ts'

/**
 * Rolls a failed run back and throws what the user has to know: the cause when nothing was changed in the end,
 * UserError `write-failed` when a file was left to another program, `rollback-failed` when files stay changed.
 */
export async function takeBack(run: RunRecord, cause: unknown, writer: Writer): Promise<never> {
  const restored = await restoreRun(run, writer)
  const positions = run.files.map((file) => filePosition(file, writer.host.platform))
  if (positions.every((position) => position === 'old')) throw explainFailure(cause, 'Nothing was changed.')
  if (restored.failures.length > 0) throw rollbackFailed(run, restored, writer.host)
  throw explainFailure(cause, describeLeftAlone(restored))
}

/** UserError `write-failed`, exit 1, of a step that the system refused; every other error stays as it is. */
export function explainFailure(cause: unknown, ending: string): unknown {
  if (!(cause instanceof StepFailure)) return cause
  return new UserError({
    code: 'write-failed',
    message: `${cause.path} could not be written: ${cause.message}. ${ending}`,
    hint: 'Remove the cause, then run the same command again.',
    where: { file: cause.path },
  })
}

/** UserError `rollback-failed`, exit 1, that names the state of every file. */
export function rollbackFailed(run: RunRecord, restored: Restored, host: Host): UserError {
  const reasons = restored.failures.map((error) => `\n  ${describeFailure(error)}`).join('')
  const files = run.files
    .map((file) => `\n  ${file.path}: ${words[filePosition(file, host.platform)]}`)
    .join('')
  return new UserError({
    code: 'rollback-failed',
    message: `Run ${run.id} failed and could not be taken back whole:${reasons}\nThe files now:${files}`,
    hint: `Remove the cause, then type: qcode-setup undo ${run.id}\nThe backups are in ${runFolder(host, run.id)}`,
  })
}

const words: Readonly<Record<FilePosition, string>> = {
  old: 'as before the run',
  new: 'has the new content',
  other: 'changed by another program, left as it is',
}

function describeFailure(error: Error): string {
  return error instanceof StepFailure ? `${error.path}: ${error.message}` : error.message
}

function describeLeftAlone(restored: Restored): string {
  const files = restored.leftAlone.join(', ')
  return `Everything was taken back, except what another program changed meanwhile and keeps: ${files}.`
}
