import { statSync } from 'node:fs'
import { isOnDiskWithoutModes, lastRuns, readRuns } from '../apply/journal.ts'
import { completeHints } from '../checks/doctor/complete-hints.ts'
import { keyModeFindings } from '../checks/doctor/key-file-findings.ts'
import {
  findDaemons,
  type RunningDaemon,
  refuseRunningPrograms,
  restartDaemon,
} from '../checks/running-clients.ts'
import { keyRightsFindings } from '../checks/windows-folders.ts'
import { isInteractive, type Outcome, type WritingContext } from '../command.ts'
import { type ExitCode, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import type { OwnedFolder } from '../ledger.ts'
import type { Plan } from '../plan/plan.ts'
import type { PlanContext } from '../plan/plan-work.ts'
import type { CommandName } from '../request/fields.ts'
import { type Input, isOn, type ToolChoice } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import { checkAfter, checkEach, refuseKey } from './check-after.ts'
import { judgeEffect } from './judge-plan.ts'
import { leaveOutBroken } from './leave-out-broken.ts'
import { consentToHttp, type PlainHttp } from './plain-http.ts'
import { type Written, withoutOldNotes } from './plan-context.ts'
import { exitOfNothing, recoverFirst, withRecovered } from './recover-first.ts'
import { isChange, writePlan } from './write-plan.ts'

/** What a command wants to have written. */
export interface Chosen<Planned extends Plan> {
  /** What is set up, moved or given another key. */
  readonly choices: readonly ToolChoice[]
  /** The one that all choices are for, where the command chose it: consented to without TLS, and checked after the write. */
  readonly origin?: Origin
  /** In its place, where the choices are for several. */
  readonly origins?: readonly Origin[]
  /** What goes in the same run. */
  readonly removed?: readonly ToolChoice[]
  readonly removeFolders?: readonly OwnedFolder[]
  /** The key that the plan writes. */
  readonly key?: Secret
  /** The key that the gateway is asked about, before the write and after it; none where the command has done so. */
  readonly checkedKey?: Secret
  /** The same of what has a name, by name: only for the check after the write. */
  readonly keys?: ReadonlyMap<string, Secret>
  readonly findings: readonly Finding[]
  readonly makePlan: (context: PlanContext, choices: readonly ToolChoice[]) => Promise<Planned>
  /** Something that the command is about had to be left as it is; the findings name it. */
  readonly isPartial?: boolean
  /** A question was asked for it, and can be gone back to. */
  readonly hasAsked?: boolean
  /** A tool of it can be started once with nothing written: the user may want that first (`TriesFirst`). */
  readonly canTry?: boolean
  /** A tool whose files cannot be edited may be left out of it. */
  readonly canLeaveOut?: true
}

/** One command's part in the pipeline. */
export interface ChoicesMaker<Planned extends Plan> {
  readonly command: CommandName
  readonly input: Input
  /** Called once an earlier run is completed. An outcome ends the command: there is nothing to write. */
  choose(): Promise<Chosen<Planned> | { readonly ended: Outcome }>
  /** The same for another region, which the user may ask for after a failed check. */
  inRegion?(region: string): ChoicesMaker<Planned>
  report(applied: Applied<Planned>): Promise<Outcome> | Outcome
}

/** The result of the pipeline, for the report. */
export interface Applied<Planned extends Plan> extends Written<Planned> {
  readonly exit: ExitCode
  readonly choices: readonly ToolChoice[]
  /** All of them, in the order in which they came up. */
  readonly findings: readonly Finding[]
  readonly plainHttp: PlainHttp['data']
  /** Of the check after the write, for JSON. */
  readonly check: Readonly<Record<string, unknown>> | null
  readonly fault?: Message
  readonly dryRun: boolean
}

/**
 * The one pipeline of all that writes settings: recover, choose, consent, plan, effect, preview, question, commit, effect,
 * check, report. Errors: those of the maker, of `writePlan`, and UserError `key-refused` (exit 4).
 */
export async function applyChoices<Planned extends Plan>(
  maker: ChoicesMaker<Planned>,
  context: WritingContext,
): Promise<Outcome> {
  const { input } = maker
  refuseExitCode(input, context)
  const recovered = await recoverFirst(input, context, maker.command === 'key' ? readRuns : lastRuns)
  const wish = await maker.choose()
  if ('ended' in wish) return withRecovered(wish.ended, recovered)
  const chosen = wish.canLeaveOut
    ? { ...wish, choices: await leaveOutBroken(wish.choices, wish.key, input, context) }
    : wish
  const running = await refuseRunningPrograms(chosen.choices, context.host)
  const http = await consent(chosen, input, context)
  const written = await write(maker, chosen, http, context)
  const late = written.run === undefined ? [] : await lateEffect(maker.command, written, chosen, context)
  const checked = await (chosen.origins ? checkEach : checkAfter)(chosen, written.run, input, context)
  if (checked.undone) return checked.undone
  if (checked.region !== undefined && maker.inRegion) {
    // What was asked before is answered: the run that followed from it was taken back.
    return applyChoices(maker.inRegion(checked.region), { ...context, canGoBack: false })
  }
  const daemons =
    written.run === undefined ? [] : await offerDaemonRestart(chosen.choices, input, context.host)
  const pending = isOn(input, 'exitCode') && isPending(written, recovered)
  const isIdle = chosen.choices.length === 0 && exitOfNothing(recovered) !== 0
  const isWrong = written.isBlocked || late.some(({ level }) => level === 'error')
  const outcome = await maker.report({
    ...written,
    exit: pending || chosen.isPartial || isWrong || isIdle ? 3 : checked.exit,
    choices: chosen.choices,
    findings: [
      ...recovered,
      ...http.findings,
      ...running,
      ...chosen.findings,
      ...completeHints(written.plan.findings, [], { ...context, ...written.plan, ...written.plan.ledger }),
      ...written.effect,
      ...late,
      ...(await readable(written.plan, context)),
      ...checked.findings,
      ...daemons,
    ],
    plainHttp: http.data,
    check: checked.data,
    ...(checked.fault && { fault: checked.fault }),
    dryRun: context.committer.dryRun,
  })
  return { ...outcome, findings: await withoutOldNotes(outcome.findings, written, input, context) }
}

/** What a real run would do: change something of the user's, or bring an earlier run to its end first. */
function isPending({ plan }: Written, recovered: readonly Finding[]): boolean {
  return isChange(plan) || recovered.some(({ id }) => id === 'unfinished-run')
}

/** After a write nothing is pending, and 3 would say that it failed. */
function refuseExitCode(input: Input, { committer }: WritingContext): void {
  if (!isOn(input, 'exitCode') || committer.dryRun) return
  throw new UserError({
    code: 'exit-code-needs-dry-run',
    message: say('error.exit-code-needs-dry-run'),
    hint: say('error.exit-code-needs-dry-run.hint'),
    exit: 2,
  })
}

async function consent<Planned extends Plan>(
  { origin, origins = origin ? [origin] : [], choices }: Chosen<Planned>,
  input: Input,
  context: WritingContext,
): Promise<PlainHttp> {
  if (choices.length === 0) return { findings: [], consents: [], data: null }
  return consentToHttp(origins, input, context)
}

function write<Planned extends Plan>(
  { command, input }: ChoicesMaker<Planned>,
  {
    choices,
    key,
    checkedKey,
    origins,
    makePlan,
    removed,
    removeFolders,
    hasAsked = false,
    canTry = false,
  }: Chosen<Planned>,
  { consents }: PlainHttp,
  context: WritingContext,
): Promise<Written<Planned>> {
  // Among choices for several gateways, those with a name have a key of their own.
  const asked = origins ? choices.filter(({ name }) => name === undefined) : choices
  return writePlan(
    {
      command,
      input,
      choices,
      ...(key && { key }),
      canGoBack: hasAsked || context.canGoBack === true,
      canTry,
      consents,
      ...(removed && { removed }),
      ...(removeFolders && { removeFolders }),
      makePlan: (planContext) => makePlan(planContext, choices),
      ...(checkedKey && { beforeWrite: () => refuseKey(checkedKey, asked, input, context) }),
    },
    context,
  )
}

/** Files with a key that others may read all the same, once everything is written. */
async function readable({ keyFiles }: Plan, { host, committer }: WritingContext): Promise<Finding[]> {
  if (committer.dryRun) return []
  const modes = keyFiles.flatMap(({ path }) => {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
    return keyModeFindings({ path, mode }, host, (file) => isOnDiskWithoutModes(host, file))
  })
  const rights = await Promise.all(keyFiles.map(({ path }) => keyRightsFindings(path, host)))
  return [...modes, ...rights.flat()]
}

/** What only the written machine shows; what the plan showed already is not told twice. */
async function lateEffect<Planned extends Plan>(
  command: CommandName,
  { effect, plan }: Written<Planned>,
  { choices }: Chosen<Planned>,
  context: WritingContext,
): Promise<Finding[]> {
  const known = new Set(effect.map(({ id, message }) => `${id} ${message}`))
  const found = await judgeEffect(choices, plan.ledger, context, command)
  return found.filter(({ id, message }) => !known.has(`${id} ${message}`))
}

/** A daemon that keeps its old settings is restarted where the user says so, else named with its command. */
export async function offerDaemonRestart(
  choices: readonly ToolChoice[],
  input: Input,
  host: Host,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const daemon of findDaemons(choices, host)) {
    const { title: tool, pid } = daemon
    const command = daemon.restart.join(' ')
    const wanted = !daemon.isOwn && (await isWanted(daemon, input, host))
    const restarted = wanted && (await restartDaemon(daemon, host))
    findings.push(
      restarted
        ? {
            id: 'daemon-restarted',
            level: 'info',
            message: say('daemon.restarted', { tool }),
          }
        : {
            id: 'daemon-running',
            level: 'warning',
            message: say('daemon.running', { tool, pid, command }),
          },
    )
  }
  return findings
}

async function isWanted(daemon: RunningDaemon, input: Input, host: Host): Promise<boolean> {
  return isOn(input, 'restartDaemons') || (isInteractive(input, host) && (await askToRestart(daemon, host)))
}

async function askToRestart(daemon: RunningDaemon, host: Host): Promise<boolean> {
  const { askRestart } = await import('../wizard/ask-region.ts')
  return askRestart(daemon, host)
}
