import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Plan } from '../plan/plan.ts'
import type { CommandName } from '../request/fields.ts'
import type { ToolChoice } from '../request/request.ts'
import type { CommandContext } from './command.ts'

/** A plan whose effect is to be judged before anybody is asked about it. */
export interface PlannedEffect {
  readonly command: CommandName
  /** What the plan sets up, moves or gives another key; of `remove` what it takes out. */
  readonly choices: readonly ToolChoice[]
  /** Conflicts and git are settled in it. */
  readonly plan: Plan
}

/**
 * What is wrong with what the clients will do once the plan is applied; an `error` stops the plan where nobody can be
 * asked. Reads, never writes.
 */
export async function judgePlannedEffect(
  _planned: PlannedEffect,
  _context: CommandContext,
): Promise<Finding[]> {
  return []
}

/** The same after the write, on the machine as it is then. */
export async function judgeEffect(
  _choices: readonly ToolChoice[],
  _context: CommandContext,
): Promise<Finding[]> {
  return []
}

/** UserError `no-effect`, exit 3: the plan would not do what was asked for, and nobody can be asked about it. */
export function withoutEffect(problems: readonly Finding[]): UserError {
  const lines = problems.flatMap(({ message, hint }) => [
    `  ${message}`,
    ...(hint === undefined ? [] : [`    ${hint}`]),
  ])
  const where = problems[0]?.where
  return new UserError({
    code: 'no-effect',
    message: ['Nothing was changed, since the tools would not work as you asked:', ...lines],
    hint: 'Mend that first, or add --allow-problems to write all the same.',
    exit: 3,
    ...(where && { where }),
  })
}
