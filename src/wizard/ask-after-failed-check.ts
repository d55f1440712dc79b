import type { CommandContext } from '../commands/command.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { textOf } from '../request/input.ts'
import { messagesFor } from '../ui/locale.ts'
import { renderFindings } from '../ui/render-findings.ts'
import { askSelect } from './ask.ts'
import { type AcceptsOrigin, askRegion } from './ask-region.ts'
import { say } from './say.ts'

type AfterFailedCheck =
  | { readonly kind: 'keep' | 'undo' }
  | { readonly kind: 'region'; readonly region: string }

/**
 * What to do when the gateway did not answer as it should. Asked after the files are written, so leaving the question
 * keeps them and is no cancellation.
 */
export async function askAfterFailedCheck(
  problems: readonly Finding[],
  canUndo: boolean,
  context: CommandContext,
  accepts: AcceptsOrigin,
): Promise<AfterFailedCheck> {
  const { host } = context
  const texts = messagesFor(host).failedCheck
  say(host, renderFindings(problems, host))
  try {
    const kind = await askSelect<AfterFailedCheck['kind']>(host, texts.question, [
      { value: 'keep', name: texts.keep },
      { value: 'region', name: texts.region },
      ...(canUndo ? [{ value: 'undo' as const, name: texts.undo }] : []),
    ])
    if (kind !== 'region') return { kind }
    const nothing = { values: {}, switches: new Set<string>(), positionals: [] }
    const answered = await askRegion(nothing, context, accepts)
    return { kind, region: textOf(answered, 'region') ?? '' }
  } catch (error) {
    if (error instanceof UserError && error.code === 'cancelled') return { kind: 'keep' }
    throw error
  }
}
