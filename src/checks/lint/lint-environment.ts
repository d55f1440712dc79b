import type { LintContext } from './lint-context.ts'
import type { LintProblem } from './lint-problem.ts'
import { lintValue } from './lint-text.ts'
import type { Surroundings } from './url-readers.ts'

/** The variables that this program was started with and that clients read as their base URL. */
export function lintEnvironment({ env }: Surroundings, context: LintContext): LintProblem[] {
  return [...context.variables].flatMap(([name, readers]) => {
    const value = env[name]
    return value === undefined ? [] : lintValue(name, value, readers, context)
  })
}
