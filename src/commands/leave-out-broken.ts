import { type CommandContext, isInteractive } from '../command.ts'
import { loadFormats } from '../documents/formats.ts'
import { formatWhere, UserError, usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { assertWritable, notReplaceable } from '../host/ownership.ts'
import { type Ledger, namesIn } from '../ledger.ts'
import { DocumentSet } from '../plan/document-set.ts'
import { openTarget } from '../plan/edit-target.ts'
import type { Plan } from '../plan/plan.ts'
import { planRotation } from '../plan/plan-rotation.ts'
import type { PlanContext } from '../plan/plan-work.ts'
import { type KeySplit, splitByKey } from '../plan/shared-keys.ts'
import { wantedTargets } from '../plan/wanted.ts'
import type { Past } from '../plan/written-keys.ts'
import { type Input, nameIn, type ToolChoice, textOf } from '../request/request.ts'
import { Secret } from '../secrets/secret.ts'
import { Message, say } from '../texts/message.ts'
import { existingChoices, loadLedger } from './choices-of.ts'
import { withOtherKey } from './judge-plan.ts'
import { refuseUnknownName } from './names.ts'
import { createPlanContext } from './plan-context.ts'

/**
 * The choices whose files can all be read and parsed. Where some cannot, all of them are named at once: on a terminal with
 * the offer to leave those tools out, else in one error. Errors: that of the file where it is the only one, else UserError
 * `broken-targets`, with its exit code; `cancelled`; `GoneBack` where that is possible.
 */
export async function leaveOutBroken(
  choices: readonly ToolChoice[],
  key: Secret | undefined,
  input: Input,
  context: CommandContext,
  canGoBack = false,
): Promise<readonly ToolChoice[]> {
  const planContext = createPlanContext(context, key, () => 'skip')
  const broken = await findBrokenTargets(choices, planContext)
  if (broken.length === 0) return choices
  const usable = choices.filter((choice) => !broken.some((target) => target.choice === choice))
  if (usable.length === 0 || !isInteractive(input, context.host)) throw brokenError(broken)
  const { askToLeaveOut } = await import('../wizard/resolve-conflict.ts')
  const titles = new Set(broken.map(({ choice }) => choice.tool.title))
  const problems = broken.map((target) => describe(target).in(context.host.texts))
  await askToLeaveOut([...new Set(problems)], [...titles], context.host, canGoBack)
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
      say('error.broken-targets'),
      ...[first, ...others].map((target) => describe(target).map((text) => `  ${text}`)),
    ],
    hint: say('error.broken-targets.hint', { tools }),
    exit: first.error.exit,
    where: first.error.where ?? { file: first.path },
  })
}

/** The error in one line that begins with its place in the file. */
function describe({ path, error: { text: message, where } }: BrokenTarget): Message {
  const place = where ? formatWhere(where) : path
  return new Message((texts) => {
    const note = message.in(texts).split('\n').join(' ')
    if (note.startsWith(path)) return `${place}${note.slice(path.length)}`
    return say('removed.item', { name: place, note }).in(texts)
  })
}

/**
 * Why a plan can't be written, known before anybody is asked about it: the first of its files that could not be replaced. Where
 * no right would help, with what else its tool offers. Undefined where nothing stands in the way.
 */
export function findUnwritable(
  { edits }: Pick<Plan, 'edits'>,
  choices: readonly ToolChoice[],
  host: Host,
): UserError | undefined {
  for (const { before, tools } of edits) {
    const error = refusalOf(() => assertWritable(before, host))
    if (error === undefined) continue
    const choice = choices.find(({ tool }) => tools.includes(tool.id))
    if (error.code !== notReplaceable || choice === undefined) return error
    return error.withHint(otherWays(choice))
  }
  return undefined
}

/** Where else a tool of one user takes its settings from, each with the command. */
function otherWays({ tool, scope, method }: ToolChoice): Message[] {
  if (scope !== 'user') return []
  const setUp = `qcode-setup --tool ${tool.id}`
  const hasProject = tool.targets.some((target) => target.scope === 'project')
  return [
    ...(method === 'file' && tool.env ? [say('access.with-env', { command: `${setUp} --method env` })] : []),
    ...(hasProject ? [say('access.with-project', { command: `${setUp} --scope project` })] : []),
    say('access.with-print', { command: `qcode-setup print ${tool.id}` }),
  ]
}

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
      message: say('project.leads-out', {
        tool: choice.tool.title,
        project: choice.project ?? '',
        path,
        target: planContext.machine.read(path).resolvedPath,
      }),
      ...(error.hintText && { hint: error.hintText.map((text) => text.split('\n')[0] ?? '') }),
      where: { file: path },
    })),
    ledOut: new Set(broken.map(({ path }) => path)),
  }
}

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

/** Any key of the right look, to find out what one would change. */
const anyKey = new Secret(`cr_${'0'.repeat(64)}`)

/** What gets the key and what keeps its own: with what shares a place goes what a client reads in the place of another. */
export async function splitExisting(
  tools: ReadonlySet<string> | undefined,
  name: string | undefined,
  past: Past,
  context: CommandContext,
): Promise<KeySplit & { readonly named?: ReadonlySet<string> }> {
  const all = existingChoices(context).choices
  const ours = all.filter((choice) => choice.name === name)
  const hasNames = name !== undefined || ours.length < all.length || namesIn(loadLedger(context)).size > 0
  if (tools === undefined && !hasNames) return { moving: all, staying: [] }
  const named = tools ?? new Set(ours.map(({ tool }) => tool.id))
  const planContext = createPlanContext(context, anyKey, () => 'overwrite')
  for (let isMoving = ({ tool }: ToolChoice) => named.has(tool.id); ; ) {
    const split = splitByKey(ours, isMoving, planContext)
    const choices = split.moving
    const staying = all.filter((choice) => !choices.includes(choice))
    const { ledOut } = await keepIn(choices, context)
    const request = { key: anyKey, choices, staying, named, tools: context.catalog.tools, past, ledOut }
    const drawn = await withOtherKey(split.staying, await planRotation(request, planContext), context)
    if (drawn.length === 0) return { moving: choices, staying, named }
    isMoving = (choice) => choices.includes(choice) || drawn.includes(choice)
  }
}

/**
 * The name whose key is meant: the one that was said, else the one that the named tools go by. Errors: UserErrors, exit 2,
 * `unknown-name`, `name-ambiguous`, and `name-of-others` where a named tool goes by another one.
 */
export function nameToRotate(
  input: Input,
  tools: ReadonlySet<string> | undefined,
  ledger: Ledger,
  context: CommandContext,
): string | undefined {
  const { setups } = ledger
  const said = textOf(input, 'name')
  refuseUnknownName(input, ledger, context)
  if (tools === undefined) return nameIn(input)
  const own = setups.filter(({ tool }) => tools.has(tool))
  const [name, ...others] = new Set(own.map((setup) => setup.name))
  const wanted = said === undefined ? name : nameIn(input)
  const hasOther = (id: string) => !own.some((setup) => setup.tool === id && setup.name === wanted)
  const without = [...new Set(own.map(({ tool }) => tool))].filter(hasOther)
  if (said === undefined ? others.length === 0 : without.length === 0) return wanted
  const hint = say('name.ambiguous.hint', {
    names: [...new Set(own.map((setup) => setup.name ?? 'default'))],
  })
  if (said === undefined)
    throw usageError('name-ambiguous', say('name.ambiguous', { tools: [...tools] }), hint)
  throw usageError('name-of-others', say('name.of-others', { name: said, tools: without }), hint)
}
