import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { hashBytes, userVariables } from '../host/read-file-state.ts'
import { consentsOf, shareConsents } from '../ledger.ts'
import type { FileEdit } from '../plan/plan.ts'
import { say } from '../texts/message.ts'
import { changedSincePlan, checkTargets, sameMode, type Target } from './check-targets.ts'
import { createFileSystem, type FileSystem, removeIfEmpty, removeIfThere, step } from './file-system.ts'
import { findUnfinishedRun, journalFile, lastRuns, runFolder, storeRun, unfinishedRun } from './journal.ts'
import { pruneRuns } from './kept-backups.ts'
import { checkKeychain, prepareKeychain } from './keychain-copies.ts'
import { readLedger, sameLedger, storeLedger } from './ledger-store.ts'
import { completeRun, type PlannedRun, prepareRun, recordRun } from './prepare-run.ts'
import { finishRenewal, planRenewal, stageKey } from './renew-history.ts'
import { clearReplacement, replaceFile } from './replace-file.ts'
import {
  explainFailure,
  isUntouched,
  leftBehind,
  restoreRun,
  rollBack,
  rollbackFailed,
  rolledBackRuns,
} from './restore-run.ts'
import { type ApplyRequest, runIds, secondOf } from './run-record.ts'
import { runsFolder, stateFolder } from './state-folder.ts'
import { type Writer, withStateLock } from './state-lock.ts'
import type { RunRecord } from './state-schemas.ts'
import { readRegistry, withRegistry } from './user-env.ts'

/**
 * Makes all edits of a plan, or none. Gives the record of the run, or undefined when there was nothing to do (a
 * changed ledger is stored nevertheless). Throws UserErrors: `locked`, `unfinished-run`, `changed-since-plan`
 * (exit 3), all that `checkTargets` refuses, `keychain-unavailable`, `owner-not-kept`, `write-failed` (nothing was
 * changed), `rollback-failed`, which names the state of every file, and `renewal-unfinished`.
 */
export async function applyEdits(
  request: ApplyRequest,
  host: Host,
  given: FileSystem = createFileSystem(host.platform),
): Promise<RunRecord | undefined> {
  const fileSystem = withRegistry(given, host)
  const edits = orderEdits(request.edits.filter((edit) => changesSomething(edit, host.platform)))
  // A run that takes another one back is recorded even when every file is back already.
  const { keychain, renewal, undoes } = request
  const needsRun = edits.length > 0 || [keychain, renewal, undoes].some((part) => part !== undefined)
  if (!needsRun && !changesLedger(request)) return undefined
  // What can be refused is refused before even the state folder is made; under the lock it is looked at again.
  checkTargets(edits, host)
  await checkKeychain(keychain, host)
  try {
    return await withStateLock(host, fileSystem, async (writer) => {
      await readRegistry(host, [userVariables])
      await recoverEarlierRun(writer)
      const current = followLedger(request, host)
      await hideState(writer)
      const run = needsRun
        ? await runOnce(current, checkTargets(edits, host), writer)
        : await storeLedger(current.ledger.after, writer)
      // Only tidying: what cannot be removed now is tried again by the next run.
      if (run) await pruneRuns(run, writer).catch(() => {})
      return run ?? undefined
    })
  } catch (error) {
    throw explainFailure(error, say('ending.nothing'), host)
  }
}

function changesLedger({ ledger: { before, after } }: ApplyRequest): boolean {
  const hasNewConsent = !isDeepStrictEqual(consentsOf(before.setups), consentsOf(after.setups))
  return hasNewConsent || !sameLedger(before, after)
}

async function runOnce(
  request: ApplyRequest,
  targets: readonly Target[],
  writer: Writer,
): Promise<RunRecord> {
  await checkKeychain(request.keychain, writer.host)
  // People go by the names of runs: one that was planned before another has begun would look like the older one.
  if (secondOf(runIds(writer.host)[0] ?? '') > secondOf(request.runId)) throw ranMeanwhile()
  const planned = planRun(request, targets, writer.host)
  const committed = await commitRun(planned, request, targets, writer)
  return committed.state === 'renewing' ? await finishRenewal(committed, writer) : committed
}

function planRun(request: ApplyRequest, targets: readonly Target[], host: Host): PlannedRun {
  const run = recordRun(request, targets, host)
  return request.renewal ? planRenewal(run, targets, request.renewal, host) : { run, staged: new Map() }
}

