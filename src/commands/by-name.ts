import { listRuns } from '../apply/journal.ts'
import { readLedger } from '../apply/ledger-store.ts'
import type { RunRecord } from '../apply/state-schemas.ts'
import type { Catalog } from '../catalog/tool.ts'
import { nearest, UserError, usageError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { isAboutName, type Ledger, namesIn } from '../ledger.ts'
import { printable } from '../request/parse-arguments.ts'
import { type Input, isManagedScope, nameIn, textOf } from '../request/request.ts'
import { keyAccount, nameAccount } from '../secrets/keychain.ts'
import { type Message, say } from '../texts/message.ts'

/** Whether a command is about a setup, by `--name`: where none was given, about all. */
export function hasName(input: Input): (setup: { readonly name?: string }) => boolean {
  const wanted = textOf(input, 'name')
  return ({ name }) => wanted === undefined || name === nameIn(input)
}

/**
 * Whether a run changed what goes by the name that was given; without one, all are meant. Errors: UserErrors, exit 2,
 * `change-and-name`, and `unknown-name` for one that no run knows either.
 */
export function aboutName(input: Input, id: string | undefined, host: Host): (run: RunRecord) => boolean {
  if (textOf(input, 'name') === undefined) return () => true
  if (id !== undefined)
    throw usageError('change-and-name', say('undo.change-and-name'), say('undo.change-and-name.hint'))
  const name = nameIn(input)
  const account = name === undefined ? keyAccount : nameAccount(name)
  const isMeant = ({ ledger, keychain }: RunRecord) =>
    isAboutName(ledger, name) || keychain?.account === account
  const now = readLedger(host)
  if (name !== undefined && !namesIn(now).has(name) && !listRuns(host).some(isMeant))
    throw unknownName(name, now)
  return isMeant
}

/** For what goes on without reading what is remembered. Errors: UserError `unknown-name`, exit 2. */
export function refuseUnknownName(input: Input, ledger: Ledger): void {
  const name = nameIn(input)
  if (name !== undefined && !namesIn(ledger).has(name)) throw unknownName(name, ledger)
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
