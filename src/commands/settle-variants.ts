import { type SettledChoices, settleFallbacks } from '../checks/check-fallbacks.ts'
import { type Input, isOn } from '../request/input.ts'
import type { ToolChoice } from '../request/request.ts'
import { checkTextsFor } from '../ui/check-texts.ts'
import { withProgress } from '../ui/with-progress.ts'
import { checkSettings } from './check-settings.ts'
import type { CommandContext } from './command.ts'

/** The choices with the variants that the gateway serves, asked before anything is planned; pinned ones stay. */
export async function settleVariants(
  choices: readonly ToolChoice[],
  input: Input,
  { host, catalog }: CommandContext,
): Promise<SettledChoices> {
  const isOpen = ({ tool, variant }: ToolChoice) =>
    variant.fallback !== undefined && input.values[`pin:${tool.id}`] === undefined
  if (isOn(input, 'noCheck') || !choices.some(isOpen)) return { choices, findings: [] }
  const open = choices.filter(isOpen)
  const work = settleFallbacks(open, catalog.gateway, checkSettings(input, host))
  const settled = await withProgress(host, checkTextsFor(host).progress, work)
  return {
    choices: choices.map((choice) => settled.choices[open.indexOf(choice)] ?? choice),
    findings: settled.findings,
  }
}
