import type { KeyPath, Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import { leavesOf } from '../documents/value.ts'
import { entriesIn, type Found } from '../effect/find-setting.ts'
import { viewSetup } from '../effect/judge-effect.ts'
import { overlay } from '../effect/machine-view.ts'
import type { ConnectionView } from '../effect/tool-view.ts'
import type { Finding } from '../finding.ts'
import type { ToolChoice } from '../request/request.ts'
import { say } from '../texts/message.ts'
import { absentHash, hashValue } from './document-set.ts'
import { replacedBy, withPlace } from './edit-target.ts'
import { displayValue } from './placeholders.ts'
import { type Plan, pathId } from './plan.ts'
import { type EffectSurroundings, type PlanContext, type PlanWork, workOn } from './plan-work.ts'
import { choiceId } from './setups.ts'
import { ownedPaths } from './wanted.ts'
import { ownKeys } from './written-keys.ts'

/** What is put out of the way, so that a client does what it is set up for. */
export interface Mends {
  readonly silences: readonly Silence[]
  /** Variables that stand somewhere above, and that an empty one of ours silences. */
  readonly emptied: ReadonlySet<string>
}

export const noMends: Mends = { silences: [], emptied: new Set() }

/** How often one thing that is put out of the way may bring up another. */
const mostRounds = 5

/**
 * A plan made again until no value stands in the way that this program may put out of it: a key of somebody else that would
 * be sent to the gateway, a base URL that beats ours, a key that beats the variable in which the user keeps his.
 */
export async function mendEffect(
  choices: readonly ToolChoice[],
  context: PlanContext,
  makePlan: (mends: Mends) => Promise<Plan>,
): Promise<Plan> {
  let mends = noMends
  let plan = await makePlan(mends)
  if (!context.effect) return plan
  for (let round = 0; round < mostRounds; round++) {
    const more = await findMends(choices, plan, context, context.effect)
    const silences = [...mends.silences, ...more.silences]
    const emptied = new Set([...mends.emptied, ...more.emptied])
    if (silences.length === mends.silences.length && emptied.size === mends.emptied.size) return plan
    mends = { silences, emptied }
    plan = await makePlan(mends)
  }
  return plan
}

async function findMends(
  choices: readonly ToolChoice[],
  plan: Plan,
  context: PlanContext,
  { catalog, machine, installed }: EffectSurroundings,
): Promise<Mends> {
  const { key, host } = context
  const planned = overlay(machine, plan.edits)
  const given = { catalog, machine: planned, setups: plan.ledger.setups, ownKeys: ownKeys(plan.ledger, key) }
  const silences: Silence[] = []
  const emptied = new Set<string>()
  // What another setup of ours wants, such as one for this project, is nobody's leftover.
  const wanted = new Map(
    plan.ledger.entries
      .filter(({ silenced }) => !silenced)
      .map(({ path, keyPath, hash }) => [pathId(path, keyPath), hash]),
  )
  for (const choice of choices) {
    const own = new Set(ownedPaths(choice, context))
    const { view } = await viewSetup(choice, await installed(choice.tool), given)
    for (const { found, isKey, isStale } of view.connections.flatMap((one) => inTheWay(one, choice))) {
      const { keyPath, entry, source, name } = found
      const isWanted =
        source.file !== undefined &&
        wanted.get(pathId(source.file.path, keyPath ?? [name])) === hashValue(found.value)
      if (isStale && isWanted) continue
      if (canBeEmptied(found, choice)) emptied.add(name)
      else if (keyPath && source.file && mayBeTakenOut(found, choice)) {
        // What stands where ours belongs is a conflict, and has been decided on.
        if (own.has(pathId(source.file.path, keyPath)) || isWanted) continue
        silences.push({
          tool: choice.tool.id,
          setup: choiceId(choice, host),
          path: source.file.path,
          format: source.format,
          keyPath,
          isKey,
          ...(entry !== undefined && { entry }),
        })
      }
    }
  }
  return { silences, emptied }
}

/**
 * The halves of connections that a removal would leave, as `pathId` texts: a base URL for the gateway without a key, or a
 * key of the gateway without a base URL. The user has changed them since, but they are of no use for anything else.
 */
export async function findHalves(
  choices: readonly ToolChoice[],
  plan: Plan,
  { effect, key }: PlanContext,
): Promise<ReadonlySet<string>> {
  const halves = new Set<string>()
  if (!effect) return halves
  const { catalog, machine, installed } = effect
  const planned = overlay(machine, plan.edits)
  const given = { catalog, machine: planned, setups: plan.ledger.setups, ownKeys: ownKeys(plan.ledger, key) }
  // Of a whole computer, a base URL alone is all there is.
  for (const choice of choices.filter(({ scope }) => scope !== 'managed')) {
    const { view } = await viewSetup(choice, await installed(choice.tool), given)
    for (const { destination, baseUrl, keys, leakedKey } of view.connections) {
      const isAlone = destination === 'gateway' && keys.sent.length === 0
      const { source, keyPath } = (isAlone ? baseUrl.winner : leakedKey) ?? {}
      if (source?.file && keyPath) halves.add(pathId(source.file.path, keyPath))
    }
  }
  return halves
}

/** What keeps a connection from being the one that was asked for. */
function inTheWay(
  { destination, baseUrl, keys, foreignKeys }: ConnectionView,
  { keyStore }: ToolChoice,
): { found: Found; isKey: boolean; isStale?: boolean }[] {
  const { winner } = baseUrl
  if (destination !== 'gateway') return winner?.value.trim() ? [{ found: winner, isKey: false }] : []
  const foreign = foreignKeys.map((found) => ({ found, isKey: true }))
  if (keyStore !== 'env') return foreign
  const stale = keys.sent.filter(
    (found) => found.source.file !== undefined && !found.isCommand && !foreignKeys.includes(found),
  )
  return [...foreign, ...stale.map((found) => ({ found, isKey: true, isStale: true }))]
}

/** Of the user's own settings, or of those of the project that is set up. A login, and what all of a team share, is left. */
function mayBeTakenOut({ source, isLogin }: Found, { scope }: ToolChoice): boolean {
  if (isLogin) return false
  // No user's settings are an administrator's to change.
  if (scope === 'managed') return false
  const levels = scope === 'user' ? ['user', 'local'] : ['local', 'project']
  return levels.includes(source.level)
}

/** Whether one of the tool's targets, or its file of variables, has an empty value for the variable. */
function canBeEmptied({ name, source }: Found, { tool, scope, method }: ToolChoice): boolean {
  const isAbove = source.level === 'environment' || source.level === 'profile'
  if (method === 'env') return isAbove && scope === 'user' && (tool.env?.silence.includes(name) ?? false)
  if (!isAbove && !(scope === 'project' && source.level === 'user')) return false
  return tool.targets.some(
    (target) =>
      target.scope === scope &&
      target.when &&
      leavesOf(target.content).some(({ keyPath, value }) => keyPath.at(-1) === name && value === ''),
  )
}

/** A value of the user's that is put out of a client's way as long as the setup stands. */
export interface Silence {
  readonly tool: string
  /** Id of the setup that wants it. */
  readonly setup: string
  readonly path: string
  readonly format: FormatId
  readonly keyPath: KeyPath
  /** Of a value that holds several by name, the one that goes; otherwise the value goes whole. */
  readonly entry?: string
  /** It is a key, however it looks. */
  readonly isKey: boolean
}

/** Takes these values out of their files. The ledger has what stood there, and a removal gives it back. */
export function silenceValues(values: readonly Silence[], work: PlanWork): void {
  for (const value of values) silence(value, work)
}

function silence({ tool, setup, path, format, keyPath, entry, isKey }: Silence, work: PlanWork): void {
  const file = work.documents.open(path, format)
  const { document } = file
  const actual = document.get(keyPath)
  if (actual === undefined) return
  const fileWork = workOn(file, work)
  fileWork.tools.add(tool)
  const old = { replaced: replacedBy(keyPath, file, work), text: document.toText() }
  const left = entry === undefined ? undefined : without(actual, entry)
  if (left === undefined) document.unset(keyPath)
  else document.set(keyPath, left)
  fileWork.meant.push({ keyPath, value: left })
  const from = displayValue(actual, keyPath, isKey)
  fileWork.changes.push({
    kind: left === undefined ? 'removed' : 'modified',
    keyPath,
    from,
    ...(left !== undefined && { to: displayValue(left, keyPath, isKey) }),
  })
  work.findings.push(
    silencedFinding(path, entry === undefined ? keyPath.join('.') : `${keyPath.join('.')} (${entry})`, from),
  )
  work.entries.set(pathId(file.path, keyPath), {
    path: file.path,
    format,
    keyPath,
    tool,
    hash: left === undefined ? absentHash : hashValue(left),
    run: work.context.run,
    setups: [setup],
    replaced: withPlace(old.replaced, keyPath, old.text, file),
    silenced: true,
  })
}

/** A list, or a text of one, without an entry; undefined where nothing is left of it. */
function without(value: Value, entry: string): Value | undefined {
  const isIt = (item: Value) =>
    typeof item === 'string' && entriesIn([item]).some(([name]) => name.toLowerCase() === entry.toLowerCase())
  if (Array.isArray(value)) {
    const left = value.filter((item) => !isIt(item))
    return left.length === 0 ? undefined : left
  }
  if (typeof value === 'string') return withoutLine(value, isIt)
  if (value === null || typeof value !== 'object') return undefined
  const left = Object.entries(value).filter(([name]) => name.toLowerCase() !== entry.toLowerCase())
  return left.length === 0 ? undefined : Object.fromEntries(left)
}

function withoutLine(text: string, isIt: (item: string) => boolean): string | undefined {
  const [separator, inner] = text.includes('\n') ? ['\n', text] : [',', text.replace(/^\s*\[|\]\s*$/g, '')]
  const left = inner.split(separator).filter((item) => !isIt(item) && item.trim() !== '')
  if (left.length === 0) return undefined
  const joined = left.join(separator)
  return text.trim().startsWith('[') ? `[${joined}]` : joined
}

function silencedFinding(path: string, key: string, value: string): Finding {
  return {
    id: 'value-silenced',
    level: 'warning',
    message: say('plan.value-silenced', { path, key, value }),
    where: { file: path },
  }
}
