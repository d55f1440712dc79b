import { findUnfinishedRun, readRuns } from '../apply/journal.ts'
import { planUndo, type UndoPlan, undoState } from '../apply/plan-undo.ts'
import { changeTargets, runTargets } from '../apply/run-record.ts'
import type { RunRecord } from '../apply/state-schemas.ts'
import { type CommandSpec, isInteractive, type Outcome, type WritingContext } from '../command.ts'
import type { Host } from '../host/host.ts'
import { leavingHttp } from '../plan/setups.ts'
import { findEditSecrets, otherNames } from '../plan/written-keys.ts'
import { type Input, isOn } from '../request/request.ts'
import { keychainTitle } from '../secrets/keychain.ts'
import { say } from '../texts/message.ts'
import { reportRuns, reportUndo } from '../ui/report-setup.ts'
import { aboutName } from './by-name.ts'
import { gitWarnings } from './guard-git.ts'
import { settleBackups } from './key-in-backups.ts'
import { stillLoaded } from './launch-agent.ts'
import { returningHttp } from './plain-http.ts'
import { damagedRuns } from './plan-context.ts'
import { recoverFirst } from './recover-first.ts'
import { diffText } from './write-plan.ts'

export const undoCommand: CommandSpec = {
  name: 'undo',
  summary: say('help.undo'),
  positional: { name: 'RUN', required: false },
  examples: [
    ['qcode-setup undo', say('help.undo.example-1')],
    ['qcode-setup undo --list', say('help.undo.example-2')],
    ['qcode-setup undo --name work', say('help.undo.example-3')],
  ],
  writes: 'files',
  onlyReads: ({ switches }) => switches.has('list'),
  network: false,
  run: runUndo,
}

/** Takes a run back: bytes, modes, files that were not there. An unfinished run that is named is only rolled back. */
export async function runUndo(input: Input, context: WritingContext): Promise<Outcome> {
  const { host, committer } = context
  const { dryRun } = committer
  const id = input.positionals[0]
  const isMeant = aboutName(input, id, context)
  if (isOn(input, 'list')) return listUndo(isMeant, host)
  const unfinished = findUnfinishedRun(host)
  if (id !== undefined && unfinished?.id === id && unfinished.state !== 'renewing') {
    const { run = unfinished } = (await committer.recover(id, 'undo')) ?? {}
    return outcome({ run: id, targets: runTargets(run), dryRun, diff: undefined }, host)
  }
  const findings = await recoverFirst(input, context)
  if (dryRun && unfinished) {
    const waiting = { run: unfinished.id, targets: runTargets(unfinished), dryRun, diff: undefined }
    return { ...outcome(waiting, host), findings }
  }
  const plan = await planUndo(host, id, isMeant)
  if (plan === 'nothing-to-undo') {
    return { ...outcome({ run: null, targets: [], dryRun: false, diff: undefined }, host), findings }
  }
  const asks = isInteractive(input, host) && !dryRun
  if (asks) {
    const { confirmChanges } = await import('../wizard/confirm-changes.ts')
    const { edits, keychain } = plan.request
    const proposal = { edits, keychain, kind: 'restore' as const, diff: () => diffOf(plan, host, 'stderr') }
    await confirmChanges(proposal, host, context.canGoBack)
  }
  const wantsDiff = !asks && (dryRun || isOn(input, 'diff'))
  const diff = wantsDiff ? await diffOf(plan, host, 'stdout') : undefined
  const linked = otherNames(plan.request.edits, [])
  await committer.apply(plan.request)
  const inGit = await gitWarnings(plan.request.edits, dryRun, context)
  const { before, after } = plan.request.ledger
  const http = [...leavingHttp(before.setups, after.setups), ...returningHttp(before.setups, after.setups)]
  const backups = await settleBackups(after.setups, input, context, false)
  const undone = { run: plan.run.id, targets: changeTargets(plan.request), dryRun, diff }
  return {
    ...outcome(undone, host),
    findings: [...findings, ...linked, ...inGit, ...http, ...stillLoaded(before, after), ...backups.findings],
  }
}

/** The runs that stand, the newest first. */
function listUndo(isMeant: (run: RunRecord) => boolean, host: Host): Outcome {
  const { runs: all, damaged } = readRuns(host)
  const runs = all
    .filter((run) => run.state !== 'rolled-back' && isMeant(run))
    .toReversed()
    .map((run) => ({
      id: run.id,
      startedAt: run.startedAt,
      command: run.command,
      state: undoState(run, all),
      files: runTargets(run),
    }))
  return { exit: 0, findings: damagedRuns(damaged), data: { runs }, report: reportRuns(runs, host) }
}

interface Undone {
  readonly run: string | null
  /** Names of what was changed: paths, and the keychain. */
  readonly targets: readonly string[]
  readonly dryRun: boolean
  readonly diff: string | undefined
}

function outcome({ run, targets, dryRun, diff }: Undone, host: Host): Outcome {
  const files = targets.filter((what) => what !== keychainTitle)
  const keychain = files.length < targets.length
  return {
    exit: 0,
    findings: [],
    data: { changed: targets.length > 0, undone: run, files, keychain },
    ...reportUndo({ run, targets, dryRun, diff }, host),
  }
}

async function diffOf({ run, request }: UndoPlan, host: Host, stream: 'stdout' | 'stderr'): Promise<string> {
  const entries = [...run.ledger.after.entries, ...run.ledger.before.entries]
  const formatOf = (path: string) => entries.find((entry) => entry.path === path)?.format
  const secrets = await findEditSecrets(request.edits, formatOf)
  return diffText(request, secrets, host, stream)
}
