import {
  checkData,
  checkFindings,
  checkGateway,
  checkSettings,
  type GatewayCheck,
  isRight,
  keyFaults,
} from '../checks/check-gateway.ts'
import { keyRoutes, mergeRoutes, originsOf, toolRoutes } from '../checks/check-routes.ts'
import { type CommandContext, isInteractive, type Outcome, type WritingContext } from '../command.ts'
import { type ExitCode, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import type { PlanContext } from '../plan/plan-work.ts'
import { keysInFiles } from '../plan/written-keys.ts'
import { type Input, isOn, type ToolChoice } from '../request/request.ts'
import { readKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { asMessage, type Message, say } from '../texts/message.ts'
import { withProgress } from '../ui/write-text.ts'
import { storedKey } from './choices-of.ts'
import { acceptsOrigin } from './plain-http.ts'
import { runUndo } from './undo.ts'

/** What was set up at one origin: the only one that is asked, and the only one that gets the key. */
interface AppliedSetup {
  readonly choices: readonly ToolChoice[]
  readonly origin?: Origin
  readonly checkedKey?: Secret
}

interface AppliedNames {
  readonly origins?: readonly Origin[]
  readonly keys?: ReadonlyMap<string, Secret>
}

interface AfterCheck {
  /** 4 when the gateway answered wrongly or not at all. The files stay as they were written. */
  readonly exit: ExitCode
  readonly findings: readonly Finding[]
  /** For JSON; null when nothing was checked. */
  readonly data: Readonly<Record<string, unknown>> | null
  /** The region to take instead, where the user asked for that; the run was taken back. */
  readonly region?: string
  /** The result of the rollback, where the user asked for no more than that. */
  readonly undone?: Outcome
  /** What was told of it at a question already, for the verdict. */
  readonly fault?: Message
}

const notChecked: AfterCheck = { exit: 0, findings: [], data: null }

/**
 * The check after the write: the paths of these tools, and the key for no tokens. `run` is the one that wrote, where
 * something changed. An interrupt ends the wait for it.
 */
export async function checkAfter(
  { choices, origin, checkedKey: key }: AppliedSetup,
  run: string | undefined,
  input: Input,
  context: WritingContext,
): Promise<AfterCheck> {
  const { host, committer } = context
  const isDry = committer.dryRun && !isOn(input, 'check')
  if (isOn(input, 'noCheck') || isDry || !origin || choices.length === 0) return notChecked
  const work = checkSetUp({ choices, ...(key && { key }) }, origin, input, context)
  const progress = withProgress(host, host.texts['check.progress'], work)
  const check = await host.interruption.unlessInterrupted(progress)
  if (check === undefined) return { ...notChecked, exit: 4, findings: [checkCutShort] }
  const findings = checkFindings(check)
  const data = checkData(check)
  if (isRight(check)) return { ...notChecked, findings, data }
  if (!isInteractive(input, host)) {
    return { ...notChecked, exit: 4, findings: [...findings, whatNow(run)], data }
  }
  return { exit: 4, findings: [], data, ...(await askWhatNow(findings, run, input, context)) }
}

/** The same for what was set up at several origins, one after the other. Nobody is asked what to do next. */
export async function checkEach(
  { choices, origins = [], checkedKey, keys }: AppliedSetup & AppliedNames,
  run: string | undefined,
  input: Input,
  context: WritingContext,
): Promise<AfterCheck> {
  const quiet = { ...input, switches: new Set([...input.switches, 'yes']) }
  const all: AfterCheck[] = []
  for (const origin of origins) {
    const here = choices.filter((choice) => choice.origin.text === origin.text)
    for (const name of new Set(here.map((choice) => choice.name))) {
      const key = name === undefined ? checkedKey : keys?.get(name)
      const own = here.filter((choice) => choice.name === name)
      const setUp = { choices: own, origin, ...(key && { checkedKey: key }) }
      all.push(await checkAfter(setUp, run, quiet, context))
    }
  }
  const [failed = notChecked] = all.filter(({ exit }) => exit !== 0)
  const data = all.flatMap((one) => (one.data ? [one.data] : []))
  const findings = all.flatMap((one) => one.findings)
  return { exit: failed.exit, findings, data: data.length > 1 ? { origins: data } : (data[0] ?? null) }
}

/** Whatever comes next, the run is taken back first: leaving the question for a region leaves nothing written. */
async function askWhatNow(
  problems: readonly Finding[],
  run: string | undefined,
  input: Input,
  context: WritingContext,
): Promise<Pick<AfterCheck, 'region' | 'undone' | 'fault'>> {
  const { askAfterFailedCheck, askOtherRegion } = await import('../wizard/ask-region.ts')
  const answer = await askAfterFailedCheck(problems, run !== undefined, context.host)
  const fault = problems.find(({ level }) => level === 'error')?.message
  if (answer === 'keep') return fault ? { fault } : {}
  const undone = run === undefined ? undefined : await undoRun(run, context)
  if (answer === 'undo') return undone ? { undone } : {}
  if (run !== undefined) context.host.interruption.reopen(say('report.undone-first', { run }))
  return {
    region: await askOtherRegion(context, (origin, back) => acceptsOrigin(origin, input, context, back)),
  }
}

/** The exit code stays that of the failure. */
async function undoRun(run: string, context: WritingContext): Promise<Outcome> {
  const undone = await runUndo({ values: {}, switches: new Set(['yes']), positionals: [run] }, context)
  return { ...undone, exit: 4 }
}

/** Asks the gateway for the paths of these tools, and whether the key works. */
export function checkSetUp(
  { choices, key }: { readonly choices: readonly ToolChoice[]; readonly key?: Secret },
  origin: Origin,
  input: Input,
  { host, catalog: { gateway } }: CommandContext,
): Promise<GatewayCheck> {
  const routes = mergeRoutes(toolRoutes(choices, gateway))
  const protocols = routes.map(({ protocol }) => protocol)
  return checkGateway(
    {
      origin,
      routes,
      ...(key && { key: { secret: key, routes: keyRoutes(protocols, gateway) } }),
    },
    checkSettings(input, host),
  )
}

const checkCutShort: Finding = {
  id: 'check-cut-short',
  level: 'warning',
  message: say('check.cut-short'),
  hint: asMessage('qcode-setup check'),
}

function whatNow(run: string | undefined): Finding {
  return {
    id: 'check-failed',
    level: 'warning',
    message: say('check.kept'),
    hint: say(run === undefined ? 'check.kept.hint' : 'check.kept.hint.undo'),
  }
}

/** Whether a key works, as far as that was asked. */
export interface TriedKey {
  /** Nothing at all is wrong at any of the gateways. */
  readonly isRight: boolean
  /** One of them does not take the key. */
  readonly isRefused: boolean
  readonly findings: readonly Finding[]
  /** For JSON, one for each gateway; null when none was asked. */
  readonly data: readonly unknown[] | null
}

const notTried: TriedKey = { isRight: true, isRefused: false, findings: [], data: null }

/**
 * What the gateways of these choices say against the key, asked for no tokens. One that cannot be reached says nothing
 * against it; nobody is asked with `--no-check` or in a dry run.
 */
export async function findRefusals(
  key: Secret,
  choices: readonly ToolChoice[],
  input: Input,
  context: WritingContext,
): Promise<Finding[]> {
  if (isOn(input, 'noCheck') || context.committer.dryRun) return []
  return (await askGateways(key, choices, input, context)).flatMap(refusalIn)
}

/** Before a key is written. Errors: UserError `key-refused`, exit 4. */
export async function refuseKey(
  key: Secret,
  choices: readonly ToolChoice[],
  input: Input,
  context: WritingContext,
): Promise<void> {
  const [refusal] = await findRefusals(key, choices, input, context)
  if (refusal === undefined) return
  throw new UserError({
    code: 'key-refused',
    message: say('error.key-refused', { reason: asMessage(refusal.message) }),
    hint: [...(refusal.hint === undefined ? [] : [refusal.hint]), say('error.key-refused.hint')],
    exit: 4,
  })
}

function refusalIn({ key = [] }: GatewayCheck): Finding[] {
  const [refused] = key.filter(({ verdict }) => keyFaults.has(`check-${verdict}`))
  if (refused === undefined) return []
  const { verdict, message, hint } = refused
  return [{ id: `check-${verdict}`, level: 'error', message, ...(hint !== undefined && { hint }) }]
}

/** The key that tools without a name have, to ask a gateway about it: that of their files, before one that is just at hand. */
export async function keyInPlace(choices: readonly ToolChoice[], plan: PlanContext, context: CommandContext) {
  const [first] = await keysInFiles(choices, plan)
  return first ?? (await storedKey(choices, context)) ?? readKey(undefined, context.host)
}

/** Every gateway that these choices are for, and no other one. */
function askGateways(
  key: Secret,
  choices: readonly ToolChoice[],
  input: Input,
  context: CommandContext,
): Promise<GatewayCheck[]> {
  const { host } = context
  const work = originsOf(choices).map((origin) => {
    const here = choices.filter((choice) => choice.origin.text === origin.text)
    return checkSetUp({ choices: here, key }, origin, input, context)
  })
  return withProgress(host, host.texts['check.progress'], Promise.all(work))
}

/** Asks every gateway that is set up whether it takes the key, for no tokens. No other one gets to see it. */
export async function tryKey(
  key: Secret,
  choices: readonly ToolChoice[],
  input: Input,
  context: WritingContext,
): Promise<TriedKey> {
  if (isOn(input, 'noCheck') || context.committer.dryRun) return notTried
  const checks = await askGateways(key, choices, input, context)
  return {
    isRight: checks.every(isRight),
    isRefused: checks.flatMap(refusalIn).length > 0,
    findings: checks.flatMap(checkFindings),
    data: checks.map(checkData),
  }
}

/** That a gateway told no limits of its key, though they were asked for: a check says why. */
export function unknownLimits({ origin, name = '' }: { origin: Origin; name: string | undefined }): Finding {
  const command = `qcode-setup check${name && ` --name ${name}`}`
  const message = say('limits.unknown', { origin: origin.text, name })
  return { id: 'limits-unknown', level: 'info', message, hint: say('limits.unknown.hint', { command }) }
}
