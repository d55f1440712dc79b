import type { Consent } from '../apply/consent-store.ts'
import type { RecordedFolder } from '../apply/run-record.ts'
import { cancelled, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { otherNames } from '../plan/other-names.ts'
import { pathId } from '../plan/path-id.ts'
import type { Conflict, Plan } from '../plan/plan.ts'
import type { Decision, PlanContext } from '../plan/plan-work.ts'
import type { CommandName } from '../request/fields.ts'
import { type Input, isOn, textOf } from '../request/input.ts'
import type { ToolChoice } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import type { CommandContext, WritingContext } from './command.ts'
import { diffText } from './diff-text.ts'
import { isInteractive } from './is-interactive.ts'
import { createPlanContext } from './plan-context.ts'
import { isChange } from './plan-data.ts'
import { judgePlannedEffect, withoutEffect } from './planned-effect.ts'
import { settleGit } from './settle-git.ts'

/** A plan to be made and written, and what goes with it. */
export interface WriteRequest<Planned extends Plan = Plan> {
  readonly command: CommandName
  readonly input: Input
  readonly key?: Secret
  /** What the plan sets up, moves or takes out. */
  readonly choices?: readonly ToolChoice[]
  /** Makes the plan; called again after the user has decided on conflicts. */
  readonly makePlan: (context: PlanContext) => Promise<Planned>
  readonly removeFolders?: readonly RecordedFolder[]
  /** Remembered once everything is written. */
  readonly consent?: Consent
  /** What else has to be right before anything is written, or anybody is asked; throws where it is not. */
  readonly beforeWrite?: () => Promise<void>
}

/** How the writing of a plan ended, for the report and for the line that does the same without questions. */
export interface Written<Planned extends Plan = Plan> {
  readonly plan: Planned
  /** What the clients would do wrong with it: told, and gone on all the same. */
  readonly effect: readonly Finding[]
  /** There are errors in the effect that nobody agreed to: a dry run says so by its exit code, 3. */
  readonly isBlocked: boolean
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
 * From plan to files, the same for every command that writes: conflicts and git settled, its effect judged, the diff shown,
 * the question asked, everything applied or nothing. Errors: UserError `conflict` and `no-effect` (exit 3), `cancelled`
 * (exit 130), and those of apply.
 */
export async function writePlan<Planned extends Plan>(
  request: WriteRequest<Planned>,
  context: WritingContext,
): Promise<Written<Planned>> {
  const { input, command, choices = [] } = request
  const { host, committer } = context
  const { plan, planContext, ...settled } = await settlePlan(request, context)
  const effect = await judgePlannedEffect({ command, choices, plan }, context)
  const interactive = isInteractive(input, host) && !committer.dryRun
  const errors = errorsOf(effect, input)
  if (errors.length > 0 && !interactive && !committer.dryRun) throw withoutEffect(errors)
  const asks = interactive && isChange(plan)
  if (!committer.dryRun && isChange(plan)) await request.beforeWrite?.()
  if (asks) await askToWrite(await diffText(plan, plan.secrets, host, 'stderr'), host, effect)
  const wantsDiff = !asks && (committer.dryRun || isOn(input, 'diff'))
  const diff = wantsDiff ? await diffText(plan, plan.secrets, host, 'stdout') : undefined
  const run = await committer.apply({
    runId: planContext.run,
    command,
    edits: plan.edits,
    ...(plan.keychain && { keychain: plan.keychain }),
    ...(plan.renewal && { renewal: plan.renewal }),
    ledger: { before: planContext.ledger, after: plan.ledger },
    ...(request.removeFolders && { removeFolders: request.removeFolders }),
    ...(request.consent && { consent: request.consent }),
  })
  const isBlocked = !asks && errors.length > 0
  return { plan, effect, isBlocked, run: run?.id, diff, ...settled }
}

/** Shows the changes, and what is wrong with their effect, and asks. Errors: UserError `cancelled` for a no. */
export async function askToWrite(diff: string, host: Host, problems: readonly Finding[] = []): Promise<void> {
  const { confirmPlan } = await import('../wizard/confirm-plan.ts')
  if (!(await confirmPlan(diff, host, problems))) throw cancelled()
}

/** What stops a plan where nobody can be asked; with `--allow-problems` it is only told of. */
function errorsOf(effect: readonly Finding[], input: Input): Finding[] {
  return isOn(input, 'allowProblems') ? [] : effect.filter(({ level }) => level === 'error')
}

/** The plan as it will be written, after what the user decides on conflicts and on keys that git would take. */
async function settlePlan<Planned extends Plan>(
  request: WriteRequest<Planned>,
  context: CommandContext,
): Promise<Pick<Written<Planned>, 'plan' | 'onConflict' | 'inGit'> & { planContext: PlanContext }> {
  const { plan: decided, planContext, ...onConflict } = await settleConflicts(request, context)
  const { plan, ...inGit } = await settleGit(decided, planContext, request, context)
  const linked = otherNames(plan.edits, plan.secrets, context.host)
  return { plan: { ...plan, findings: [...plan.findings, ...linked] }, planContext, ...onConflict, ...inGit }
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
