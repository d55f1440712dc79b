import { UserError } from '../errors.ts'
import { hashBytes } from '../host/hash-bytes.ts'
import { readFileState } from '../host/read-file-state.ts'
import type { KeyRenewal } from '../plan/key-renewal.ts'
import type { KeptCopy } from './history.ts'
import type { RunRecord } from './run-record.ts'

/** What the hashes in journals become; a hash whose content is unknown, or holds no old key, stays. */
export interface RenewedHashes {
  ofCopy(path: string, hash: string): string
  /** Of what a run left at the path: it may stand there still, and then the new run decides what becomes of it. */
  ofFile(path: string, hash: string): string
  ofValue(hash: string): string
}

/** `run` is the one that replaces the key. */
export function renewedHashes(
  copies: readonly KeptCopy[],
  run: RunRecord,
  renewal: KeyRenewal,
): RenewedHashes {
  const ofCopies = new Map(
    copies.map(({ file, bytes }) => [
      idOf(file.path, hashBytes(bytes)),
      hashBytes(renewal.replaceIn(file.path, bytes)),
    ]),
  )
  const unchanged = copies.flatMap(({ file }) =>
    hashNow(file.path).map((hash) => [idOf(file.path, hash), hash] as const),
  )
  const changed = run.files.flatMap(({ path, before, after }) =>
    before.kind === 'absent' || after.kind === 'absent'
      ? []
      : [[idOf(path, before.hash), after.hash] as const],
  )
  const ofFiles = new Map([...ofCopies, ...unchanged, ...changed])
  return {
    ofCopy: (path, hash) => ofCopies.get(idOf(path, hash)) ?? hash,
    ofFile: (path, hash) => ofFiles.get(idOf(path, hash)) ?? hash,
    ofValue: (hash) => renewal.hashes.get(hash) ?? hash,
  }
}

function idOf(path: string, hash: string): string {
  return JSON.stringify([path, hash])
}

/** None where nothing stands, or what cannot be read. */
function hashNow(path: string): string[] {
  try {
    const state = readFileState(path)
    return state.kind === 'absent' ? [] : [state.hash]
  } catch (error) {
    if (error instanceof UserError) return []
    throw error
  }
}
