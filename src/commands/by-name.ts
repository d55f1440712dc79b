import { listRuns } from '../apply/journal.ts'
import { readLedger } from '../apply/ledger-store.ts'
import type { RunRecord } from '../apply/state-schemas.ts'
import type { Catalog } from '../catalog/tool.ts'
import type { CommandContext } from '../command.ts'
import { UserError, usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { isAboutName, type Ledger, nameId, namesIn, type Setup, setupId } from '../ledger.ts'
import type { KeychainEdit } from '../plan/plan.ts'
import { editKeychain, keyEntryTest } from '../plan/written-keys.ts'
import { type Input, nameIn, textOf } from '../request/request.ts'
import { keyAccount, nameAccount, openKeychain } from '../secrets/keychain.ts'
import { asMessage, say } from '../texts/message.ts'
import { readNameFile, unknownName } from './names.ts'

/** Whether a command is about a setup, by `--name`: where none was given, about all. */
export function hasName(input: Input): (setup: { readonly name?: string }) => boolean {
  const wanted = textOf(input, 'name')
  return ({ name }) => wanted === undefined || name === nameIn(input)
}

/**
 * Whether a run changed what goes by the name that was given; without one, all are meant. Errors: UserErrors, exit 2,
 * `change-and-name`, and `unknown-name` for one that no run knows either.
 */
export function aboutName(
  input: Input,
  id: string | undefined,
  { host, catalog }: CommandContext,
): (run: RunRecord) => boolean {
  if (textOf(input, 'name') === undefined) return () => true
  if (id !== undefined)
    throw usageError('change-and-name', say('undo.change-and-name'), say('undo.change-and-name.hint'))
  const name = nameIn(input)
  const account = name === undefined ? keyAccount : nameAccount(name)
  const isMeant = ({ ledger, keychain }: RunRecord) =>
    isAboutName(ledger, name) || keychain?.account === account
  const now = readLedger(host)
  if (name !== undefined && !namesIn(now).has(name) && !listRuns(host).some(isMeant))
    throw unknownName(name, now, catalog)
  return isMeant
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
      const own = ledger.entries.filter(({ setups }) => setups.includes(nameId(name)))
      const keyStore = own.some(({ keyPath: [first] }) => first === 'keyStore') ? 'keychain' : 'file'
      return { name, region: null, gateway: null, keyStore, key: null, file, fault: error }
    }
  })
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
