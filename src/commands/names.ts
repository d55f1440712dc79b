import { readLedger } from '../apply/ledger-store.ts'
import type { Catalog } from '../catalog/tool.ts'
import type { CommandContext } from '../command.ts'
import { UserError, usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { Origin } from '../gateway/origin.ts'
import { readText } from '../host/files-at.ts'
import { type Ledger, nameId, namesIn, type Setup, setupId } from '../ledger.ts'
import type { KeychainEdit } from '../plan/plan.ts'
import { editKeychain, keyEntryTest } from '../plan/written-keys.ts'
import { type Input, nameIn } from '../request/request.ts'
import { nameAccount, openKeychain } from '../secrets/keychain.ts'
import { parseKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { hashKey } from '../secrets/secret.ts'
import { asMessage, say } from '../texts/message.ts'
import { unknownName } from './by-name.ts'

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

/** What has a name keeps its key, which `key rotate` without one is not about. */
export function keysStay(ledger: Ledger, level: 'warning' | 'info'): Finding[] {
  return [...namesIn(ledger).keys()].map((name) => ({
    id: 'name-stays',
    level,
    message: say('name.keeps-key', { name }),
    hint: asMessage(`qcode-setup key rotate --name ${name}`),
  }))
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
