import { isDeepStrictEqual } from 'node:util'
import type { Tool } from '../catalog/tool.ts'
import { isNameId, type LedgerEntry, nameId, namesIn, renewReplaced } from '../ledger.ts'
import type { ToolChoice } from '../request/request.ts'
import { keyAccount, nameAccount } from '../secrets/keychain.ts'
import { looksLikeKey } from '../secrets/read-key.ts'
import { Secret } from '../secrets/secret.ts'
import { hashValue } from './document-set.ts'
import { type Holding, planTargets } from './make-plan.ts'
import { type Leaf, revealValue } from './placeholders.ts'
import { type Plan, pathId } from './plan.ts'
import type { PlanContext } from './plan-work.ts'
import { isKept, keyTargets, sharedFinding, toolsWanting } from './shared-keys.ts'
import { type WantedTarget, wantedTargets } from './wanted.ts'
import {
  editKeychain,
  findWrittenKeys,
  type HeldKey,
  heldKeys,
  makeRenewal,
  type Past,
  readStored,
  type WrittenKeys,
} from './written-keys.ts'

/** A plan that replaces the key, and what it replaces. */
export interface Rotation extends Plan {
  /** Every key that the new one takes the place of, in files or in copies of files. */
  readonly old: readonly Secret[]
  /** How many values become the new key, that in the keychain included. */
  readonly places: number
  /** The tools that they are for. */
  readonly tools: readonly string[]
  /** Of these the ones that nobody named: they share a stored key with one that was. */
  readonly sharing: readonly string[]
  /** The tools that were left out and still have a key that is replaced. */
  readonly stillOld: readonly string[]
  /** Of the old keys those that no tool has any more. */
  readonly retired: readonly Secret[]
  /** No tool is left with another key: what earlier runs keep is renewed as well. */
  readonly isWhole: boolean
}

/** The new key, and everything that an old one may stand in. */
export interface RotationRequest {
  readonly key: Secret
  /** What is set up and gets the key. */
  readonly choices: readonly ToolChoice[]
  /** What is set up and keeps its own. */
  readonly staying: readonly ToolChoice[]
  /** Ids of the tools that get the key by the user's word; undefined for all. */
  readonly named?: ReadonlySet<string>
  /** Every tool that may have been set up. */
  readonly tools: readonly Tool[]
  readonly past: Past
  /** Files that are not to be written. */
  readonly ledOut: ReadonlySet<string>
  /** What the choices go by: its own key, in its file or in an account of the keychain, is one of the places. */
  readonly name?: string
  readonly holding?: Holding
}

/**
 * The key replaced wherever this program wrote one: in the places of what is set up, and in files that no setup leads to
 * any more, such as those of an earlier shell. Nothing else changes. What earlier runs keep is renewed along once no tool has
 * another key any more; until then it is a run like any other. Errors: those of `planSetup`.
 */
export async function planRotation(request: RotationRequest, context: PlanContext): Promise<Rotation> {
  const { key, choices, staying, named, tools, past, ledOut } = request
  const ofName = request.holding?.targets ?? []
  const targets = [...choices.map((choice) => wantedTargets(choice, { ...context, key })), ofName]
  const kept = staying.flatMap((choice) => keyTargets(choice, context))
  const formats = [...targets.flat(), ...kept].map(({ format }) => format)
  const written = await findWrittenKeys(past, tools, formats, context.machine)
  const wanted = targets.flatMap((ofOne) => keysOf(ofOne, written, key, context))
  const unwanted = leftBehind([...wanted, ...kept], written, context)
  const others = unwanted.filter(
    (entry) => isNamed(entry, request, context) && !isOfOtherName(entry, request, context),
  )
  const here = others.filter(({ path }) => !ledOut.has(path)).map((entry) => targetOf(entry, key))
  const plan = await planTargets([...here, ...wanted], [], { ...context, key })
  const stored = await renewKept(request, context)
  const found = { ...written, keys: new Set([...written.keys, ...stored.keys]) }
  const left = unwanted.filter((entry) => !others.includes(entry))
  const isLeft = past.usesKeychain && !choices.some(isKept)
  const held = named ? await heldKeys({ key, staying, isLeft, left }, written.valueAt, context) : []
  return withRenewal(
    { ...plan, ...stored.edit },
    { ...found, replaced: stored.replaced },
    held,
    request,
    context,
  )
}

/** Whether an entry that no setup wants is of a tool that gets the key. */
function isNamed(entry: LedgerEntry, { named, choices }: RotationRequest, { ledger }: PlanContext): boolean {
  if (named === undefined) return true
  const getting = new Set([...named, ...choices.map(({ tool }) => tool.id)])
  return toolsWanting(entry, ledger).some((tool) => getting.has(tool))
}

