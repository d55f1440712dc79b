import { formatWhere, UserError } from '../errors.ts'
import { type BrokenTarget, findBrokenTargets } from '../plan/find-broken-targets.ts'
import type { Input } from '../request/input.ts'
import type { ToolChoice } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import type { CommandContext } from './command.ts'
import { isInteractive } from './is-interactive.ts'
import { createPlanContext } from './plan-context.ts'

/**
 * The choices whose files can all be read and parsed. Where some cannot, all of them are named at once: on a terminal with
 * the offer to leave those tools out, else in one error. Errors: that of the file where it is the only one, else UserError
 * `broken-targets`, with its exit code; `cancelled`.
 */
export async function leaveOutBroken(
  choices: readonly ToolChoice[],
  key: Secret | undefined,
  input: Input,
  context: CommandContext,
): Promise<readonly ToolChoice[]> {
  const planContext = createPlanContext(context, key, () => 'skip')
  const broken = await findBrokenTargets(choices, planContext)
  if (broken.length === 0) return choices
  const usable = choices.filter((choice) => !broken.some((target) => target.choice === choice))
  if (usable.length === 0 || !isInteractive(input, context.host)) throw brokenError(broken)
  const { askToLeaveOut } = await import('../wizard/ask-to-leave-out.ts')
  const titles = new Set(broken.map(({ choice }) => choice.tool.title))
  await askToLeaveOut([...new Set(broken.map(describe))], [...titles], context.host)
  return usable
}

function brokenError(broken: readonly BrokenTarget[]): UserError {
  const [first, ...others] = new Map(broken.map((target) => [target.path, target])).values()
  if (first === undefined) throw new Error('nothing is broken')
  if (others.length === 0) return first.error
  const tools = [...new Set(broken.map(({ choice }) => choice.tool.id))]
  return new UserError({
    code: 'broken-targets',
    message: [
      'Nothing was changed, since these files cannot be edited:',
      ...[first, ...others].map((target) => `  ${describe(target)}`),
    ],
    hint: `Correct them, or leave out ${tools.join(', ')}.`,
    exit: first.error.exit,
    where: first.error.where ?? { file: first.path },
  })
}

/** The error in one line that begins with its place in the file. */
function describe({ path, error: { message, where } }: BrokenTarget): string {
  const place = where ? formatWhere(where) : path
  const reason = message.split('\n').join(' ')
  return reason.startsWith(path) ? `${place}${reason.slice(path.length)}` : `${place}: ${reason}`
}
