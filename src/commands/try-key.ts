import { checkData } from '../checks/check-data.ts'
import { checkFindings } from '../checks/check-findings.ts'
import { type GatewayCheck, isRight } from '../checks/check-gateway.ts'
import { originsOf } from '../checks/check-routes.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { VerdictKind } from '../gateway/probe-verdict.ts'
import { type Input, isOn } from '../request/input.ts'
import type { ToolChoice } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { checkTextsFor } from '../ui/check-texts.ts'
import { withProgress } from '../ui/with-progress.ts'
import { checkSetUp } from './check-after.ts'
import type { CommandContext, WritingContext } from './command.ts'

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

/** The key itself is at fault: not its balance, nor what it may be used for, nor the network. */
const refusals: ReadonlySet<VerdictKind> = new Set([
  'key-unknown',
  'key-expired',
  'key-disabled',
  'key-malformed',
  'key-refused',
])

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
    message: `${refusal.message}. Nothing was written.`,
    hint: [...(refusal.hint === undefined ? [] : [refusal.hint]), 'To write it all the same: --no-check'],
    exit: 4,
  })
}

function refusalIn({ key = [] }: GatewayCheck): Finding[] {
  const [refused] = key.filter(({ verdict }) => refusals.has(verdict))
  if (refused === undefined) return []
  const { verdict, message, hint } = refused
  return [{ id: `check-${verdict}`, level: 'error', message, ...(hint !== undefined && { hint }) }]
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
  return withProgress(host, checkTextsFor(host).progress, Promise.all(work))
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
