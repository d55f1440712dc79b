import { stateFolder } from '../apply/state-folder.ts'
import { keyInGitFindings } from '../checks/doctor/key-file-findings.ts'
import { type ExposedKey, findExposedKeys, keyInGit, leavesKey, stateInGit } from '../checks/key-in-git.ts'
import { type CommandContext, isInteractive } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { FileEdit, Plan } from '../plan/plan.ts'
import type { KeyIgnore, PlanContext } from '../plan/plan-work.ts'
import { fields, isFlagOf } from '../request/fields.ts'
import { isOn } from '../request/request.ts'
import { type Message, say } from '../texts/message.ts'
import type { WriteRequest, Written } from './plan-context.ts'

type Settled<Planned extends Plan> = Pick<Written<Planned>, 'plan' | 'inGit'>

/**
 * No key goes where git tracks it, or would: refused, or hidden by a line in `.gitignore` that is one plan with the key,
 * as `--gitignore` or the user says. Only for commands that can be told to go on. Errors: UserError `key-in-git`,
 * `state-in-git` (exit 1), `cancelled`.
 */
export async function guardGit<Planned extends Plan>(
  plan: Planned,
  planContext: PlanContext,
  request: WriteRequest<Planned>,
  context: CommandContext,
): Promise<Settled<Planned>> {
  const { command, input } = request
  if (!isFlagOf(command, fields.allowTracked)) return { plan }
  const allowed = isOn(input, 'allowTracked')
  if (!allowed) await refuseTrackedState(plan, context)
  if (allowed && !isOn(input, 'gitignore')) return { plan }
  const exposed = await findExposedKeys(plan.keyFiles, context)
  const counting = isOn(input, 'gitignore') ? exposed : exposed.filter(({ file }) => file.isWritten)
  const ignores = counting.flatMap((one) => ignoreOf(one) ?? [])
  const unignorable = counting.find((one) => ignoreOf(one) === undefined)
  if (unignorable && !allowed)
    throw keyInGit(unignorable.file.path, unignorable.status, otherWay(unignorable, request))
  const [first] = counting
  if (ignores.length === 0 || first === undefined) return { plan }
  if (isOn(input, 'gitignore')) return { plan: await withLines(ignores, planContext, request) }
  if (!isInteractive(input, context.host))
    throw keyInGit(first.file.path, first.status, otherWay(first, request))
  const { askGitignore } = await import('../wizard/resolve-conflict.ts')
  const inGit = await askGitignore(ignores, context.host, context.canGoBack)
  if (inGit === 'allowTracked') return { plan, inGit }
  return { plan: await withLines(ignores, planContext, request), inGit }
}

/** A tool that goes by variables as well can have its key in a file of the shell's. */
function otherWay<Planned extends Plan>(
  { file }: ExposedKey,
  { choices = [] }: WriteRequest<Planned>,
): Message[] {
  const hasOther = choices.some(
    ({ tool, scope, method }) =>
      tool.id === file.tool && scope === 'user' && method === 'file' && tool.env !== undefined,
  )
  return hasOther ? [say('git.method-env')] : []
}

/** Where a run would bring keys into backups that git tracks. */
async function refuseTrackedState(plan: Plan, context: CommandContext): Promise<void> {
  if (plan.edits.length === 0 || plan.secrets.length === 0) return
  const problem = await stateInGit(stateFolder(context.host), context)
  if (!problem) return
  const { id, message, hint, where } = problem
  throw new UserError({
    code: id,
    message,
    hint: [...(hint === undefined ? [] : [hint]), say('git.allow-tracked')],
    ...(where && { where }),
  })
}

function ignoreOf({ file, status }: ExposedKey): KeyIgnore | undefined {
  if (status.kind !== 'would-take') return undefined
  return { tool: file.tool, gitignore: status.gitignore, pattern: status.pattern, hides: file.path }
}

async function withLines<Planned extends Plan>(
  ignores: readonly KeyIgnore[],
  planContext: PlanContext,
  { makePlan }: WriteRequest<Planned>,
): Promise<Planned> {
  const plan = await makePlan({ ...planContext, ignores })
  return { ...plan, findings: [...plan.findings, ...ignores.map(lineFinding)] }
}

function lineFinding({ gitignore, pattern, hides }: KeyIgnore): Finding {
  return {
    id: 'gitignore-line',
    level: 'info',
    message: say('git.line-added', { gitignore, pattern, path: hides }),
  }
}

/**
 * For commands that give back what was there before, once they have: backups, and files with a key in them, that git takes.
 * Warnings only, since nobody is to be kept from that. A dry run speaks of the backups alone: a line in a `.gitignore` may
 * come back together with the key.
 */
export async function gitWarnings(
  edits: readonly FileEdit[],
  dryRun: boolean,
  context: CommandContext,
): Promise<Finding[]> {
  if (edits.length === 0) return []
  const state = await stateInGit(stateFolder(context.host), context)
  const files = edits.filter(leavesKey).map(({ path, before: { resolvedPath } }) => ({ path, resolvedPath }))
  const keys = dryRun ? [] : await keyInGitFindings(files, context)
  const findings = state ? [state, ...keys] : keys
  return findings.map((finding) => (finding.level === 'error' ? { ...finding, level: 'warning' } : finding))
}
