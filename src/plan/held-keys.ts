import type { Value } from '../documents/document.ts'
import { UserError } from '../errors.ts'
import { type Ledger, type LedgerEntry, setupId } from '../ledger.ts'
import type { ToolChoice } from '../request/request.ts'
import { type Keychain, keyAccount } from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import { revealValue } from './placeholders.ts'
import type { PlanContext } from './plan-work.ts'
import { isKept, keyTargets } from './shared-keys.ts'
import type { WrittenKeys } from './written-keys.ts'

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

/** The tools that want a value of the ledger: that of each setup, or the one that it was written for last. */
export function toolsWanting({ tool, setups }: LedgerEntry, ledger: Pick<Ledger, 'setups'>): string[] {
  const wanting = ledger.setups.filter((setup) => setups.includes(setupId(setup))).map((setup) => setup.tool)
  return wanting.length > 0 ? [...new Set(wanting)] : [tool]
}
