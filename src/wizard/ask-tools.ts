import type { Catalog, Tool } from '../catalog/tool.ts'
import type { CommandContext } from '../commands/command.ts'
import { detectedTools, methodsOf, namedTools } from '../request/choose-tools.ts'
import { type Input, textOf } from '../request/input.ts'
import type { Scope } from '../request/request.ts'
import { messagesFor } from '../ui/locale.ts'
import { askCheckbox } from './ask.ts'
import { showAnswer } from './say.ts'
import { withValues } from './with-values.ts'

/** Which tools: those that can be set up as the flags say, the ones found on this machine ticked and marked. */
export async function askTools(input: Input, { host, catalog }: CommandContext): Promise<Input> {
  const { question, found, required } = messagesFor(host).tools
  const named = await namedTools(input, catalog, host)
  if (named) {
    showAnswer(host, question, named.map(({ id }) => id).join(', '))
    return input
  }
  const detected = await detectedTools(catalog, host)
  const choices = fittingTools(input, catalog).map((tool) => ({
    value: tool.id,
    name: detected.includes(tool) ? `${tool.title} (${found})` : tool.title,
    short: tool.id,
    checked: detected.includes(tool),
  }))
  return withValues(input, 'tool', await askCheckbox(host, question, choices, required))
}

function fittingTools(input: Input, catalog: Catalog): Tool[] {
  const scope = (textOf(input, 'scope') ?? 'user') as Scope
  const method = textOf(input, 'method')
  return catalog.tools.filter((tool) =>
    methodsOf(tool, scope).some((candidate) => method === undefined || candidate === method),
  )
}
