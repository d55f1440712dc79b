import type { CommandContext, Outcome } from '../command.ts'
import { GoneBack } from '../errors.ts'
import { findProgram } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { type Input, type ToolChoice, textOf } from '../request/request.ts'
import { wishFlags, wishInput } from '../request/wishes.ts'
import type { Secret } from '../secrets/secret.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { commandLines } from '../ui/report-setup.ts'

/** What of the choices can be started once with nothing written: clients that are installed and have a way for it. */
export function triable(choices: readonly ToolChoice[], host: Host): ToolChoice[] {
  return choices.filter(
    ({ tool, variant }) =>
      tool.runs.some(({ variants }) => variants?.includes(variant.id) ?? true) &&
      tool.detect.commands.some((name) => findProgram(name, host) !== undefined),
  )
}

/**
 * Starts one of the chosen clients once, as `qcode-setup run` does, in place of setting them up; ends with the client's exit
 * code, and says how to set them up for good. `input` and `key` are what was answered. Undefined: the user goes back from the
 * question which one. Errors: those of `runClient`.
 */
export async function tryFirst(
  choices: readonly ToolChoice[],
  input: Input,
  key: Secret,
  context: CommandContext,
): Promise<Outcome | undefined> {
  const { host } = context
  const choice = await chooseOne(triable(choices, host), host)
  if (choice === undefined) return undefined
  const { tool, origin } = choice
  const wished = wishInput(tool, choice)
  const general = [...input.switches].filter((name) => !name.startsWith('option:'))
  const gateway = textOf(input, 'gateway')
  const place = gateway === undefined ? ['--region', origin.region] : ['--gateway', gateway]
  const { timeout, [`pin:${tool.id}`]: pin } = input.values
  const runInput: Input = {
    values: {
      ...(gateway === undefined ? { presentRegion: [origin.region] } : { gateway: [gateway] }),
      ...wished.values,
      ...(timeout && { timeout }),
      ...(pin && { [`pin:${tool.id}`]: pin }),
    },
    switches: new Set([...general, ...wished.switches]),
    positionals: [tool.id],
  }
  const { equivalentCommand } = await import('../wizard/complete-input.ts')
  const { runClient } = await import('./run.ts')
  const ran = await runClient(runInput, context, key)
  const again = ['qcode-setup', 'run', tool.id, ...place, ...wishFlags(tool, choice)]
  return {
    ...ran,
    next: [
      say('try.ended', { tool: tool.title }).in(host.texts),
      ...commandLines('try.setup', equivalentCommand(input, context, 'asks'), host),
      ...commandLines('try.again', again.map(quoteWord).join(' '), host),
    ],
  }
}

async function chooseOne(choices: readonly ToolChoice[], host: Host): Promise<ToolChoice | undefined> {
  const [first, ...others] = choices
  if (first === undefined) throw new Error('nothing that could be tried was offered')
  if (others.length === 0) return first
  const named = choices.map((choice) => ({ value: choice, name: choice.tool.title }))
  const { askSelect } = await import('../wizard/ask.ts')
  try {
    return await askSelect(host, say('try.which'), named, { canGoBack: true })
  } catch (error) {
    if (error instanceof GoneBack) return undefined
    throw error
  }
}