/** Whether a key that no setup wants is that of another name, or none that the name has. */
function isOfOtherName({ hash }: LedgerEntry, { name }: RotationRequest, { ledger }: PlanContext): boolean {
  const keys = ledger.entries.filter(({ keyPath, setups }) => keyPath[0] === 'key' && setups.some(isNameId))
  const own = name === undefined ? [] : keys.filter(({ setups }) => setups.includes(nameId(name)))
  const isOneOf = (list: readonly LedgerEntry[]) => list.some((entry) => entry.hash === hash)
  return own.length > 0 ? !isOneOf(own) : isOneOf(keys)
}

/** Every key that stands in the keychain, and the edit where there is one or a tool wants one; the rest is of tools that keep theirs. */
async function renewKept(
  { key, choices, past, named, name, holding }: RotationRequest,
  context: PlanContext,
): Promise<{ keys: string[]; edit: Pick<Plan, 'keychain'>; replaced?: string }> {
  if (name !== undefined) {
    const { keychain: edit } = holding ?? {}
    if (!edit) return { keys: [], edit: {} }
    const replaced = await readStored(await context.keychain(), edit.account)
    return { keys: [replaced], edit: { keychain: edit }, replaced }
  }
  const isWanted = choices.some(isKept)
  if (!isWanted && (!past.usesKeychain || named !== undefined)) return { keys: [], edit: {} }
  const keychain = await context.keychain()
  const ofNames = [...namesIn(context.ledger).keys()].map(nameAccount)
  const accounts = (await keychain.accounts()).filter((account) => !ofNames.includes(account))
  const keys = await Promise.all(accounts.map(keychain.read))
  const isDue = isWanted || accounts.includes(keyAccount)
  const edit = isDue ? await editKeychain({ kind: 'present', key }, keychain) : undefined
  return {
    keys: keys.flatMap((kept) => (kept ? [String(revealValue(kept))] : [])),
    edit: edit ? { keychain: edit } : {},
    ...(edit && { replaced: await readStored(keychain) }),
  }
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
  { edits, keychain, ledger }: Plan,
  places: readonly LedgerEntry[],
  choices: readonly ToolChoice[],
): string[] {
  const names = namesIn(ledger)
  const paths = new Set(places.map(({ path }) => path))
  const inFiles = edits.filter(({ path }) => paths.has(path)).flatMap(({ tools }) => tools)
  const ofFiles = inFiles.filter((tool) => !names.has(tool))
  const ofKeychain = keychain ? choices.filter(isKept).map(({ tool }) => tool.id) : []
  return [...new Set([...ofFiles, ...ofKeychain])]
}

function withRenewal(
  plan: Plan,
  written: WrittenKeys & { readonly replaced: string | undefined },
  held: readonly HeldKey[],
  { key, choices, named }: RotationRequest,
  { run }: PlanContext,
): Rotation {
  const hash = hashValue(revealValue(key))
  const places = plan.ledger.entries.filter((entry) => entry.run === run && entry.hash === hash)
  // Keys with a name are nobody's old ones.
  const isWhole = held.length === 0 && namesIn(plan.ledger).size === 0
  const now = [...places.map(written.valueAt), written.replaced]
  // What only earlier runs had goes with the last tool that has another key.
  const values = isWhole ? [...written.keys, ...now] : now
  const old = [...new Set(values.filter((value) => isOldKey(value, written, key)))]
  const secrets = old.map((value) => new Secret(value))
  const tools = toolsOf(plan, places, choices)
  const sharing = named === undefined ? [] : tools.filter((tool) => !named.has(tool))
  const titleOf = (id: string) => choices.find(({ tool }) => tool.id === id)?.tool.title ?? id
  // What cannot be read may be the old key as well.
  const isSame = (value: HeldKey['value'], secret: Secret) =>
    value === undefined || value === revealValue(secret)
  const isOld = ({ value }: HeldKey) => secrets.some((secret) => isSame(value, secret))
  const rotation = {
    ...plan,
    secrets: [...plan.secrets, ...secrets],
    old: secrets,
    places: places.length + (plan.keychain ? 1 : 0),
    tools,
    findings: [...plan.findings, ...sharedFinding(sharing.map(titleOf))],
    sharing,
    retired: secrets.filter((secret) => !held.some(({ value }) => isSame(value, secret))),
    stillOld: [...new Set(held.filter(isOld).flatMap((each) => each.tools))],
    isWhole,
  }
  if (!isWhole) return rotation
  const renewal = makeRenewal(secrets, key, [...written.places, ...places], written.formats)
  return {
    ...rotation,
    ledger: renewReplaced(plan.ledger, renewal.replaceIn),
    ...(secrets.length > 0 && { renewal }),
  }
}
