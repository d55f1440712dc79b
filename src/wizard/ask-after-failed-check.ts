import type { CommandContext } from '../commands/command.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { textOf } from '../request/input.ts'
import { messagesFor } from '../ui/locale.ts'
import { renderFindings } from '../ui/render-findings.ts'
import { askSelect } from './ask.ts'
import { type AcceptsOrigin, askRegion } from './ask-region.ts'
import { say } from './say.ts'

/** `region`: take it back, and then ask which other region to take. */
type AfterFailedCheck = 'keep' | 'region' | 'undo'

/**
 * What to do when the gateway did not answer as it should. Asked after the files are written, so leaving the question
 * keeps them and is no cancellation.
 */
export async function askAfterFailedCheck(
  problems: readonly Finding[],
  canUndo: boolean,
  host: Host,
): Promise<AfterFailedCheck> {
  const texts = messagesFor(host).failedCheck
  say(host, renderFindings(problems, host))
  try {
    return await askSelect<AfterFailedCheck>(host, texts.question, [
      { value: 'keep', name: texts.keep },
      { value: 'region', name: texts.region },
      ...(canUndo ? [{ value: 'undo' as const, name: texts.undo }] : []),
    ])
  } catch (error) {
    if (error instanceof UserError && error.code === 'cancelled') return 'keep'
    throw error
  }
}

/** Which region to take instead. Errors: UserError `cancelled`. */
export async function askOtherRegion(context: CommandContext, accepts: AcceptsOrigin): Promise<string> {
  const nothing = { values: {}, switches: new Set<string>(), positionals: [] }
  return textOf(await askRegion(nothing, context, accepts), 'region') ?? ''
}
