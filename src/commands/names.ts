import { readLedger } from '../apply/ledger-store.ts'
import type { Catalog } from '../catalog/tool.ts'
import { gatewayFlags } from '../checks/doctor/complete-hints.ts'
import type { CommandContext } from '../command.ts'
import { nearest, UserError, usageError } from '../errors.ts'
import { Origin } from '../gateway/origin.ts'
import { readText } from '../host/files-at.ts'
import { type Ledger, namesIn, type Setup } from '../ledger.ts'
import { hashValue } from '../plan/document-set.ts'
import { chooseOrigin } from '../request/normalise-request.ts'
import { formOfName, printable } from '../request/parse-arguments.ts'
import type { DeclaredName } from '../request/read-setup-file.ts'
import { type Input, isManagedScope, nameIn, textOf } from '../request/request.ts'
import { nameAccount, openKeychain } from '../secrets/keychain.ts'
import { parseKey } from '../secrets/read-key.ts'
import { hashKey, type Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'

/** A gateway and a key that go together, under a name of the user's. */
export interface Named {
  readonly name: string
  readonly origin: Origin
  readonly key: Secret
  /** In a file of this program, which says where the gateway is as well; or in the keychain, and then that file says so. */
  readonly keyStore: 'file' | 'keychain'
  readonly path: string
}

/** A name as a setup file defines it. */
export interface Defined extends Named {
  /** What has to be remembered for it; none where it is already. The key only where it is another one. */
  readonly change?: { readonly origin: Origin; readonly keyStore: string; readonly key?: Secret }
}

/**
 * What setup files define by name: what they don't say stays as it is remembered; `keyOf` finds the key. Errors: UserErrors,
 * exit 2, at the name: `bad-name`, `name-other-store`, and those of `keyOf`.
 */
export async function definedNames(
  declared: readonly DeclaredName[],
  keyOf: (one: DeclaredName, known: Secret | undefined) => Promise<Secret>,
  ledger: Ledger,
  input: Input,
  context: CommandContext,
): Promise<Map<string, Defined>> {
  const { catalog } = context
  const all = new Map<string, Defined>()
  for (const one of declared) {
    const { name, said } = one
    const known = namesIn(ledger).has(name) ? await keyOfName(name, context) : undefined
    try {
      refuseBadName(name, catalog)
      const spoken = { ...input, values: { ...(said.gateway !== undefined && { gateway: [said.gateway] }) } }
      const isSaid = said.region !== undefined || said.gateway !== undefined
      const origin = (!isSaid && known?.origin) || chooseOrigin(spoken, catalog.gateway, said.region).origin
      const keyStore = known?.keyStore ?? (isKeptInKeychain(said) ? 'keychain' : 'file')
      if (said.key_store !== undefined && said.key_store !== keyStore) throw otherStore(name, keyStore)
      const key = await keyOf(one, known?.key)
      const isNew = !known || hashKey(known.key) !== hashKey(key)
      const change = { origin, keyStore, ...(isNew && { key }) }
      const isOther = isNew || known.origin.text !== origin.text
      all.set(name, { name, origin, key, keyStore, path: known?.path ?? '', ...(isOther && { change }) })
    } catch (error) {
      throw error instanceof UserError ? error.at(error.where ?? (await one.where())) : error
    }
  }
  return all
}

/** Whether a definition keeps its key in the keychain. */
export function isKeptInKeychain({ key, key_store: store }: DeclaredName['said']): boolean {
  return store === 'keychain' || (store === undefined && key === 'keychain')
}

function otherStore(name: string, store: string): UserError {
  const hint = say('setup-file.name-store.hint', { name })
  return usageError('name-other-store', say('setup-file.name-store', { name, store }), hint)
}

/** What the file of a name says; the key of one in the keychain is read apart. */
type NameFile = Omit<Named, 'key'> & { readonly key?: Secret }

/**
 * What is remembered under the name that the input gives; undefined where it gives none. Errors: UserError `unknown-name`
 * (exit 2), and those of `readNamed`.
 */
export async function namedIn(
  input: Input,
  ledger: Ledger,
  context: CommandContext,
): Promise<Named | undefined> {
  const name = nameIn(input)
  return name === undefined ? undefined : readNamed(name, ledger, context)
}

/** Errors: UserErrors `unknown-name` (exit 2), `name-file` where its file does not say it any more, those of the keychain. */
export async function readNamed(name: string, ledger: Ledger, context: CommandContext): Promise<Named> {
  const file = readNameFile(name, ledger, context)
  const key = file.key ?? (await (await openKeychain(context.host)).read(nameAccount(name)))
  if (key === undefined) throw lost(name, file.path, ledger, context)
  return { ...file, key }
}

/** The same without a keychain that might ask to be unlocked. Errors: those of `readNamed` that are about the file. */
export function readNameFile(name: string, ledger: Ledger, context: CommandContext): NameFile {
  const path = namesIn(ledger).get(name)
  if (path === undefined) throw unknownName(name, ledger, context.catalog)
  const { gateway, key, keyStore } = parse(readText(path))
  const isWhole = keyStore === 'keychain' || typeof key === 'string'
  if (typeof gateway !== 'string' || !isWhole) throw lost(name, path, ledger, context)
  try {
    // What it leads to was agreed to when it was remembered.
    const { origin } = Origin.parse(gateway, context.catalog.gateway, true)
    if (keyStore === 'keychain') return { name, origin, keyStore, path }
    return { name, origin, keyStore: 'file', path, key: parseKey(String(key), path) }
  } catch (error) {
    if (error instanceof UserError) throw lost(name, path, ledger, context)
    throw error
  }
}

function parse(text: string | undefined): Record<string, unknown> {
  try {
    const said: unknown = JSON.parse(text ?? '')
    return typeof said === 'object' && said !== null ? { ...said } : {}
  } catch {
    return {}
  }
}

function lost(name: string, path: string, { setups, entries }: Ledger, { catalog }: CommandContext) {
  // What its file said is known by its hash, and so is which region that was.
  const hash = entries.find((entry) => entry.path === path && entry.keyPath[0] === 'gateway')?.hash
  const region = catalog.gateway.regions.find(({ origin }) => hashValue(origin) === hash)
  const at = region ? { region: region.id, gateway: region.origin } : setups.find((one) => one.name === name)
  const hint = at
    ? say('name.lost.hint', { name, flag: gatewayFlags(at).join(' ') })
    : say('name.lost.forget', { name })
  const message = say('name.lost', { name, path })
  return new UserError({ code: 'name-file', message, hint, where: { file: path } })
}

/** Errors: UserErrors, exit 2, where a name that is known is to lead elsewhere (`name-elsewhere`) or have another key (`name-other-key`). */
export function refuseOther(
  { name, origin, key }: Named,
  other: { origin?: Origin; key?: Secret | undefined },
): void {
  if (other.origin && other.origin.text !== origin.text) {
    const command = `qcode-setup switch ${typedOrigin(other.origin)} --name ${name}`
    throw new UserError({
      code: 'name-elsewhere',
      message: say('name.elsewhere', { name, origin: origin.text }),
      hint: say('name.elsewhere.hint', { command }),
      exit: 2,
    })
  }
  if (other.key && hashKey(other.key) !== hashKey(key))
    throw new UserError({
      code: 'name-other-key',
      message: say('name.other-key', { name, key: String(key) }),
      hint: say('name.other-key.hint', { command: `qcode-setup key rotate --name ${name}` }),
      exit: 2,
    })
}

/** Errors: UserError `name-moves-whole`, exit 2, where these tools are not all that use the name that goes to the origin. */
export function refusePart(
  name: string,
  origin: Origin,
  setups: readonly Setup[],
  tools: ReadonlySet<string>,
): void {
  const using = new Set(setups.filter((setup) => setup.name === name).map(({ tool }) => tool))
  if (using.size === tools.size && [...using].every((tool) => tools.has(tool))) return
  const command = `qcode-setup switch ${typedOrigin(origin)} --name ${name}`
  const hint = say('name.moves-whole.hint', { command })
  throw usageError('name-moves-whole', say('name.moves-whole', { name }), hint)
}

/** An origin as `switch` takes it. */
export function typedOrigin({ region, text }: Origin): string {
  return region === 'custom' ? `--gateway ${text}` : region
}

/** As `readNamed`, for what goes on without it; undefined where it cannot be read. */
export async function keyOfName(name: string, context: CommandContext): Promise<Named | undefined> {
  try {
    return await readNamed(name, readLedger(context.host), context)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/** For what goes on without reading what is remembered. Errors: UserError `unknown-name`, exit 2. */
export function refuseUnknownName(input: Input, ledger: Ledger, { catalog }: CommandContext): void {
  const name = nameIn(input)
  if (name !== undefined && !namesIn(ledger).has(name)) throw unknownName(name, ledger, catalog)
}

/** UserError `unknown-name`, exit 2, with the nearest of those that are remembered. */
export function unknownName(word: string, ledger: Ledger, catalog: Catalog): UserError {
  const names = [...namesIn(ledger).keys()]
  const near = nearest(word, names)
  const isFree = formOfName.test(word) && !takenWords(catalog).includes(word)
  return new UserError({
    code: 'unknown-name',
    message:
      near === undefined
        ? say('unknown.name', { value: printable(word) })
        : say('unknown.name.near', { value: printable(word), near }),
    hint: [
      ...(names.length > 0 ? [say('usage.valid', { values: names })] : []),
      say('unknown.name.hint', { name: isFree ? word : 'work' }),
    ],
    exit: 2,
  })
}

/** Where a name says it already. Errors: UserError `name-says-gateway`, exit 2. */
export function refuseBesideName(input: Input): void {
  const fields = ['region', 'printRegion', 'presentRegion', 'regions', 'gateway', 'keyFile']
  const field = fields.find((one) => input.values[one] !== undefined)
  const name = nameIn(input)
  if (field === undefined || name === undefined) return
  const flag = field === 'keyFile' ? '--key-file' : field === 'gateway' ? '--gateway' : '--region'
  throw saysGateway(name, flag, say('name.says-gateway.hint', { flag }))
}

/** Where a tool has a name and none was given. Errors: UserError `name-says-gateway`, exit 2. */
export function refuseOwnKey(name: string, input: Input): void {
  if (textOf(input, 'keyFile') === undefined) return
  throw saysGateway(name, '--key-file', say('name.says-key.hint'))
}

function saysGateway(name: string, flag: string, hint: Message): UserError {
  return usageError('name-says-gateway', say('name.says-gateway', { name, flag }), hint)
}

/** Words that mean something else where a name may stand. */
function takenWords({ tools, byHand, gateway }: Catalog): string[] {
  const ids = [...tools, ...byHand].map(({ id }) => id)
  const regions = gateway.regions.flatMap(({ id, aliases }) => [id, ...aliases])
  return [...ids, ...regions, 'auto', 'custom', 'all', 'detected', 'default']
}

/** Errors: UserError `bad-name`, exit 2, for what can be no name. */
export function refuseBadName(name: string, catalog: Catalog): void {
  const hint = say('name.form.hint')
  if (!formOfName.test(name)) throw usageError('bad-name', say('name.form', { name: printable(name) }), hint)
  if (takenWords(catalog).includes(name)) throw usageError('bad-name', say('name.taken', { name }), hint)
}

/** Errors: UserErrors, exit 2: `bad-name` for what can be no new name, `name-managed` and `name-without-key` where no key is written. */
export function refuseNewName(name: string, input: Input, catalog: Catalog): void {
  if (isManagedScope(input)) throw usageError('name-managed', say('name.managed'), say('name.managed.hint'))
  refuseBadName(name, catalog)
  if (textOf(input, 'keyStore') === 'env')
    throw usageError('name-without-key', say('name.without-key', { name }), say('name.without-key.hint'))
}
