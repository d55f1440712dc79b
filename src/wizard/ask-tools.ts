import type { Catalog, Tool } from '../catalog/tool.ts'
import type { CommandContext } from '../command.ts'
import { detectedTools, methodsOf, namedTools } from '../request/choose-tools.ts'
import { type Input, type Scope, textOf, withValues } from '../request/request.ts'
import { say } from '../texts/message.ts'
import { askCheckbox, showAnswer } from './ask.ts'

const toolsQuestion = { asked: say('ask.tools'), answered: say('ask.tools.short') }

/**
 * Which tools: those that can be set up as the flags say, installed ones first and ticked. The others are behind one line,
 * each with how to install it; `preset` is what is ticked in place of the installed ones.
 */
export async function askTools(
  input: Input,
  { host, catalog }: CommandContext,
  preset?: readonly string[],
  canGoBack = false,
): Promise<Input> {
  const named = await namedTools(input, catalog, host)
  if (named) {
    showAnswer(host, say('ask.tools.short'), named.map(({ id }) => id).join(', '))
    return input
  }
  const detected = await detectedTools(catalog, host)
  const isHere = (tool: Tool) => detected.includes(tool)
  const fitting = fittingTools(input, catalog)
  const choiceOf = (tool: Tool) => ({
    value: tool.id,
    name: say(isHere(tool) ? 'ask.tools.installed' : 'ask.tools.missing', { tool: tool.title }),
    detail: isHere(tool) ? undefined : tool.install,
    short: tool.id,
    checked: preset?.includes(tool.id) ?? isHere(tool),
  })
  const missing = fitting.filter((tool) => !isHere(tool))
  const isPreset = ({ id }: Tool) => preset?.includes(id) === true
  const first = [...fitting.filter(isHere), ...missing.filter(isPreset)]
  const chosen = await askCheckbox(host, toolsQuestion, first.map(choiceOf), {
    folded: missing.filter((tool) => !isPreset(tool)).map(choiceOf),
    more: (count) => say('ask.tools.more', { count }),
    required: say('ask.tools.required'),
    nothingFits: say('ask.nothing-fits'),
    canGoBack,
  })
  return withValues(input, 'tool', chosen)
}

function fittingTools(input: Input, catalog: Catalog): Tool[] {
  const scope = (textOf(input, 'scope') ?? 'user') as Scope
  const method = textOf(input, 'method')
  return catalog.tools.filter((tool) =>
    methodsOf(tool, scope).some((candidate) => method === undefined || candidate === method),
  )
}
