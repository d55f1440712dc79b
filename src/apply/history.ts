import type { Host } from '../host/host.ts'
import type { Ledger } from '../ledger.ts'
import { backupFile, listRuns } from './journal.ts'
import { readLedger } from './ledger-store.ts'
import type { RecordedFile, RunRecord } from './run-record.ts'
import { readTrustedFile } from './trusted-file.ts'

/** The copy of a file that a run keeps, as it is on the disk; it may be damaged. */
export interface KeptCopy {
  readonly run: RunRecord
  readonly file: RecordedFile
  /** Full path of the copy. */
  readonly copy: string
  readonly bytes: Uint8Array
}

/** All that runs have left: what they knew to be ours, and the files as they were. */
export interface History {
  readonly ledgers: readonly Ledger[]
  readonly copies: readonly KeptCopy[]
  /** Whether a run put a key into the keychain. */
  readonly usesKeychain: boolean
}

/** Throws UserErrors `broken-ledger`, and those of `readTrustedFile`. */
export function readHistory(host: Host): History {
  const runs = listRuns(host)
  const snapshots = runs.flatMap(({ ledger }) => [ledger.before, ledger.after])
  return {
    ledgers: [readLedger(host), ...snapshots],
    copies: runs.flatMap((run) => copiesOf(run, host)),
    usesKeychain: runs.some(({ state, keychain }) => state === 'done' && keychain !== undefined),
  }
}

/** The copies of one run that are there. */
export function copiesOf(run: RunRecord, host: Host): KeptCopy[] {
  return run.files.flatMap((file) => {
    if (file.before.kind === 'absent') return []
    const copy = backupFile(host, run.id, file.before.backup)
    const bytes = readTrustedFile(copy, host)
    return bytes ? [{ run, file, copy, bytes }] : []
  })
}
