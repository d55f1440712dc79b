import { readLedger } from '../apply/ledger-store.ts'
import { isInteractive, type Outcome, type WritingContext } from '../command.ts'
import { cancelled, UserError, usageError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { readText } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { type Ledger, nameId, namesIn, type Setup } from '../ledger.ts'
import { planRemoval } from '../plan/make-plan.ts'
import { type Input, isOn, nameIn } from '../request/request.ts'
import { keyAccount, nameAccount, openKeychain } from '../secrets/keychain.ts'
import { maskText } from '../secrets/mask-text.ts'
import { holdsKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import { reportForgotten } from '../ui/report-key.ts'
import { forgetStored } from './by-name.ts'
import { loadLedger } from './choices-of.ts'
import { refuseUnknownName } from './names.ts'
import { recoverFirst } from './recover-first.ts'
import { writePlan } from './write-plan.ts'

/**
 * Takes the key out of the keychain, with every copy that runs keep there for undo, and tells who still needs it or holds
 * one. Errors: UserError `confirmation-missing` (exit 2), `cancelled` (exit 130), `keychain-unavailable`.
 */
export async function forgetKey(input: Input, context: WritingContext): Promise<Outcome> {
  const { host, committer } = context
  const { dryRun } = committer
  const findings = await recoverFirst(input, context)
  const name = nameIn(input)
  if (name !== undefined) return forgetName(name, findings, input, context)
  const keychain = await openKeychain(host)
  const key = await keychain.read(keyAccount)
  const accounts = await keychain.accounts()
  const ledger = readLedger(host)
  const own = accounts.filter((account) => ![...namesIn(ledger).keys()].map(nameAccount).includes(account))
  const copies = own.filter((account) => account !== keyAccount).length
  const files = findKeysInFiles(ledger, key)
  const readers = ledger.setups.filter(isReader).map(({ tool }) => tool)
  if (own.length > 0) {
    if (!dryRun) await agree(input, say('ask.key.forget', { copies }), host)
    await committer.forgetKeys()
  }
  const forgotten = { found: own.length > 0, copies, readers: [...new Set(readers)], files }
  return {
    exit: 0,
    findings,
    data: { verb: 'forget', changed: forgotten.found, ...forgotten },
    ...reportForgotten({ ...forgotten, dryRun }, host),
  }
}

/** Whether a tool reads the key that has no name. */
const isReader = ({ keyStore, name }: Setup) => keyStore === 'keychain' && name === undefined

/**
 * Forgets a name with its gateway and its key, as a run that can be undone. Errors: UserErrors `unknown-name` (exit 2),
 * `name-in-use` (exit 3) where something is set up with it.
 */
async function forgetName(
  name: string,
  before: readonly Finding[],
  input: Input,
  context: WritingContext,
): Promise<Outcome> {
  const { host, committer } = context
  const ledger = loadLedger(context)
  refuseUnknownName(input, ledger, context)
  const using = ledger.setups.filter((setup) => setup.name === name).map(({ tool }) => tool)
  if (using.length > 0) throw inUse(name, [...new Set(using)])
  const keychain = await forgetStored(name, ledger, context)
  const removal = { removed: new Set([nameId(name)]), gone: new Set<string>(), choices: [], keychain }
  const { plan, run, diff } = await writePlan(
    {
      command: 'key',
      input,
      makePlan: (made) => planRemoval(removal, made),
      removeFolders: ledger.folders,
    },
    context,
  )
  const done = say(committer.dryRun ? 'name.would-forget' : 'name.forgotten', { name }).in(host.texts)
  return {
    exit: 0,
    findings: [...before, ...plan.findings],
    data: { verb: 'forget', changed: true, name, run: run ?? null },
    report: [...(diff ? [diff] : []), done].join('\n'),
    next: [host.texts[committer.dryRun ? 'report.dry-run' : 'report.undo']],
  }
}

function inUse(name: string, tools: readonly string[]): UserError {
  const [message, hint] = [say('name.in-use', { name, tools }), say('name.in-use.hint', { name })]
  return new UserError({ code: 'name-in-use', message, hint, exit: 3 })
}

/** What cannot be undone is not done without a word. */
async function agree(input: Input, question: Message, host: Host): Promise<void> {
  if (isOn(input, 'yes')) return
  if (!isInteractive(input, host)) throw confirmationMissing()
  const { askConfirm } = await import('../wizard/ask.ts')
  if (await askConfirm(host, question, false)) return
  throw cancelled()
}

function confirmationMissing(): UserError {
  const hint = say('key.forget-unconfirmed.hint')
  return usageError('confirmation-missing', say('key.forget-unconfirmed'), hint)
}

interface KeyInFile {
  readonly path: string
  readonly tools: readonly string[]
}

/** The files that this program wrote to and in which this key, or another one of the same look, stands now. */
export function findKeysInFiles({ entries }: Ledger, key: Secret | undefined): KeyInFile[] {
  const paths = [...new Set(entries.map(({ path }) => path))]
  return paths
    .filter((path) => holdsSome(readText(path) ?? '', key))
    .map((path) => ({
      path,
      tools: [...new Set(entries.filter((entry) => entry.path === path).map(({ tool }) => tool))],
    }))
}

function holdsSome(text: string, key: Secret | undefined): boolean {
  return holdsKey(text) || (key !== undefined && maskText(text, [key]) !== maskText(text, []))
}
