import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from '../errors.ts'
import { readRun } from './journal.ts'
import { removeIfThere } from './remove-if-there.ts'
import type { RenewedFile, RunRecord } from './run-record.ts'
import type { Writer } from './state-lock.ts'
import { StepFailure, step } from './step-failure.ts'

/**
 * Puts the renewed copies and journals of a run that is `renewing` in place, its own journal last; then it is done. May
 * be begun again as often as it was stopped. Throws UserError `renewal-unfinished`.
 */
export async function finishRenewal(run: RunRecord, writer: Writer): Promise<RunRecord> {
  try {
    for (const file of run.renewal?.files ?? []) {
      writer.assertLocked()
      await step(file.path, () => putInPlace(file, writer))
    }
  } catch (cause) {
    throw explain(cause, run)
  }
  return readRun(writer.host, run.id)
}

async function putInPlace({ path, staged }: RenewedFile, { fileSystem }: Writer): Promise<void> {
  // The user may have thrown the folder of an old run away.
  if (!existsSync(dirname(path))) {
    if (staged) await removeIfThere(staged.path, fileSystem)
    return
  }
  if (!staged) await removeIfThere(path, fileSystem)
  else if (existsSync(staged.path)) await fileSystem.rename(staged.path, path)
  await fileSystem.flushFolder(dirname(path))
}

function explain(cause: unknown, run: RunRecord): unknown {
  if (!(cause instanceof StepFailure)) return cause
  return new UserError({
    code: 'renewal-unfinished',
    message: `The new key stands everywhere, but an old one is still in a backup of this program: ${cause.path} could not be written: ${cause.message}.`,
    hint: `Remove the cause, then type: qcode-setup undo ${run.id}\nThat ends the work and takes nothing back; so does the next command that writes.`,
    where: { file: cause.path },
  })
}
