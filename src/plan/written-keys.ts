import type { Tool } from '../catalog/tool.ts'
import { type Document, decodeText, type Format, type Value } from '../documents/document.ts'
import { type FormatId, loadFormats } from '../documents/formats.ts'
import { isGatewayKey, type OwnKeys } from '../effect/tool-view.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { PresentFile } from '../host/read-file-state.ts'
import { isNameId, type Ledger, type LedgerEntry } from '../ledger.ts'
import type { ToolChoice } from '../request/request.ts'
import { type Keychain, keyAccount } from '../secrets/keychain.ts'
import { holdsSecret } from '../secrets/mask-text.ts'
import { findKeys } from '../secrets/read-key.ts'
import { areReplaceable, hashKey, replaceKeys, Secret } from '../secrets/secret.ts'
import { inShell, quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { DocumentSet, hashValue } from './document-set.ts'
import { fillTemplate, findSecrets, revealValue } from './placeholders.ts'
import type { FileEdit, KeychainEdit, KeyRenewal } from './plan.ts'
import type { MachineView, PlanContext } from './plan-work.ts'
import { isKept, keyTargets, toolsWanting } from './shared-keys.ts'
import { wantedTargets } from './wanted.ts'

/** What earlier runs knew and kept. */
export interface Past {
  readonly ledgers: readonly Ledger[]
  /** Files as they were before some run; one that is damaged is in it too. */
  readonly copies: readonly { readonly path: string; readonly bytes: Uint8Array }[]
  /** Whether a run put a key into the keychain. */
  readonly usesKeychain: boolean
}

/** A value of a file. */
export type Place = Pick<LedgerEntry, 'path' | 'format' | 'keyPath'>

/** The keys that this program wrote, as far as they stand in some file or copy still. */
export interface WrittenKeys {
  readonly keys: ReadonlySet<string>
  /** Where some run wrote a key. */
  readonly places: readonly LedgerEntry[]
  /** What stands at a place today. Throws what reading and parsing the file throws. */
  valueAt(place: Place): Value | undefined
  /** The editors of all these files, and of those that were asked for. */
  readonly formats: ReadonlyMap<FormatId, Format>
}

/**
 * Finds the keys by their hashes in the ledgers. An entry of a tool that is not in the catalog any more counts when it
 * has the hash of a key.
 */
export async function findWrittenKeys(
  { ledgers, copies }: Pick<Past, 'ledgers' | 'copies'>,
  tools: readonly Tool[],
  alsoFormats: readonly FormatId[],
  machine: Pick<MachineView, 'read'>,
): Promise<WrittenKeys> {
  const entries = ledgers.flatMap((ledger) => ledger.entries)
  const hashes = new Set(entries.filter(keyEntryTest(tools)).map(({ hash }) => hash))
  const places = entries.filter(({ hash }) => hashes.has(hash))
  const formats = await loadFormats([...places.map(({ format }) => format), ...alsoFormats])
  const today = new DocumentSet(machine.read, formats)
  const documents = placesByFile(places).flatMap((place) => [
    { place, document: quietly(() => today.open(place.path, place.format).document) },
    ...copies
      .filter(({ path }) => path === place.path)
      .map(({ bytes }) => ({ place, document: openCopy(bytes, place.path, formats.get(place.format)) })),
  ])
  const values = documents.flatMap(({ place: { path }, document }) =>
    places.filter((place) => place.path === path).map(({ keyPath }) => document?.get(keyPath)),
  )
  return {
    keys: new Set(values.filter((value) => isKeyOf(hashes, value))),
    places,
    valueAt: ({ path, format, keyPath }) => today.open(path, format).document.get(keyPath),
    formats,
  }
}

/** One place for each file. */
function placesByFile(places: readonly LedgerEntry[]): LedgerEntry[] {
  return [...new Map(places.map((place) => [place.path, place])).values()]
}

function isKeyOf(hashes: ReadonlySet<string>, value: Value | undefined): value is string {
  return typeof value === 'string' && hashes.has(hashValue(value))
}

/** A copy as a document; undefined where it does not parse, as one that was damaged. */
export function openCopy(bytes: Uint8Array, path: string, format: Format | undefined): Document | undefined {
  return quietly(() => format?.open(decodeText(bytes, path), path))
}

function quietly(open: () => Document | undefined): Document | undefined {
  try {
    return open()
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/**
 * A warning for each file that has other names (hard links). A write puts a new file in the place of one name, so the
 * others keep the old bytes, and with them a key that is replaced or taken out: one of `secrets`, or one by its look.
 */
export function otherNames(edits: readonly FileEdit[], secrets: readonly Secret[]): Finding[] {
  return edits.flatMap((edit) => {
    const { path, before } = edit
    if (before.kind === 'absent' || before.names < 2) return []
    const said = losesSecret(before, edit.after, secrets) ? 'plan.hard-link.key' : 'plan.hard-link'
    return {
      id: 'hard-link',
      level: 'warning',
      message: say(said, { path, names: before.names }),
      where: { file: path },
      hint: say('plan.hard-link.hint', { command: inShell().otherNames(before.inode, quoteWord(path)) }),
    }
  })
}

function losesSecret(before: PresentFile, after: FileEdit['after'], secrets: readonly Secret[]): boolean {
  const old = textOf(before.bytes)
  const next = after.kind === 'file' ? textOf(after.bytes) : ''
  return [...secrets, ...findKeys(old)].some(
    (secret) => holdsSecret(old, [secret]) && !holdsSecret(next, [secret]),
  )
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

/** Tells whether an entry of a ledger is about the key: its tool's templates put the key there, in whichever file. */
export function keyEntryTest(tools: readonly Tool[]): (entry: LedgerEntry) => boolean {
  const places = new Set(tools.flatMap(keyPlacesOf))
  return ({ tool, keyPath, setups }) =>
    places.has(JSON.stringify([tool, ...keyPath])) || (keyPath[0] === 'key' && setups.some(isNameId))
}

function keyPlacesOf({ id, targets, env }: Tool): string[] {
  const any = new Secret('')
  return [...targets.map(({ content }) => content), env?.variables ?? {}]
    .flatMap((content) => fillTemplate(content, (name) => (name === 'key' ? any : name)))
    .filter(({ value }) => value === any)
    .map(({ keyPath }) => JSON.stringify([id, ...keyPath]))
}

/**
 * How the old keys leave what earlier runs keep: as text wherever they stand, or, where they are no plain text, as the
 * values of the places where keys were written.
 */
export function makeRenewal(
  old: readonly Secret[],
  key: Secret,
  places: readonly LedgerEntry[],
  formats: ReadonlyMap<FormatId, Format>,
): KeyRenewal {
  const hashes = new Map(
    old.flatMap((secret) => [
      [hashKey(secret), hashKey(key)],
      [hashValue(revealValue(secret)), hashValue(revealValue(key))],
    ]),
  )
  const asText: KeyRenewal['replaceIn'] = (_, bytes) => {
    // Every byte is one character, so that what is no UTF-8 comes through.
    const text = Buffer.from(bytes).toString('latin1')
    const renewed = replaceKeys(text, old, key)
    return renewed === text ? bytes : Buffer.from(renewed, 'latin1')
  }
  const asValues: KeyRenewal['replaceIn'] = (path, bytes) => {
    const own = places.filter((place) => place.path === path)
    const document = openCopy(bytes, path, own[0] && formats.get(own[0].format))
    const held = own.filter(({ keyPath }) => hashes.has(hashValue(document?.get(keyPath) ?? null)))
    for (const { keyPath } of held) document?.set(keyPath, revealValue(key))
    return document && held.length > 0 ? Buffer.from(document.toText()) : bytes
  }
  return { key, replaceIn: areReplaceable(old, key) ? asText : asValues, hashes }
}

/** What puts the key into the keychain, or takes it out; undefined when it stands there so already. Throws UserError `keychain-unavailable`. */
export async function editKeychain(
  after: KeychainEdit['after'],
  keychain: Keychain,
  account = keyAccount,
): Promise<KeychainEdit | undefined> {
  const current = await keychain.read(account)
  const hash = current && hashKey(current)
  if (hash === (after.kind === 'present' ? hashKey(after.key) : undefined)) return undefined
  const before = hash === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'present', hash } as const)
  return { account, before, after }
}

/** The keys that the user gave this program: those that it wrote, by their hashes, and the one of this run. */
export function ownKeys({ setups, entries }: Pick<Ledger, 'setups' | 'entries'>, key?: Secret): OwnKeys {
  const hashes = new Set(entries.map(({ hash }) => hash))
  const own = key && revealValue(key)
  return {
    areKnown: key !== undefined || setups.some(({ keyStore }) => keyStore !== 'env'),
    includes: (text) => text === own || (hashes.size > 0 && hashes.has(hashValue(text))),
  }
}

/** Every secret in the texts before and after these edits, so that a picture of them can hide it. */
export async function findEditSecrets(
  edits: readonly FileEdit[],
  formatOf: (path: string) => FormatId | undefined,
): Promise<Secret[]> {
  const formats = await loadFormats(edits.flatMap(({ path }) => formatOf(path) ?? []))
  return edits.flatMap(({ path, before, after }) => {
    const id = formatOf(path)
    const format = id && formats.get(id)
    const states = [before, after].flatMap((state) =>
      state.kind === 'absent' ? [] : decodeText(state.bytes, path),
    )
    return states
      .filter(isNotBlank)
      .flatMap((text) => (format ? findSecrets(format.parseStrict(text)) : findTextSecrets(text)))
  })
}

function isNotBlank(text: string): boolean {
  return text.replace('\uFEFF', '').trim() !== ''
}

const assigned = /([\w-]+)["'`]?\]?\s*[:=,]?\s*["'`]?([^\s"'`,;]{8,})/g

const userInUrl = /:\/\/([^/?#\s"'`@]+)@/g

/** Every secret in a text of any kind: what stands behind a name that says secret, and the user part of a URL. */
export function findTextSecrets(text: string): Secret[] {
  const values = [...text.matchAll(assigned)].flatMap(([, name = '', value = '']) =>
    findSecrets({ [name]: value }),
  )
  return [...values, ...[...text.matchAll(userInUrl)].map(([, user = '']) => new Secret(user))]
}

/**
 * The gateway's keys that stand where these choices want one, each once; one that is a command's or a variable's of the user's
 * own is in no file. A file that does not open has none.
 */
export async function keysInFiles(choices: readonly ToolChoice[], context: PlanContext): Promise<Secret[]> {
  const any = new Secret('any')
  const targets = choices
    .filter(({ keyStore }) => keyStore === 'file')
    .flatMap((choice) => wantedTargets(choice, { ...context, key: any }))
  const documents = new DocumentSet(
    context.machine.read,
    await loadFormats(targets.map(({ format }) => format)),
  )
  const own = { ownKeys: ownKeys(context.ledger) }
  const isOwn = (text: string) => /^[\x21-\x7e]+$/.test(text) && isGatewayKey(text, own)
  const keys = targets.flatMap(({ path, format, leaves }) =>
    leaves
      .filter(({ value }) => value === any)
      .flatMap(({ keyPath }) => {
        try {
          const value = documents.open(path, format).document.get(keyPath)
          return typeof value === 'string' && isOwn(value) ? [value] : []
        } catch (error) {
          if (error instanceof UserError) return []
          throw error
        }
      }),
  )
  return [...new Set(keys)].map((key) => new Secret(key))
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
    tools: staying.filter((one) => isKept(one) && one.name === undefined).map(({ tool }) => tool.id),
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
export async function readStored(keychain: Keychain, account = keyAccount): Promise<string> {
  const stored = await keychain.read(account)
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
