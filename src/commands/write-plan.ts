import { detectTool } from '../catalog/detect.ts'
import { type CommandContext, isInteractive, type WritingContext } from '../command.ts'
import { judgeEffect as judgeView, openEffect, viewSetup } from '../effect/judge-effect.ts'
import { type MachineView, overlay, viewMachine } from '../effect/machine-view.ts'
import { profileFindings } from '../effect/profile-findings.ts'
import { viewTool } from '../effect/tool-view.ts'
import { cancelled, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { type Consent, type Ledger, shareConsents } from '../ledger.ts'
import { type Conflict, type FileEdit, type KeychainEdit, type Plan, pathId } from '../plan/plan.ts'
import type { Decision, PlanContext } from '../plan/plan-work.ts'
import { otherNames, ownKeys } from '../plan/written-keys.ts'
import type { CommandName } from '../request/fields.ts'
import { type Input, isOn, type ToolChoice, textOf } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { asMessage, type Message, say } from '../texts/message.ts'
import { styleFor } from '../ui/style.ts'
import { guardGit } from './guard-git.ts'
import { createPlanContext, type WriteRequest, type Written } from './plan-context.ts'

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
  const { plan, planContext, ...settled } = await resolvePlan(request, context)
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
    ledger: { before: planContext.ledger, after: agreed(plan.ledger, request.consent) },
    ...(request.removeFolders && { removeFolders: request.removeFolders }),
  })
  const isBlocked = !asks && errors.length > 0
  return { plan, effect, isBlocked, run: run?.id, diff, ...settled }
}

function agreed(ledger: Ledger, consent: Consent | undefined): Ledger {
  return consent ? { ...ledger, setups: shareConsents(ledger.setups, [consent]) } : ledger
}

/** Shows the changes, and what is wrong with their effect, and asks. Errors: UserError `cancelled` for a no. */
export async function askToWrite(diff: string, host: Host, problems: readonly Finding[] = []): Promise<void> {
  const { confirmPlan } = await import('../wizard/resolve-conflict.ts')
  if (!(await confirmPlan(diff, host, problems))) throw cancelled()
}

/** What stops a plan where nobody can be asked; with `--allow-problems` it is only reported. */
function errorsOf(effect: readonly Finding[], input: Input): Finding[] {
  return isOn(input, 'allowProblems') ? [] : effect.filter(({ level }) => level === 'error')
}

/** The plan as it will be written, after what the user decides on conflicts and on keys that git would take. */
async function resolvePlan<Planned extends Plan>(
  request: WriteRequest<Planned>,
  context: CommandContext,
): Promise<Pick<Written<Planned>, 'plan' | 'onConflict' | 'inGit'> & { planContext: PlanContext }> {
  const { plan: decided, planContext, ...onConflict } = await resolveConflicts(request, context)
  const { plan, ...inGit } = await guardGit(decided, planContext, request, context)
  const linked = otherNames(plan.edits, plan.secrets, context.host)
  return { plan: { ...plan, findings: [...plan.findings, ...linked] }, planContext, ...onConflict, ...inGit }
}

async function resolveConflicts<Planned extends Plan>(
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
    const values = { path, key: keyPath.join('.'), value: actual }
    return say(`error.conflict.${why}`, values).map((text) => `  ${text}`)
  })
  return new UserError({
    code: 'conflict',
    message: [say('error.conflict'), ...lines],
    hint: say('error.conflict.hint'),
    exit: 3,
    where: { file: conflicts[0]?.path ?? '' },
  })
}

/** A plan whose effect is to be judged before anybody is asked about it. */
export interface PlannedEffect {
  readonly command: CommandName
  /** What the plan sets up, moves or gives another key; of `remove` what it takes out. */
  readonly choices: readonly ToolChoice[]
  /** Conflicts and git are settled in it. */
  readonly plan: Plan
}

/** What a removal, or a corrected URL, must not lead to: somebody's key at somebody else's address. */
const leaks = ['foreign-key', 'key-to-stranger', 'key-to-vendor', 'no-key']

/**
 * What is wrong with what the clients will do once the plan is applied; an `error` stops the plan where nobody can be
 * asked. Reads, never writes.
 */
export async function judgePlannedEffect(
  planned: PlannedEffect,
  context: CommandContext,
): Promise<Finding[]> {
  const { command, choices, plan } = planned
  const now = viewMachine(context.host)
  const machine = overlay(now, plan.edits)
  if (command === 'lint') return judgeFixes(plan, machine, context)
  const found = await judgeChoices(choices, plan.ledger, machine, context)
  if (command === 'remove') return judgeRemoval(found, plan)
  if (command !== 'key') return found
  const before = await judgeChoices(choices, plan.ledger, now, context)
  const known = new Set(before.map(({ id, message }) => `${id} ${message}`))
  return found.map((finding) =>
    known.has(`${finding.id} ${finding.message}`) ? asWarning(finding) : finding,
  )
}

