import { checkData } from '../checks/check-data.ts'
import { checkFindings } from '../checks/check-findings.ts'
import { isRight } from '../checks/check-gateway.ts'
import { originsOf } from '../checks/check-routes.ts'
import type { Finding } from '../finding.ts'
import { type Input, isOn } from '../request/input.ts'
import type { ToolChoice } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { checkTextsFor } from '../ui/check-texts.ts'
import { withProgress } from '../ui/with-progress.ts'
import { checkSetUp } from './check-after.ts'
import type { CommandContext } from './command.ts'

/** Whether a key works, as far as that was asked. */
export interface TriedKey {
  readonly isRight: boolean
  readonly findings: readonly Finding[]
  /** For JSON, one for each gateway; null when none was asked. */
  readonly data: readonly unknown[] | null
}

/** Asks every gateway that is set up whether it takes the key, for no tokens. No other one gets to see it. */
export async function tryKey(
  key: Secret,
  choices: readonly ToolChoice[],
  input: Input,
  context: CommandContext,
): Promise<TriedKey> {
  const { host } = context
  if (isOn(input, 'noCheck') || isOn(input, 'dryRun')) return { isRight: true, findings: [], data: null }
  const work = originsOf(choices).map((origin) => {
    const here = choices.filter((choice) => choice.origin.text === origin.text)
    return checkSetUp({ choices: here, key }, origin, input, context)
  })
  const checks = await withProgress(host, checkTextsFor(host).progress, Promise.all(work))
  return {
    isRight: checks.every(isRight),
    findings: checks.flatMap(checkFindings),
    data: checks.map(checkData),
  }
}
