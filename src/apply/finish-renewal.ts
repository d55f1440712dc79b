import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { UserError } from '../errors.ts'
import { KeychainError } from '../secrets/keychain-error.ts'
import { readRun } from './journal.ts'
import { removeIfThere } from './remove-if-there.ts'
import { renewKeychain } from './renew-keychain.ts'
import type { RenewedFile, RunRecord } from './run-record.ts'
import type { Writer } from './state-lock.ts'
import { StepFailure, step } from './step-failure.ts'
import { isTrustedFolder } from './trusted-file.ts'

/**
 * Puts the renewed copies and journals of a run that is `renewing` in place, its own journal last; then it is done. May
 * be begun again as often as it was stopped. Throws UserError `renewal-unfinished`.
 */
export async function finishRenewal(run: RunRecord, writer: Writer): Promise<RunRecord> {
  try {
    await renewKeychain(run, writer.host)
    for (const file of run.renewal?.files ?? []) {
      writer.assertLocked()
      await step(file.path, () => putInPlace(file, writer))
    }
  } catch (cause) {
    throw explain(cause)
  }
  return readRun(writer.host, run.id)
}

async function putInPlace({ path, staged }: RenewedFile, { host, fileSystem }: Writer): Promise<void> {
  // The user may have thrown the folder of an old run away.
  if (!isTrustedFolder(dirname(path), host)) {
    if (staged) await removeIfThere(staged.path, fileSystem)
    return
  }
  if (!staged) await removeIfThere(path, fileSystem)
  else if (existsSync(staged.path)) await fileSystem.rename(staged.path, path)
  await fileSystem.flushFolder(dirname(path))
}

function explain(cause: unknown): unknown {
  if (!(cause instanceof StepFailure) && !(cause instanceof KeychainError)) return cause
  const reason =
    cause instanceof StepFailure ? `${cause.path} could not be written: ${cause.message}.` : cause.message
  return new UserError({
    code: 'renewal-unfinished',
    message: `The new key stands everywhere, but an old one is still in a backup of this program: ${reason}`,
    hint: 'Remove the cause, then type the same command again: it ends what was begun, as does every command that writes.',
    ...(cause instanceof StepFailure && { where: { file: cause.path } }),
  })
}