/** All or nothing: what fails is taken back. */
async function commitRun(
  planned: PlannedRun,
  { keychain, renewal }: ApplyRequest,
  targets: readonly Target[],
  writer: Writer,
): Promise<RunRecord> {
  let { run } = planned
  try {
    run = await prepareRun(planned, targets, writer)
    await prepareKeychain(run, keychain, writer.host)
    await stageKey(run, renewal, writer.host)
    run = { ...run, state: 'committing' }
    await storeRun(run, writer)
    return await completeRun(run, writer, (what) => {
      throw changedSincePlan(what)
    })
  } catch (cause) {
    return await rollBack(run, cause, writer)
  }
}

/** Clears up after a killed run that had changed nothing yet, or all; any other one is for the user to decide on. */
async function recoverEarlierRun(writer: Writer): Promise<void> {
  await step(runsFolder(writer.host), () => clearUnbegun(writer))
  await clearLeftovers(writer)
  const run = findUnfinishedRun(writer.host)
  if (run === undefined) return
  if (run.state === 'renewing') return void (await finishRenewal(run, writer))
  if (run.state !== 'preparing' && !(await isUntouched(run, writer.host))) throw unfinishedRun(run)
  const restored = await restoreRun(run, writer)
  if (restored.failures.length > 0) throw await rollbackFailed(run, restored, writer.host)
}

/** What runs that were taken back could only empty is removed where that can be done now. */
async function clearLeftovers({ host, fileSystem }: Writer): Promise<void> {
  const left = rolledBackRuns(host).flatMap(leftBehind)
  for (const { path } of left) await removeIfThere(path, fileSystem).catch(() => {})
}

/** The request, where the ledger is what it was made from, with a consent that another run may have stored alone since. */
function followLedger(request: ApplyRequest, host: Host): ApplyRequest {
  const { before, after } = request.ledger
  const stored = readLedger(host)
  if (!sameLedger(stored, before)) throw ranMeanwhile()
  const setups = shareConsents(after.setups, consentsOf(stored.setups))
  return { ...request, ledger: { before, after: { ...after, setups } } }
}

function ranMeanwhile(): UserError {
  return new UserError({
    code: 'changed-since-plan',
    message: say('error.ledger-changed'),
    hint: say('error.again'),
    exit: 3,
  })
}

function changesSomething({ before, after }: FileEdit, platform: NodeJS.Platform): boolean {
  if (before.kind === 'absent' || after.kind === 'absent') return before.kind !== after.kind
  return !sameMode(before.mode, after.mode, platform) || before.hash !== hashBytes(after.bytes)
}

/** Removes the folders of runs that were killed before their record stood, when they had done nothing else. */
export async function clearUnbegun({ host, fileSystem }: Writer): Promise<void> {
  for (const id of lastRuns(host).unbegun) {
    await clearReplacement(journalFile(host, id), fileSystem)
    await removeIfEmpty(runFolder(host, id), fileSystem)
  }
}

/** Git takes nothing from the state folder, should it lie in a repository: backups hold keys. Throws UserError `lock-lost`. */
export async function hideState({ host, fileSystem, assertLocked }: Writer): Promise<void> {
  const file = join(stateFolder(host), '.gitignore')
  if (existsSync(file)) return
  assertLocked()
  await step(file, () => replaceFile(file, { bytes: Buffer.from('*\n'), mode: 0o600 }, fileSystem))
}

/**
 * The order in which edits are put in place: a `.gitignore` that gains a line comes before the key that the line hides, and
 * one that only loses lines after the key is gone. A rollback goes through them backwards.
 */
export function orderEdits(edits: readonly FileEdit[]): FileEdit[] {
  const rank = new Map(edits.map((edit) => [edit, rankOf(edit)]))
  return [...edits].sort((one, other) => (rank.get(one) ?? 0) - (rank.get(other) ?? 0))
}

function rankOf(edit: FileEdit): number {
  if (basename(edit.path) !== '.gitignore') return 0
  const before = edit.before.kind === 'absent' ? [] : linesOf(edit.before.bytes)
  const after = edit.after.kind === 'absent' ? [] : linesOf(edit.after.bytes)
  return after.some((line) => !before.includes(line)) ? -1 : 1
}

function linesOf(bytes: Uint8Array): string[] {
  return Buffer.from(bytes).toString('latin1').split(/\r?\n/)
}