/** The same after the write, on the machine as it is then. */
export async function judgeEffect(
  choices: readonly ToolChoice[],
  ledger: Plan['ledger'],
  context: CommandContext,
): Promise<Finding[]> {
  return judgeChoices(choices, ledger, viewMachine(context.host), context)
}

async function judgeChoices(
  choices: readonly ToolChoice[],
  ledger: Plan['ledger'],
  machine: MachineView,
  { catalog, host }: CommandContext,
): Promise<Finding[]> {
  const given = { catalog, machine, setups: ledger.setups, ownKeys: ownKeys(ledger) }
  const judged = await Promise.all(
    choices.map(async (choice) => {
      const { view, context } = await viewSetup(choice, await detectTool(choice.tool, host), given)
      return judgeView(view, context).flatMap((finding) => ofSetup(finding, choice))
    }),
  )
  const shells = choices.flatMap(({ shell }) => shell ?? [])
  return [...judged.flat(), ...profileFindings([...new Set(shells)], machine)]
}

/** What a setup reports of its own effect; its own command is no way out of it. */
function ofSetup(finding: Finding, { tool, keyStore }: ToolChoice): Finding[] {
  const isTold = finding.level === 'error' || finding.id === 'base-url-elsewhere'
  if (!isTold || (finding.id === 'no-key' && keyStore === 'env')) return []
  // Whoever runs this has the command at hand.
  if (finding.id === 'key-command-missing') return [asWarning(finding)]
  // What a proxy does shows in the check that follows.
  if (finding.id.startsWith('proxy-')) return []
  const { hint, ...rest } = finding
  return [hint && String(hint).startsWith(`qcode-setup --tool ${tool.id}`) ? rest : finding]
}

/** Where the user has changed one part of a connection and keeps it, the other part cannot go without it. */
function judgeRemoval(found: readonly Finding[], { findings }: Plan): Finding[] {
  const hint = say('error.split-connection')
  const isSplit = findings.some(({ id }) => id === 'value-kept')
  return found
    .filter(({ id }) => leaks.includes(id))
    .map((finding) => (isSplit ? { ...finding, hint } : asWarning(finding)))
}

/** Of every client whose base URL stands in a file that is corrected. */
async function judgeFixes(
  plan: Plan,
  machine: MachineView,
  { catalog, host }: CommandContext,
): Promise<Finding[]> {
  const fixed = new Set(plan.edits.map(({ path }) => path))
  const context = await openEffect({
    catalog,
    machine,
    setups: plan.ledger.setups,
    ownKeys: ownKeys(plan.ledger),
  })
  const views = await Promise.all(
    catalog.tools.map(async (tool) => viewTool(tool, await detectTool(tool, host), context)),
  )
  return views
    .filter(({ connections }) =>
      connections.some(({ baseUrl }) => fixed.has(baseUrl.winner?.source.file?.path ?? '')),
    )
    .flatMap((view) => judgeView(view, context))
    .filter(({ id, level }) => level === 'error' && leaks.includes(id) && id !== 'no-key')
}

function asWarning(finding: Finding): Finding {
  return { ...finding, level: 'warning' }
}

/** UserError `no-effect`, exit 3: the plan would not do what was asked for, and nobody can be asked about it. */
export function withoutEffect(problems: readonly Finding[]): UserError {
  const lines = problems.flatMap(({ message, hint }) => [
    indented(message, 2),
    ...(hint === undefined ? [] : [indented(hint, 4)]),
  ])
  const where = problems[0]?.where
  return new UserError({
    code: 'no-effect',
    message: [say('error.no-effect'), ...lines],
    hint: say('error.no-effect.hint'),
    exit: 3,
    ...(where && { where }),
  })
}

function indented(text: Message | string, blanks: number): Message {
  return asMessage(text).map((line) => ' '.repeat(blanks) + line)
}

/** What a run changes. */
interface Changes {
  readonly edits: readonly FileEdit[]
  readonly keychain?: KeychainEdit
}

/** Changes as a diff for one of the two streams; what draws it is loaded only when a diff is wanted. */
export async function diffText(
  { edits, keychain }: Changes,
  secrets: readonly Secret[],
  host: Host,
  stream: 'stdout' | 'stderr',
): Promise<string> {
  const { renderDiff } = await import('../ui/render-diff.ts')
  return renderDiff(edits, secrets, styleFor(host, stream), host.texts, keychain)
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
      changes: changes.map(({ keyPath, kind, from, to }) => ({
        keyPath,
        kind,
        ...(from !== undefined && { from }),
        ...(to !== undefined && { to }),
      })),
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
  if (!keychain) return 'unchanged'
  if (keychain.after.kind === 'absent') return 'remove'
  return keychain.before.kind === 'absent' ? 'create' : 'update'
}

function messages(findings: readonly Finding[], level: Finding['level']): { id: string; message: string }[] {
  return findings
    .filter((finding) => finding.level === level)
    .map(({ id, message }) => ({ id, message: String(message) }))
}
