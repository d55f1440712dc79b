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
 * Asks for no tokens whether the gateways of these choices know the key. A gateway that cannot be reached refuses nothing.
 * Errors: UserError `key-refused`, exit 4.
 */
export async function refuseKey(
  key: Secret,
  choices: readonly ToolChoice[],
  input: Input,
  context: CommandContext,
): Promise<void> {
  if (isOn(input, 'noCheck')) return
  const refused = (await askGateways(key, choices, input, context)).flatMap(refusalIn)[0]
  if (refused === undefined) return
  throw new UserError({
    code: 'key-refused',
    message: `${refused.message}. Nothing was written.`,
    hint: [...(refused.hint === undefined ? [] : [refused.hint]), 'To write it all the same: --no-check'],
    exit: 4,
  })
}

function refusalIn({ key = [] }: GatewayCheck): { message: string; hint?: string }[] {
  return key.filter(({ verdict }) => refusals.has(verdict))
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
