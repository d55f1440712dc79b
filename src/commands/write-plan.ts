import { chezmoiWarnings } from '../checks/chezmoi.ts'
import { type CommandContext, isInteractive, type WritingContext } from '../command.ts'
import { GoneBack, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { type Consent, type Ledger, shareConsents } from '../ledger.ts'
import { type Conflict, type Plan, pathId } from '../plan/plan.ts'
import type { Decision, PlanContext } from '../plan/plan-work.ts'
import { sharedKey } from '../plan/shared-keys.ts'
import { otherNames } from '../plan/written-keys.ts'
import { type Input, isOn, textOf } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { styleFor } from '../ui/style.ts'
import { withProgress } from '../ui/write-text.ts'
import { guardGit } from './guard-git.ts'
import { judgePlannedEffect, withoutEffect } from './judge-plan.ts'
import { findUnwritable } from './leave-out-broken.ts'
import { createPlanContext, type WriteRequest, type Written } from './plan-context.ts'

/**
 * From plan to files, the same for every command that writes: conflicts and git settled, its effect judged, a summary shown,
 * the question asked, everything applied or nothing. Errors: UserError `conflict` and `no-effect` (exit 3), `cancelled`
 * (exit 130), and those of apply; `GoneBack`, `TriesFirst`.
 */
export async function writePlan<Planned extends Plan>(
  request: WriteRequest<Planned>,
  context: WritingContext,
): Promise<Written<Planned>> {
  const { input, command } = request
  const { host, committer } = context
  const { plan, planContext, effect, asks, ...settled } = await settlePlan(request, context)
  const wantsDiff = !asks && (committer.dryRun || isOn(input, 'diff'))
  const diff = wantsDiff ? await diffText(plan, plan.secrets, host, 'stdout') : undefined
  const run = await committer.apply({
    runId: planContext.run,
    command,
    edits: plan.edits,
    ...(plan.keychain && { keychain: plan.keychain }),
    ...(plan.renewal && { renewal: plan.renewal }),
    ledger: { before: planContext.ledger, after: agreed(plan.ledger, request.consents) },
    ...(request.removeFolders && { removeFolders: request.removeFolders }),
  })
  const isBlocked = !asks && errorsOf(effect, input).length > 0
  return { plan, effect, isBlocked, run: run?.id, diff, ...settled }
}

interface Resolved<Planned extends Plan> extends Pick<Written<Planned>, 'plan' | 'onConflict' | 'inGit'> {
  readonly planContext: PlanContext
  /** A question was asked for it. */
  readonly hasAsked: boolean
}

interface SettledPlan<Planned extends Plan> extends Omit<Resolved<Planned>, 'hasAsked'> {
  readonly effect: readonly Finding[]
  /** The user has agreed to it. */
  readonly asks: boolean
}

/** The plan as it is written, and agreed to where somebody can be asked; going back leads to the questions about it first. */
async function settlePlan<Planned extends Plan>(
  request: WriteRequest<Planned>,
  context: WritingContext,
): Promise<SettledPlan<Planned>> {
  const { input, command, choices = [], removed = [], key, canGoBack = false } = request
  const { host, committer } = context
  for (;;) {
    const { hasAsked, ...found } = await resolvePlan(request, { ...context, canGoBack })
    const unwritable = findUnwritable(found.plan, choices, host)
    if (unwritable && !committer.dryRun) throw unwritable
    const resolved = unwritable ? { ...found, plan: withWarning(found.plan, unwritable) } : found
    const { plan, planContext } = resolved
    const judged = judgePlannedEffect({ command, choices, removed, plan }, context)
    const effect = await withProgress(host, host.texts['progress.plan'], judged)
    const interactive = isInteractive(input, host) && !committer.dryRun
    const errors = errorsOf(effect, input)
    if (errors.length > 0 && !interactive && !committer.dryRun) throw withoutEffect(errors)
    const asks = interactive && isChange(plan)
    if (!committer.dryRun && isChange(plan)) await request.beforeWrite?.()
    if (!asks) return { ...resolved, effect, asks }
    const { confirmChanges, replacedBy, usesOf } = await import('../wizard/confirm-changes.ts')
    const isRemoval = command === 'remove'
    const proposal = {
      ...plan,
      kind: isRemoval ? ('remove' as const) : undefined,
      uses: isRemoval ? [] : usesOf(choices, plan, key),
      replaced: isRemoval ? [] : replacedBy(plan, planContext.ledger, host),
      problems: [...plan.findings.filter(({ id }) => id === sharedKey), ...effect],
      canTry: request.canTry,
      diff: () => diffText(plan, plan.secrets, host, 'stderr'),
    }
    try {
      await confirmChanges(proposal, host, hasAsked || canGoBack)
      return { ...resolved, effect, asks }
    } catch (error) {
      if (!hasAsked || !(error instanceof GoneBack)) throw error
    }
  }
}

function agreed(ledger: Ledger, consents: readonly Consent[] = []): Ledger {
  return consents.length > 0 ? { ...ledger, setups: shareConsents(ledger.setups, consents) } : ledger
}

/** What a dry run says of a plan that a real one would refuse. */
function withWarning<Planned extends Plan>(plan: Planned, error: UserError): Planned {
  const { code: id, text: message, hintInLine: hint, where } = error
  const finding = { id, level: 'warning', message, ...(hint && { hint }), ...(where && { where }) } as const
  return { ...plan, findings: [...plan.findings, finding] }
}

/** What stops a plan where nobody can be asked; with `--allow-problems` it is only reported. */
function errorsOf(effect: readonly Finding[], input: Input): Finding[] {
  return isOn(input, 'allowProblems') ? [] : effect.filter(({ level }) => level === 'error')
}

/** The plan as it will be written, after what the user decides on conflicts and on keys that git would take. */
async function resolvePlan<Planned extends Plan>(
  request: WriteRequest<Planned>,
  context: CommandContext,
): Promise<Resolved<Planned>> {
  for (;;) {
    const { plan: decided, planContext, hasAsked, ...onConflict } = await resolveConflicts(request, context)
    const canGoBack = hasAsked || context.canGoBack === true
    try {
      const { plan, ...inGit } = await guardGit(decided, planContext, request, { ...context, canGoBack })
      const linked = [...otherNames(plan.edits, plan.secrets), ...chezmoiWarnings(plan.edits, context.host)]
      return {
        plan: { ...plan, findings: [...plan.findings, ...linked] },
        planContext,
        hasAsked: hasAsked || inGit.inGit !== undefined,
        ...onConflict,
        ...inGit,
      }
    } catch (error) {
      if (!hasAsked || !(error instanceof GoneBack)) throw error
    }
  }
}

async function resolveConflicts<Planned extends Plan>(
  { input, key, makePlan }: WriteRequest<Planned>,
  context: CommandContext,
): Promise<{ plan: Planned; planContext: PlanContext; hasAsked: boolean; onConflict?: Decision }> {
  const policy = (textOf(input, 'onConflict') ?? 'stop') as Decision
  const decisions = new Map<string, Decision>()
  const decide = (conflict: Conflict) => decisions.get(pathId(conflict.path, conflict.keyPath)) ?? policy
  const planContext = createPlanContext(context, key, decide)
  const { host } = context
  const plan = await withProgress(host, host.texts['progress.plan'], makePlan(planContext))
  if (plan.conflicts.length === 0) return { plan, planContext, hasAsked: false }
  if (!isInteractive(input, host)) throw conflictError(plan.conflicts)
  await askAboutConflicts(plan.conflicts, decisions, context)
  const [onConflict, ...others] = new Set(decisions.values())
  const settled = onConflict && others.length === 0 ? { onConflict } : {}
  return { plan: await makePlan(planContext), planContext, hasAsked: true, ...settled }
}

/** One after the other; a question that is gone back from leads to the one before it. */
async function askAboutConflicts(
  conflicts: readonly Conflict[],
  decisions: Map<string, Decision>,
  { host, canGoBack = false }: CommandContext,
): Promise<void> {
  const { resolveConflict } = await import('../wizard/resolve-conflict.ts')
  for (let index = 0; index < conflicts.length; ) {
    const conflict = conflicts[index] as Conflict
    try {
      const decision = await resolveConflict(conflict, host, index > 0 || canGoBack)
      decisions.set(pathId(conflict.path, conflict.keyPath), decision)
      index += 1
    } catch (error) {
      if (index === 0 || !(error instanceof GoneBack)) throw error
      index -= 1
    }
  }
}

function conflictError(conflicts: readonly Conflict[]): UserError {
  const lines = conflicts.map(({ path, keyPath, why, actual }) =>
    say(`error.conflict.${why}`, { path, key: keyPath.join('.'), value: actual }).map((text) => `  ${text}`),
  )
  const keys = conflicts.flatMap(({ keyPath, again: command, works }) => {
    const id = works ? 'error.conflict.key.works' : 'error.conflict.key'
    return command === undefined ? [] : say(id, { key: keyPath.join('.'), command })
  })
  const isSettled = conflicts.some(({ wanted }) => wanted !== undefined)
  return new UserError({
    code: 'conflict',
    message: [say('error.conflict'), ...lines],
    hint: isSettled ? [say('error.conflict.hint'), ...keys] : keys,
    exit: 3,
    where: { file: conflicts[0]?.path ?? '' },
  })
}

/** Changes as a diff for one of the two streams; what draws it is loaded only when a diff is wanted. */
export async function diffText(
  { edits, keychain }: Pick<Plan, 'edits' | 'keychain'>,
  secrets: readonly Secret[],
  host: Host,
  stream: 'stdout' | 'stderr',
): Promise<string> {
  const { renderDiff } = await import('../ui/render-diff.ts')
  return renderDiff(edits, secrets, styleFor(host, stream), host.texts, {
    showsModes: host.platform !== 'win32',
    ...(keychain && { keychain }),
  })
}

/** The part of a JSON document with a plan's files and with what the user should know. */
export function planData(
  plan: Pick<Plan, 'edits' | 'keychain' | 'rows'>,
  findings: readonly Finding[],
): Record<string, unknown> {
  return {
    changed: isChange(plan),
    edits: plan.rows.map(({ tool, path, action, baseUrl, keyStore, changes }) => ({
      tool,
      path,
      action,
      baseUrl,
      ...(keyStore && { keyStore }),
      changes: changes.map(({ keyPath, kind, ...texts }) => ({ keyPath, kind, ...texts })),
    })),
    keychain: keychainAction(plan),
    warnings: messages(findings, 'warning'),
    notes: messages(findings, 'info'),
  }
}

/** Whether applying the plan changes anything of the user's. */
export function isChange({ edits, keychain }: Pick<Plan, 'edits' | 'keychain'>): boolean {
  return edits.length > 0 || keychain !== undefined
}

/** What happens to the key in the keychain. */
function keychainAction({ keychain }: Pick<Plan, 'keychain'>): 'create' | 'update' | 'remove' | 'unchanged' {
  if (keychain?.after.kind !== 'present') return keychain ? 'remove' : 'unchanged'
  return keychain.before.kind === 'absent' ? 'create' : 'update'
}

function messages(findings: readonly Finding[], level: Finding['level']): { id: string; message: string }[] {
  const own = findings.filter((finding) => finding.level === level)
  return own.map(({ id, message }) => ({ id, message: String(message) }))
}
