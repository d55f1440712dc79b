import { isDeepStrictEqual } from 'node:util'
import type { Tool } from '../catalog/tool.ts'
import { type LedgerEntry, renewReplaced } from '../ledger.ts'
import type { ToolChoice } from '../request/request.ts'
import { keyAccount } from '../secrets/keychain.ts'
import { looksLikeKey } from '../secrets/read-key.ts'
import { Secret } from '../secrets/secret.ts'
import { hashValue } from './document-set.ts'
import { planTargets } from './make-plan.ts'
import { type Leaf, revealValue } from './placeholders.ts'
import { type Plan, pathId } from './plan.ts'
import type { PlanContext } from './plan-work.ts'
import { type WantedTarget, wantedTargets } from './wanted.ts'
import { editKeychain, findWrittenKeys, makeRenewal, type Past, type WrittenKeys } from './written-keys.ts'

/** A plan that replaces the key, and what it replaces. */
export interface Rotation extends Plan {
  /** Every key that the new one takes the place of, in files or in copies of files. */
  readonly old: readonly Secret[]
  /** How many values become the new key, that in the keychain included. */
  readonly places: number
  /** The tools that they are for. */
  readonly tools: readonly string[]
}

/** The new key, and everything that an old one may stand in. */
export interface RotationRequest {
  readonly key: Secret
  /** What is set up, all of it. */
  readonly choices: readonly ToolChoice[]
  /** Every tool that may have been set up. */
  readonly tools: readonly Tool[]
  readonly past: Past
  /** Files that are not to be written. */
  readonly ledOut: ReadonlySet<string>
}

/**
 * The key replaced wherever this program wrote one: in the places of what is set up, and in files that no setup leads to
 * any more, such as those of an earlier shell. Nothing else changes. Errors: those of `planSetup`.
 */
export async function planRotation(request: RotationRequest, context: PlanContext): Promise<Rotation> {
  const { key, choices, tools, past, ledOut } = request
  const targets = choices.map((choice) => targetsOf(choice, key, context))
  const formats = targets.flat().map(({ format }) => format)
  const written = await findWrittenKeys(past, tools, formats, context.machine)
  const wanted = targets.flatMap((ofOne) => keysOf(ofOne, written, key, context))
  const others = leftBehind(wanted, written, context)
    .filter(({ path }) => !ledOut.has(path))
    .map((entry) => targetOf(entry, key))
  const plan = await planTargets([...others, ...wanted], [], { ...context, key })
  const kept = await renewKept(request, context)
  const keys = new Set([...written.keys, ...kept.keys])
  return withRenewal({ ...plan, ...kept.edit }, { ...written, keys }, request, context)
}

/** Every key that stands in the keychain, and the edit where there is one or a tool wants one. */
async function renewKept(
  { key, choices, past }: RotationRequest,
  context: PlanContext,
): Promise<{ keys: string[]; edit: Pick<Plan, 'keychain'> }> {
  const isWanted = choices.some(isKept)
  if (!isWanted && !past.usesKeychain) return { keys: [], edit: {} }
  const keychain = await context.keychain()
  const accounts = await keychain.accounts()
  const keys = await Promise.all(accounts.map(keychain.read))
  const isDue = isWanted || accounts.includes(keyAccount)
  const edit = isDue ? await editKeychain({ kind: 'present', key }, keychain) : undefined
  return {
    keys: keys.flatMap((kept) => (kept ? [String(revealValue(kept))] : [])),
    edit: edit ? { keychain: edit } : {},
  }
}

function isKept({ keyStore }: ToolChoice): boolean {
  return keyStore === 'keychain'
}

/** A key that the user sets in the environment is not written by this program. */
function targetsOf(choice: ToolChoice, key: Secret, context: PlanContext): WantedTarget[] {
  return wantedTargets(choice, { ...context, key: choice.keyStore === 'env' ? undefined : key })
}

/**
 * Of one choice's targets the keys alone, where one of ours stands or was taken out by hand: nowhere else is it written.
 * Where it was taken out, what else of ours is gone comes back with it, since a key without its base URL goes to another
 * vendor.
 */
