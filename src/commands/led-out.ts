import type { Finding } from '../finding.ts'
import { findBrokenTargets } from '../plan/find-broken-targets.ts'
import type { ToolChoice } from '../request/request.ts'
import { Secret } from '../secrets/secret.ts'
import type { CommandContext } from './command.ts'
import { createPlanContext } from './plan-context.ts'

/** What is set up and can be changed where it stands, and what cannot since a link leads it out of its project. */
export interface KeptIn {
  readonly choices: readonly ToolChoice[]
  /** An error for each file that is led out. */
  readonly findings: readonly Finding[]
  /** Those files. */
  readonly ledOut: ReadonlySet<string>
}

/**
 * Leaves out the projects of which a file is led elsewhere by a link, such as one that came with the last pull: they keep no
 * other setup from being changed. Errors: UserError `leads-out-of-project` where nothing else is left.
 */
export async function keepIn(choices: readonly ToolChoice[], context: CommandContext): Promise<KeptIn> {
  const inProjects = choices.filter(({ scope }) => scope === 'project')
  const planContext = createPlanContext(context, new Secret(''), () => 'skip')
  const broken = (await findBrokenTargets(inProjects, planContext)).filter(
    ({ error }) => error.code === 'leads-out-of-project',
  )
  const left = choices.filter((choice) => !broken.some((target) => target.choice === choice))
  const [first] = broken
  if (first && left.length === 0) throw first.error
  return {
    choices: left,
    findings: broken.map(({ path, choice, error }) => ({
      id: 'leads-out-of-project',
      level: 'error',
      message: `${choice.tool.id} in ${choice.project} was left as it is: ${error.message.replace(/ Nothing was changed\.$/, '')}`,
      messageZh: `${choice.project} 中的 ${choice.tool.id} 保持原样：${path} 本身是链接，或位于通向项目之外的链接之后。`,
      ...(error.hint !== undefined && { hint: error.hint.split('\n')[0] ?? '' }),
      where: { file: path },
    })),
    ledOut: new Set(broken.map(({ path }) => path)),
  }
}
