import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { hashBytes } from '../host/hash-bytes.ts'
import type { Host } from '../host/host.ts'
import { type Ledger, renewReplaced } from '../ledger.ts'
import type { KeyRenewal } from '../plan/key-renewal.ts'
import type { Target } from './check-targets.ts'
import { copiesOf, type KeptCopy } from './history.ts'
import { backupFile, journalBytes, journalFile, listRuns, runFolder } from './journal.ts'
import type { PlannedRun } from './prepare-run.ts'
import { recordKeychainRenewal } from './renew-keychain.ts'
import { type RenewedHashes, renewedHashes } from './renewed-hashes.ts'
import type { RunRecord } from './run-record.ts'

/** A file of the state folder that gets another content once the run is committed; no bytes: it goes. */
interface Replacement {
  readonly path: string
  readonly bytes?: Uint8Array
}

/**
 * Works out every copy and journal of this machine, those of the run itself included, as if the new key had been there
 * always. All of it is written beside before the run commits, so that what was begun can be ended without the old keys.
 */
export function planRenewal(
  run: RunRecord,
  targets: readonly Target[],
  renewal: KeyRenewal,
  host: Host,
): PlannedRun {
  const runs = listRuns(host)
  const copies = [...runs.flatMap((each) => copiesOf(each, host)), ...ownCopies(run, targets, host)]
  const hashes = renewedHashes(copies, run, renewal)
  const journals = runs.flatMap((each) => replaceJournal(each, hashes, renewal, host))
  const done: RunRecord = { ...run, state: 'done', renewal: { files: [] } }
  const keychain = recordKeychainRenewal([...runs, run], run.id, renewal)
  // Its own journal comes last: with it the run is done.
  const own = { path: journalFile(host, run.id), bytes: journalBytes(renewRecord(done, hashes, renewal)) }
  const replacements = [...copies.flatMap((copy) => replaceCopy(copy, renewal)), ...journals, own]
  const { staged, files } = stage(run, replacements, host)
  return { run: { ...run, renewal: { files, ...keychain } }, staged }
}

function ownCopies(run: RunRecord, targets: readonly Target[], host: Host): KeptCopy[] {
  return run.files.flatMap((file, index) => {
    const now = targets[index]?.now
    if (file.before.kind === 'absent' || !now || now.kind === 'absent') return []
    return [{ run, file, copy: backupFile(host, run.id, file.before.backup), bytes: now.bytes }]
  })
}

/** Nobody reads the copies of a run that was rolled back any more, and one may have been written by half. */
function replaceCopy({ run, file, copy, bytes }: KeptCopy, renewal: KeyRenewal): Replacement[] {
  if (run.state === 'rolled-back') return [{ path: copy }]
  const renewed = renewal.replaceIn(file.path, bytes)
  return renewed === bytes ? [] : [{ path: copy, bytes: renewed }]
}

function replaceJournal(
  run: RunRecord,
  hashes: RenewedHashes,
  renewal: KeyRenewal,
  host: Host,
): Replacement[] {
  const renewed = renewRecord(run, hashes, renewal)
  if (isDeepStrictEqual(renewed, run)) return []
  return [{ path: journalFile(host, run.id), bytes: journalBytes(renewed) }]
}

function renewRecord(run: RunRecord, hashes: RenewedHashes, renewal: KeyRenewal): RunRecord {
  return {
    ...run,
    files: run.files.map((file) => ({
      ...file,
      before: withHash(file.before, (hash) => hashes.ofCopy(file.path, hash)),
      after: withHash(file.after, (hash) => hashes.ofFile(file.path, hash)),
    })),
    ...(run.keychain && {
      keychain: {
        ...run.keychain,
        before: withHash(run.keychain.before, hashes.ofValue),
        after: withHash(run.keychain.after, hashes.ofValue),
      },
    }),
    ledger: {
      before: renewLedger(run.ledger.before, hashes, renewal),
      after: renewLedger(run.ledger.after, hashes, renewal),
    },
  }
}

function renewLedger(ledger: Ledger, hashes: RenewedHashes, renewal: KeyRenewal): Ledger {
  const renewed = renewReplaced(ledger, renewal.replaceIn)
  return { ...renewed, entries: renewed.entries.map((entry) => withHash(entry, hashes.ofValue)) }
}

function withHash<Item extends object>(item: Item, renew: (hash: string) => string): Item {
  return 'hash' in item && typeof item.hash === 'string' ? { ...item, hash: renew(item.hash) } : item
}

function stage(run: RunRecord, replacements: readonly Replacement[], host: Host) {
  const staged = new Map<string, Uint8Array>()
  const files = replacements.map(({ path, bytes }, index) => {
    if (bytes === undefined) return { path }
    const name = join(runFolder(host, run.id), `staged-${index}`)
    staged.set(name, bytes)
    return { path, staged: { path: name, hash: hashBytes(bytes) } }
  })
  return { staged, files }
}