function keysOf(
  targets: readonly WantedTarget[],
  written: WrittenKeys,
  key: Secret,
  { ledger }: PlanContext,
): WantedTarget[] {
  const owned = new Set(ledger.entries.map((entry) => pathId(entry.path, entry.keyPath)))
  const isGone = (target: WantedTarget, { keyPath }: Leaf) =>
    owned.has(pathId(target.path, keyPath)) && written.valueAt({ ...target, keyPath }) === undefined
  const isKey = (target: WantedTarget, { keyPath, value }: Leaf) =>
    value instanceof Secret &&
    (owned.has(pathId(target.path, keyPath)) ||
      isOldKey(written.valueAt({ ...target, keyPath }), written, key))
  const isStamp = ({ timestamps }: WantedTarget, { keyPath }: Leaf) =>
    timestamps.some((stamp) => isDeepStrictEqual(stamp, keyPath))
  const lost = targets.some((target) =>
    target.leaves.some((leaf) => isKey(target, leaf) && isGone(target, leaf)),
  )
  return targets.map((target) => {
    const chosen = target.leaves.filter((leaf) => isKey(target, leaf) || (lost && isGone(target, leaf)))
    const timestamps = target.leaves.filter((leaf) => isStamp(target, leaf) && !chosen.includes(leaf))
    return { ...target, leaves: chosen.length > 0 ? [...chosen, ...timestamps] : [] }
  })
}

/** Whether a value is a key that was written here, or that stands where one is wanted and looks like the gateway's. */
function isOldKey(value: unknown, { keys }: WrittenKeys, key: Secret): value is string {
  if (typeof value !== 'string' || value === revealValue(key)) return false
  return keys.has(value) || looksLikeKey(new Secret(value))
}

/** Keys that stand as they were written, in places where no setup wants one. */
function leftBehind(
  wanted: readonly WantedTarget[],
  { keys, valueAt }: WrittenKeys,
  { ledger }: PlanContext,
): LedgerEntry[] {
  const places = wanted.flatMap(({ path, leaves }) => leaves.map(({ keyPath }) => pathId(path, keyPath)))
  const covered = new Set(places)
  const hashes = new Set([...keys].map(hashValue))
  return ledger.entries.filter((entry) => {
    if (!hashes.has(entry.hash) || covered.has(pathId(entry.path, entry.keyPath))) return false
    const value = valueAt(entry)
    return value !== undefined && hashValue(value) === entry.hash
  })
}

function targetOf({ tool, path, format, keyPath }: LedgerEntry, key: Secret): WantedTarget {
  return { tool, path, format, leaves: [{ keyPath, value: key }], protected: [], timestamps: [], baseUrl: '' }
}

/** Several tools may read one value. */
function toolsOf(
  { edits, keychain }: Plan,
  places: readonly LedgerEntry[],
  choices: readonly ToolChoice[],
): string[] {
  const paths = new Set(places.map(({ path }) => path))
  const ofFiles = edits.filter(({ path }) => paths.has(path)).flatMap(({ tools }) => tools)
  const ofKeychain = keychain ? choices.filter(isKept).map(({ tool }) => tool.id) : []
  return [...new Set([...ofFiles, ...ofKeychain])]
}

function withRenewal(
  plan: Plan,
  written: WrittenKeys,
  { key, choices }: RotationRequest,
  { run }: PlanContext,
): Rotation {
  const hash = hashValue(revealValue(key))
  const places = plan.ledger.entries.filter((entry) => entry.run === run && entry.hash === hash)
  const values = [...written.keys, ...places.map(written.valueAt)]
  const old = [...new Set(values.filter((value) => isOldKey(value, written, key)))].map(
    (value) => new Secret(value),
  )
  const renewal = makeRenewal(old, key, [...written.places, ...places], written.formats)
  return {
    ...plan,
    ledger: renewReplaced(plan.ledger, renewal.replaceIn),
    ...(old.length > 0 && { renewal }),
    secrets: [...plan.secrets, ...old],
    old,
    places: places.length + (plan.keychain ? 1 : 0),
    tools: toolsOf(plan, places, choices),
  }
}
