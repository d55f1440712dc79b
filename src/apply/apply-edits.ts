import { UserError } from '../errors.ts'
import { hashBytes } from '../host/hash-bytes.ts'
import type { Host } from '../host/host.ts'
import type { FileEdit } from '../plan/edit.ts'
import type { ApplyRequest } from './apply-request.ts'
import { checkKeychain } from './check-keychain.ts'
import { changedSincePlan, checkTargets, type Target } from './check-targets.ts'
import { clearUnbegun } from './clear-unbegun.ts'
import { completeRun } from './complete-run.ts'
import { storeConsent } from './consent-store.ts'
import { sameMode } from './file-position.ts'
import { createFileSystem, type FileSystem } from './file-system.ts'
import { findUnfinishedRun, unfinishedRun } from './find-unfinished-run.ts'
import { finishRenewal } from './finish-renewal.ts'
import { hideState } from './hide-state.ts'
import { listRuns, storeRun } from './journal.ts'
import { readLedger, sameLedger, storeLedger } from './ledger-store.ts'
import { orderEdits } from './order-edits.ts'
import { prepareKeychain } from './prepare-keychain.ts'
import { type PlannedRun, prepareRun } from './prepare-run.ts'
import { pruneRuns } from './prune-runs.ts'
import { recordRun } from './record-run.ts'
import { removeIfThere } from './remove-if-there.ts'
import { planRenewal } from './renew-history.ts'
import { stageKey } from './renew-keychain.ts'
import { leftBehind, restoreRun } from './restore-run.ts'
import { isUntouched } from './run-positions.ts'
import type { RunRecord } from './run-record.ts'
import { runsFolder } from './state-folder.ts'
import { type Writer, withStateLock } from './state-lock.ts'
import { step } from './step-failure.ts'
import { explainFailure, rollbackFailed, takeBack } from './take-back.ts'

/**
 * Makes all edits of a plan, or none. Gives the record of the run, or undefined when there was nothing to do (a
 * changed ledger is stored nevertheless). Throws UserErrors: `locked`, `unfinished-run`, `changed-since-plan`
 * (exit 3), all that `checkTargets` refuses, `keychain-unavailable`, `owner-not-kept`, `write-failed` (nothing was
 * changed), `rollback-failed`, which names the state of every file, and `renewal-unfinished`.
 */
export async function applyEdits(
  request: ApplyRequest,
  host: Host,
  fileSystem: FileSystem = createFileSystem(host.platform),
): Promise<RunRecord | undefined> {
  const edits = orderEdits(request.edits.filter((edit) => changesSomething(edit, host.platform)))
  // A run that takes another one back is recorded even when every file is back already.
  const { keychain, consent, renewal, undoes } = request
  const needsRun = edits.length > 0 || [keychain, renewal, undoes].some((part) => part !== undefined)
  if (!needsRun && !consent && sameLedger(request.ledger.before, request.ledger.after)) return undefined
  // What can be refused is refused before even the state folder is made; under the lock it is looked at again.
  checkTargets(edits, host)
  await checkKeychain(keychain, host)
  try {
    return await withStateLock(host, fileSystem, async (writer) => {
      await settleEarlierRun(writer)
      assertLedgerUnchanged(request, host)
      await hideState(writer)
      const run = needsRun
        ? await runOnce(request, checkTargets(edits, host), writer)
        : await storeLedger(request.ledger.after, writer)
      // Only tidying: what cannot be removed now is tried again by the next run.
      if (run) await pruneRuns(readLedger(host), writer).catch(() => {})
      // The files are right by now. Whoever agreed to something that could not be remembered is asked again.
      if (consent) await storeConsent(consent, request.ledger.before, writer).catch(() => {})
      return run ?? undefined
    })
  } catch (error) {
    throw explainFailure(error, 'Nothing was changed.', host)
  }
}

async function runOnce(
  request: ApplyRequest,
  targets: readonly Target[],
  writer: Writer,
): Promise<RunRecord> {
  await checkKeychain(request.keychain, writer.host)
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
    return await takeBack(run, cause, writer)
  }
}

/** Clears up after a killed run that had changed nothing yet, or all; any other one is for the user to decide on. */
async function settleEarlierRun(writer: Writer): Promise<void> {
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
  const left = listRuns(host).flatMap((run) => (run.state === 'rolled-back' ? leftBehind(run) : []))
  for (const { path } of left) await removeIfThere(path, fileSystem).catch(() => {})
}

function assertLedgerUnchanged(request: ApplyRequest, host: Host): void {
  if (sameLedger(readLedger(host), request.ledger.before)) return
  throw new UserError({
    code: 'changed-since-plan',
    message: 'Another run of qcode-setup ended after the plan was made.',
    hint: 'Nothing was changed by this run. Run the same command again to get a new plan.',
    exit: 3,
  })
}

function changesSomething({ before, after }: FileEdit, platform: NodeJS.Platform): boolean {
  if (before.kind === 'absent' || after.kind === 'absent') return before.kind !== after.kind
  return !sameMode(before.mode, after.mode, platform) || before.hash !== hashBytes(after.bytes)
}
