import type { Value } from '../documents/document.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type Ledger, type LedgerEntry, setupId } from '../ledger.ts'
import type { ToolChoice } from '../request/request.ts'
import { type Keychain, keyAccount } from '../secrets/keychain.ts'
import { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { type Leaf, revealValue } from './placeholders.ts'
import { pathId } from './plan.ts'
import type { PlanContext } from './plan-work.ts'
import { type WantedTarget, wantedTargets } from './wanted.ts'
import type { WrittenKeys } from './written-keys.ts'

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
  if (isKept(choice)) return [inKeychain]
  return keyTargets(choice, context).flatMap(({ path, leaves }) =>
    leaves.map(({ keyPath }) => pathId(resolvedPath(path, context), keyPath)),
  )
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

/** The tools that want a value of the ledger: that of each setup, or the one that it was written for last. */
export function toolsWanting({ tool, setups }: LedgerEntry, ledger: Pick<Ledger, 'setups'>): string[] {
  const wanting = ledger.setups.filter((setup) => setups.includes(setupId(setup))).map((setup) => setup.tool)
  return wanting.length > 0 ? [...new Set(wanting)] : [tool]
}

/** Whether the tool reads the one key of the keychain. */
export function isKept({ keyStore }: ToolChoice): boolean {
  return keyStore === 'keychain'
}

/** A key that stays; undefined where its file, or the keychain, cannot be read. */
export interface HeldKey {
  /** Whose it is; of the one in the keychain that no tool reads nobody's. */
  readonly tools: readonly string[]
  readonly value: Value | undefined
}

/** What keeps its key. */
interface Staying {
  /** The new one, which others get. */
  readonly key: Secret
  readonly staying: readonly ToolChoice[]
  /** Values with a key that no setup wants, of tools that were left out. */
  readonly left: readonly LedgerEntry[]
  /** The keychain may hold a key that no tool reads. */
  readonly isLeft: boolean
}

/** The keys, other than the new one, that stay where tools have them that were left out. */
export async function heldKeys(
  { key, staying, left, isLeft }: Staying,
  valueAt: WrittenKeys['valueAt'],
  context: PlanContext,
): Promise<HeldKey[]> {
  const inFiles = staying.flatMap((choice) =>
    keyTargets(choice, context).flatMap(({ tool, leaves, ...file }) =>
      leaves.map(({ keyPath }) => ({ tools: [tool], read: () => valueAt({ ...file, keyPath }) })),
    ),
  )
  const ofNoSetup = left.map((entry) => ({
    tools: toolsWanting(entry, context.ledger),
    read: () => valueAt(entry),
  }))
  const inKeychain = {
    tools: staying.filter(isKept).map(({ tool }) => tool.id),
    read: async () => readStored(await context.keychain()),
  }
  const stored = isLeft || inKeychain.tools.length > 0 ? [inKeychain] : []
  const held: HeldKey[] = []
  for (const { tools, read } of [...inFiles, ...ofNoSetup, ...stored]) {
    held.push({ tools, value: await unlessRefused(read) })
  }
  return held.filter(({ value }) => value !== '' && value !== revealValue(key))
}

/** The key that the tools with the keychain read; empty where there is none. */
export async function readStored(keychain: Keychain): Promise<string> {
  const stored = await keychain.read(keyAccount)
  return stored === undefined ? '' : String(revealValue(stored))
}

/** Empty where nothing stands. */
async function unlessRefused(read: () => Promise<string> | Value | undefined): Promise<Value | undefined> {
  try {
    return (await read()) ?? ''
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/** Said before the question as well, since nobody named these tools. */
export const sharedKey = 'key-shared'

/** Where others get the key besides the named tools. */
export function sharedFinding(tools: readonly string[]): Finding[] {
  if (tools.length === 0) return []
  return [{ id: sharedKey, level: 'info', message: say('key.shared', { tools }) }]
}
