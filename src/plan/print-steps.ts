import type { ToolChoice } from '../request/request.ts'
import { type Message, written } from '../texts/message.ts'
import { fillTemplate, fillText, type Lookup } from './placeholders.ts'
import { renderLeaves } from './print-tool.ts'
import { lookupFor, type WantedContext } from './wanted.ts'

/** Stands for the key wherever the real one was not asked for. */
export const standInKey = 'cr_YOUR_KEY'

/** One step with its values filled in. */
export interface PrintedStep {
  readonly text: Message
  /** What is pasted, in its format. */
  readonly settings?: string
  readonly format?: string
  readonly name?: string
}

/** What a user does by hand, in order; nothing where the tool has no steps. The key is never in it. */
export function printSteps(choice: ToolChoice, context: WantedContext): Promise<PrintedStep[]> {
  const known = lookupFor(choice, context)
  const lookup: Lookup = (name) => (name === 'key' ? standInKey : known(name))
  return Promise.all(
    choice.tool.steps.map(async ({ text, textZh, settings }) => {
      const said = { text: written(fillText(text, lookup), fillText(textZh, lookup)) }
      if (!settings) return said
      const { format, content, name } = settings
      const filled = await renderLeaves(format, fillTemplate(content, lookup))
      return { ...said, settings: filled.trimEnd(), format, ...(name !== undefined && { name }) }
    }),
  )
}
