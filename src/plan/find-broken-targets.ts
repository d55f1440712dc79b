import { loadFormats } from '../documents/formats.ts'
import { UserError } from '../errors.ts'
import type { ToolChoice } from '../request/request.ts'
import { DocumentSet } from './document-set.ts'
import { openTarget } from './edit-target.ts'
import type { PlanContext } from './plan-work.ts'
import { wantedTargets } from './wanted.ts'

/** A file that a choice would edit, and why it cannot be. */
export interface BrokenTarget {
  readonly choice: ToolChoice
  readonly path: string
  /** Of reading or parsing it, with its place in the file. */
  readonly error: UserError
}

/**
 * Every file of these choices that cannot be read or parsed, each once for each choice; the context's key says whether files
 * that hold nothing else count. A plan stops at the first one.
 */
export async function findBrokenTargets(
  choices: readonly ToolChoice[],
  context: PlanContext,
): Promise<BrokenTarget[]> {
  const targets = choices.flatMap((choice) =>
    wantedTargets(choice, context)
      .filter(({ leaves }) => leaves.length > 0)
      .map((target) => ({ choice, target })),
  )
  const formats = await loadFormats(targets.map(({ target }) => target.format))
  const documents = new DocumentSet(context.machine.read, formats)
  const broken = targets.flatMap(({ choice, target }) => {
    const error = refusalOf(() => openTarget(target, documents, context))
    return error ? [{ choice, path: target.path, error }] : []
  })
  return broken.filter(
    ({ choice, path }, index) =>
      broken.findIndex((other) => other.choice === choice && other.path === path) === index,
  )
}

function refusalOf(open: () => unknown): UserError | undefined {
  try {
    open()
    return undefined
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}
