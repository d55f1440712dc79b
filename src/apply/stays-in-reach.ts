import { basename, dirname, isAbsolute, normalize } from 'node:path'
import { isBelow } from '../host/is-below.ts'
import { isRunId } from './run-id.ts'
import type { RunRecord } from './run-record.ts'
import { isTemporaryOf } from './temporary-file.ts'

/**
 * Whether a record names nothing to write or remove but what its run could have named: its copies in the run's folder, a
 * temporary file beside each target, files of the state folder. A record that somebody has changed may name more.
 */
export function staysInReach(run: RunRecord, runFolder: string): boolean {
  const stateFolder = dirname(dirname(runFolder))
  const renewed = (run.renewal?.files ?? []).flatMap(({ path, staged }) => [path, staged?.path ?? path])
  return (
    run.id === basename(runFolder) &&
    run.files.every((file) => isOwnFile(file, run.id)) &&
    hasOwnAccounts(run) &&
    [...run.createdFolders, ...run.removedFolders].every(({ path }) => isPlain(path)) &&
    renewed.every((path) => isPlain(path) && isBelow(path, stateFolder))
  )
}

function isOwnFile({ resolvedPath, before, temporary }: RunRecord['files'][number], id: string): boolean {
  return (
    isPlain(resolvedPath) &&
    isTemporaryOf(temporary, resolvedPath, id) &&
    (before.kind === 'absent' || /^backup-\d+$/.test(before.backup))
  )
}

/** A copy in the keychain is an account of the run's own, so that no other key is read, replaced or removed. */
function hasOwnAccounts({ id, keychain, renewal }: RunRecord): boolean {
  const renewed = renewal?.keychain
  if (renewed && (renewed.staged !== `renewal-${id}` || !renewed.copies.every(isBackup))) return false
  if (!keychain) return true
  const { before, after } = keychain
  return (
    (before.kind === 'absent' || before.backup === `backup-${id}`) &&
    (after.kind === 'absent' || after.staged === `staged-${id}`)
  )
}

function isBackup(account: string): boolean {
  return isRunId(account.replace(/^backup-/, ''))
}

function isPlain(path: string): boolean {
  return isAbsolute(path) && normalize(path) === path
}
