import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type Ledger, type LedgerEntry, setupId } from '../ledger.ts'
import type { ToolChoice } from '../request/request.ts'
import { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import type { Leaf } from './placeholders.ts'
import { pathId } from './plan.ts'
import type { PlanContext } from './plan-work.ts'
import { type WantedTarget, wantedTargets } from './wanted.ts'

/** What is set up, by whether it gets a new key. */
export interface KeySplit {
  readonly moving: readonly ToolChoice[]
  /** What keeps the key that it has. */
  readonly staying: readonly ToolChoice[]
}

/** Stands for the one key that all tools with the keychain read. */
const inKeychain = 'keychain'

/**
 * Splits what is set up: with the setups that are named, those move that share a stored key with one of them (a variable of
 * one file, the keychain), and those that share another with these, since a client gets one key in all its places.
 */
export function splitByKey(
  choices: readonly ToolChoice[],
  isNamed: (choice: ToolChoice) => boolean,
  context: PlanContext,
): KeySplit {
  const placesOf = new Map(choices.map((choice) => [choice, keyPlaces(choice, context)]))
  const moving = new Set(choices.filter(isNamed))
  for (let count = -1; count !== moving.size; ) {
    count = moving.size
    const taken = new Set([...moving].flatMap((choice) => placesOf.get(choice) ?? []))
    for (const choice of choices) {
      if (placesOf.get(choice)?.some((place) => taken.has(place))) moving.add(choice)
    }
  }
  return {
    moving: choices.filter((choice) => moving.has(choice)),
    staying: choices.filter((choice) => !moving.has(choice)),
  }
}

/** The key's places of a choice as texts; none where the user sets the key in the environment. */
function keyPlaces(choice: ToolChoice, context: PlanContext): string[] {
  // Whoever goes by a name has its one key.
  const byName = choice.name === undefined ? [] : [`name ${choice.name}`]
  if (isKept(choice)) return choice.name === undefined ? [inKeychain] : byName
  const inFiles = keyTargets(choice, context).flatMap(({ path, leaves }) =>
    leaves.map(({ keyPath }) => pathId(resolvedPath(path, context), keyPath)),
  )
  return [...byName, ...inFiles]
}

/** The values that are the key, in the files of a choice. */
export function keyTargets(choice: ToolChoice, context: PlanContext): WantedTarget[] {
  if (choice.keyStore === 'env') return []
  const targets = wantedTargets(choice, { ...context, key: new Secret('any') })
  const isKey = ({ value }: Leaf) => value instanceof Secret
  return targets.map((target) => ({ ...target, leaves: target.leaves.filter(isKey) }))
}

/** A link and what it leads to are one file. */
function resolvedPath(path: string, { machine }: PlanContext): string {
  try {
    return machine.read(path).resolvedPath
  } catch (error) {
    if (error instanceof UserError) return path
    throw error
  }
}

/** Whether the tool reads the one key of the keychain. */
export function isKept({ keyStore }: ToolChoice): boolean {
  return keyStore === 'keychain'
}

/** Said before the question as well, since nobody named these tools. */
export const sharedKey = 'key-shared'

/** Where others get the key besides the named tools. */
export function sharedFinding(tools: readonly string[]): Finding[] {
  if (tools.length === 0) return []
  return [{ id: sharedKey, level: 'info', message: say('key.shared', { tools }) }]
}

/** The tools that want a value of the ledger: that of each setup, or the one that it was written for last. */
export function toolsWanting({ tool, setups }: LedgerEntry, ledger: Pick<Ledger, 'setups'>): string[] {
  const wanting = ledger.setups.filter((setup) => setups.includes(setupId(setup))).map((setup) => setup.tool)
  return wanting.length > 0 ? [...new Set(wanting)] : [tool]
}

/**
 * The choices with those that read the same stored key in the same place, such as a variable of one file: they go by the same
 * name from here on.
 */
export function withSharing(
  choices: readonly ToolChoice[],
  existing: readonly ToolChoice[],
  context: PlanContext,
): { readonly choices: readonly ToolChoice[]; readonly findings: readonly Finding[] } {
  const [first] = choices
  const others = existing.filter((one) => one.name !== first?.name && one.method === 'env')
  if (!first || others.length === 0) return { choices, findings: [] }
  const isSame = (one: ToolChoice) =>
    choices.some(
      (choice) => choice.tool === one.tool && choice.shell === one.shell && choice.project === one.project,
    )
  const all = [...choices, ...others.filter((one) => !isSame(one))]
  const { moving } = splitByKey(all, (one) => choices.includes(one), context)
  const drawn = moving.filter((one) => !choices.includes(one))
  const asFirst = ({ name: _, ...one }: ToolChoice): ToolChoice => ({
    ...one,
    origin: first.origin,
    ...(first.name !== undefined && { name: first.name }),
  })
  return {
    choices: [...choices, ...drawn.map(asFirst)],
    findings: sharedFinding(drawn.map(({ tool }) => tool.id)),
  }
}
