import { applyEdits } from '../apply/apply-edits.ts'
import type { Consent } from '../apply/consent-store.ts'
import type { RecordedFolder } from '../apply/run-record.ts'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { otherNames } from '../plan/other-names.ts'
import { pathId } from '../plan/path-id.ts'
import type { Conflict, Plan } from '../plan/plan.ts'
import type { Decision, PlanContext } from '../plan/plan-work.ts'
import type { CommandName } from '../request/fields.ts'
import { type Input, isOn, textOf } from '../request/input.ts'
import type { Secret } from '../secrets/secret.ts'
import type { CommandContext } from './command.ts'
import { diffText } from './diff-text.ts'
import { isInteractive } from './is-interactive.ts'
import { createPlanContext } from './plan-context.ts'
import { isChange } from './plan-data.ts'
import { settleGit } from './settle-git.ts'

/** A plan to be made and written, and what goes with it. */
export interface WriteRequest<Planned extends Plan = Plan> {
  readonly command: CommandName
  readonly input: Input
  readonly key?: Secret
  /** Makes the plan; called again after the user has decided on conflicts. */
  readonly makePlan: (context: PlanContext) => Promise<Planned>
  readonly removeFolders?: readonly RecordedFolder[]
  /** Remembered once everything is written. */
  readonly consent?: Consent
}

/** How the writing of a plan ended, for the report and for the line that does the same without questions. */
export interface Written<Planned extends Plan = Plan> {
  readonly plan: Planned
  /** Id of the run, when files were changed. */
  readonly run: string | undefined
  /** The changes as a diff, where they were asked for and not shown before a question. */
  readonly diff: string | undefined
  /** How the user settled all conflicts alike; undefined when there were none, or one so and one so. */
  readonly onConflict?: Decision
  /** What the user chose for keys that git would take; the name of the switch that says the same. */
  readonly inGit?: 'gitignore' | 'allowTracked'
}

/**
 * From plan to files, the same for every command that writes: conflicts settled, the diff shown, the question asked,
 * everything applied or nothing. Errors: UserError `conflict` (exit 3), `cancelled` (exit 130), and those of apply.
 */
export async function writePlan<Planned extends Plan>(
  request: WriteRequest<Planned>,
  context: CommandContext,
): Promise<Written<Planned>> {
  const { input } = request
  const { host } = context
  const { plan: decided, planContext, ...onConflict } = await settleConflicts(request, context)
  const { plan: planned, ...inGit } = await settleGit(decided, planContext, request, context)
  const linked = otherNames(planned.edits, planned.secrets, host)
  const plan = { ...planned, findings: [...planned.findings, ...linked] }
  const settled = { ...onConflict, ...inGit }
  const dryRun = isOn(input, 'dryRun')
  const asks = isInteractive(input, host) && !dryRun && isChange(plan)
  if (asks) await confirm(plan, host)
  const wantsDiff = (dryRun || isOn(input, 'diff')) && !asks
  const diff = wantsDiff ? await diffText(plan, plan.secrets, host, 'stdout') : undefined
  if (dryRun) return { plan, run: undefined, diff, ...settled }
  const run = await host.uninterrupted(() =>
    applyEdits(
      {
        runId: planContext.run,
        command: request.command,
        edits: plan.edits,
        ...(plan.keychain && { keychain: plan.keychain }),
        ...(plan.renewal && { renewal: plan.renewal }),
        ledger: { before: planContext.ledger, after: plan.ledger },
        ...(request.removeFolders && { removeFolders: request.removeFolders }),
        ...(request.consent && { consent: request.consent }),
      },
      host,
    ),
  )
  return { plan, run: run?.id, diff, ...settled }
}

async function settleConflicts<Planned extends Plan>(
  { input, key, makePlan }: WriteRequest<Planned>,
  context: CommandContext,
): Promise<{ plan: Planned; planContext: PlanContext; onConflict?: Decision }> {
  const policy = (textOf(input, 'onConflict') ?? 'stop') as Decision
  const decisions = new Map<string, Decision>()
  const decide = (conflict: Conflict) => decisions.get(pathId(conflict.path, conflict.keyPath)) ?? policy
  const planContext = createPlanContext(context, key, decide)
  const plan = await makePlan(planContext)
  if (plan.conflicts.length === 0) return { plan, planContext }
  if (!isInteractive(input, context.host)) throw conflictError(plan.conflicts)
  const { resolveConflict } = await import('../wizard/resolve-conflict.ts')
  for (const conflict of plan.conflicts) {
    decisions.set(pathId(conflict.path, conflict.keyPath), await resolveConflict(conflict, context.host))
  }
  const [onConflict, ...others] = new Set(decisions.values())
  const settled = onConflict !== undefined && others.length === 0 ? { onConflict } : {}
  return { plan: await makePlan(planContext), planContext, ...settled }
}

async function confirm(plan: Plan, host: Host): Promise<void> {
  const { confirmPlan } = await import('../wizard/confirm-plan.ts')
  const diff = await diffText(plan, plan.secrets, host, 'stderr')
  if (await confirmPlan(diff, host)) return
  throw new UserError({ code: 'cancelled', message: 'Cancelled; nothing was written.', exit: 130 })
}

function conflictError(conflicts: readonly Conflict[]): UserError {
  const lines = conflicts.map(({ path, keyPath, why, actual }) => {
    const reason = why === 'drift' ? 'changed since this program wrote it' : 'set by you'
    return `  ${path}: ${keyPath.join('.')} is ${actual} (${reason})`
  })
  return new UserError({
    code: 'conflict',
    message: ['Nothing was changed, since these values are not ours to replace:', ...lines],
    hint: 'Add --on-conflict overwrite to replace them, or --on-conflict skip to leave them.',
    exit: 3,
    where: { file: conflicts[0]?.path ?? '' },
  })
}
