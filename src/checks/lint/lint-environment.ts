import type { LintContext } from './lint-context.ts'
import type { LintProblem } from './lint-problem.ts'
import { lintValue } from './lint-text.ts'
import type { Surroundings } from './url-readers.ts'

/** The variables that this program was started with and that clients read as their base URL; an empty one is none. */
export function lintEnvironment({ env }: Surroundings, context: LintContext): LintProblem[] {
  return [...context.variables].flatMap(([name, readers]) => {
    const value = env[name]
    return !value ? [] : lintValue(name, value, readers, context)
  })
}
