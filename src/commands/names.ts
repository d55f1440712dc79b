import { readLedger } from '../apply/ledger-store.ts'
import type { Catalog } from '../catalog/tool.ts'
import type { CommandContext } from '../command.ts'
import { nearest, UserError, usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { Origin } from '../gateway/origin.ts'
import { readText } from '../host/files-at.ts'
import { type Ledger, nameId, namesIn, type Setup, setupId } from '../ledger.ts'
import type { KeychainEdit } from '../plan/plan.ts'
import { editKeychain, keyEntryTest } from '../plan/written-keys.ts'
import { printable } from '../request/parse-arguments.ts'
import { type Input, isManagedScope, nameIn, textOf } from '../request/request.ts'
import { nameAccount, openKeychain } from '../secrets/keychain.ts'
import { parseKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { hashKey } from '../secrets/secret.ts'
import { asMessage, say } from '../texts/message.ts'

/** A gateway and a key that go together, under a name of the user's. */
export interface Named {
  readonly name: string
  readonly origin: Origin
  readonly key: Secret
  /** In a file of this program, which says where the gateway is as well; or in the keychain, and then that file says so. */
  readonly keyStore: 'file' | 'keychain'
  readonly path: string
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
  if (key === undefined) throw lost(name, file.path)
  return { ...file, key }
}

/** The same without a keychain that might ask to be unlocked. Errors: those of `readNamed` that are about the file. */
export function readNameFile(name: string, ledger: Ledger, { catalog }: CommandContext): NameFile {
  const path = namesIn(ledger).get(name)
  if (path === undefined) throw unknownName(name, ledger)
  const said = parse(readText(path))
  const { gateway, key, keyStore } = said
  const isKept = keyStore === 'keychain'
  if (typeof gateway !== 'string' || (!isKept && typeof key !== 'string')) throw lost(name, path)
  try {
    // What it leads to was agreed to when it was remembered.
    const { origin } = Origin.parse(gateway, catalog.gateway, true)
    if (isKept) return { name, origin, keyStore, path }
    return { name, origin, keyStore: 'file', path, key: parseKey(String(key), path) }
  } catch (error) {
    if (error instanceof UserError) throw lost(name, path)
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

function lost(name: string, path: string): UserError {
  return new UserError({
    code: 'name-file',
    message: say('name.lost', { name, path }),
    hint: say('name.lost.hint', { name }),
    where: { file: path },
  })
}

/** UserError `unknown-name`, exit 2, with the nearest of those that are remembered. */
export function unknownName(word: string, ledger: Ledger): UserError {
  const names = [...namesIn(ledger).keys()]
  const near = nearest(word, names)
  return new UserError({
    code: 'unknown-name',
    message:
      near === undefined
        ? say('unknown.name', { value: printable(word) })
        : say('unknown.name.near', { value: printable(word), near }),
    hint: [
      ...(names.length > 0 ? [say('usage.valid', { values: names })] : []),
      say('unknown.name.hint', { name: formOfName.test(word) ? word : 'work' }),
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
  throw new UserError({
    code: 'name-says-gateway',
    message: say('name.says-gateway', { name, flag }),
    hint: say('name.says-gateway.hint', { flag }),
    exit: 2,
  })
}

/** Errors: UserErrors, exit 2, where a name that is known is to lead elsewhere (`name-elsewhere`) or have another key (`name-other-key`). */
export function refuseOther(
  { name, origin, key }: Named,
  other: { origin?: Origin; key?: Secret | undefined },
): void {
  if (other.origin && other.origin.text !== origin.text) {
    const command = `qcode-setup switch ${other.origin.region === 'custom' ? `--gateway ${other.origin.text}` : other.origin.region} --name ${name}`
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

/** What takes the key of a name out of the keychain, where it is there. Errors: UserError `keychain-unavailable`. */
export async function forgetStored(
  name: string,
  ledger: Ledger,
  context: CommandContext,
): Promise<KeychainEdit | undefined> {
  const [known] = describeNames(ledger, context).filter((one) => one.name === name)
  if (known?.keyStore !== 'keychain') return undefined
  return editKeychain({ kind: 'absent' }, await openKeychain(context.host), nameAccount(name))
}

/** Whether a command is about a setup, by `--name`: where none was given, about all. */
export function hasName(input: Input): (setup: { readonly name?: string }) => boolean {
  const wanted = textOf(input, 'name')
  return ({ name }) => wanted === undefined || name === nameIn(input)
}

/** A name for a person and for a program; the key is masked, and that of the keychain is not looked at. */
export interface NameStatus {
  readonly name: string
  readonly region: string | null
  readonly gateway: string | null
  readonly keyStore: string
  readonly key: string | null
  readonly file: string
  /** What is wrong with its file. */
  readonly fault?: UserError
}

/** Everything that is remembered under a name. */
export function describeNames(ledger: Ledger, context: CommandContext): NameStatus[] {
  return [...namesIn(ledger)].map(([name, file]) => {
    try {
      const { origin, keyStore, key } = readNameFile(name, ledger, context)
      const shown = key === undefined ? null : String(key)
      return { name, region: origin.region, gateway: origin.text, keyStore, key: shown, file }
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      return { name, region: null, gateway: null, keyStore: 'file', key: null, file, fault: error }
    }
  })
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

/** A file of a name that cannot be used, and places that have another gateway or another key than their name. */
export function nameFindings(
  setups: readonly Setup[],
  names: readonly NameStatus[],
  { entries }: Ledger,
  { tools }: Catalog,
): Finding[] {
  const isKey = keyEntryTest(tools)
  const faults = names.flatMap(({ fault }) => fault ?? [])
  const other = setups.filter((setup) => {
    const known = names.find(({ name }) => name === setup.name)
    if (!known || known.fault) return false
    const id = setupId(setup)
    const own = entries.filter((entry) => entry.setups.includes(id) && isKey(entry))
    const hash = entries.find((entry) => entry.setups.includes(nameId(known.name)) && isKey(entry))?.hash
    return setup.gateway !== known.gateway || (hash !== undefined && own.some((entry) => entry.hash !== hash))
  })
  return [
    ...faults.map(
      ({ code, text, hintInLine, where }): Finding => ({
        id: code,
        level: 'warning',
        message: text,
        ...(hintInLine !== undefined && { hint: hintInLine }),
        ...(where && { where }),
      }),
    ),
    ...other.map(
      ({ tool, name = '', project, place = '' }): Finding => ({
        id: 'name-differs',
        level: 'warning',
        tool,
        message: say('name.differs', { tool, name, place: project ?? place }),
        hint: asMessage(`qcode-setup switch ${name} ${tool}`),
      }),
    ),
  ]
}

/** Lower case, so that no disk takes two for one; none is a device of Windows. */
const formOfName = /^(?!(?:con|prn|aux|nul|(?:com|lpt)\d)$)[a-z0-9][a-z0-9_-]{0,31}$/

/** Words that mean something else where a name may stand. */
function takenWords({ tools, byHand, gateway }: Catalog): string[] {
  const ids = [...tools, ...byHand].map(({ id }) => id)
  const regions = gateway.regions.flatMap(({ id, aliases }) => [id, ...aliases])
  return [...ids, ...regions, 'auto', 'custom', 'all', 'detected']
}

/** Errors: UserErrors, exit 2: `bad-name` for what can be no new name, `name-managed` and `name-without-key` where no key is written. */
export function refuseNewName(name: string, input: Input, catalog: Catalog): void {
  if (isManagedScope(input)) throw usageError('name-managed', say('name.managed'), say('name.managed.hint'))
  const hint = say('name.form.hint')
  if (!formOfName.test(name)) throw usageError('bad-name', say('name.form', { name: printable(name) }), hint)
  if (takenWords(catalog).includes(name)) throw usageError('bad-name', say('name.taken', { name }), hint)
  if (textOf(input, 'keyStore') === 'env')
    throw usageError('name-without-key', say('name.without-key', { name }), say('name.without-key.hint'))
}
