import { readLedger } from '../apply/ledger-store.ts'
import { isInteractive, type Outcome, type WritingContext } from '../command.ts'
import { cancelled, UserError } from '../errors.ts'
import { readText } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import type { Ledger } from '../ledger.ts'
import { type Input, isOn } from '../request/request.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import { maskText } from '../secrets/mask-text.ts'
import { holdsKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import { reportForgotten } from '../ui/report-key.ts'
import { recoverFirst } from './recover-first.ts'

/**
 * Takes the key out of the keychain, with every copy that runs keep there for undo, and tells who still needs it or holds
 * one. Errors: UserError `confirmation-missing` (exit 2), `cancelled` (exit 130), `keychain-unavailable`.
 */
export async function forgetKey(input: Input, context: WritingContext): Promise<Outcome> {
  const { host, committer } = context
  const { dryRun } = committer
  const findings = await recoverFirst(input, context)
  const keychain = await openKeychain(host)
  const key = await keychain.read(keyAccount)
  const accounts = await keychain.accounts()
  const copies = accounts.filter((account) => account !== keyAccount).length
  const ledger = readLedger(host)
  const files = findKeysInFiles(ledger, key)
  const readers = ledger.setups.filter(({ keyStore }) => keyStore === 'keychain').map(({ tool }) => tool)
  if (accounts.length > 0) {
    if (!dryRun) await agree(input, say('ask.key.forget', { copies }), host)
    await committer.forgetKeys()
  }
  const forgotten = { found: accounts.length > 0, copies, readers: [...new Set(readers)], files }
  return {
    exit: 0,
    findings,
    data: { verb: 'forget', changed: forgotten.found, ...forgotten },
    ...reportForgotten({ ...forgotten, dryRun }, host),
  }
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
  return new UserError({
    code: 'confirmation-missing',
    message: say('key.forget-unconfirmed'),
    hint: say('key.forget-unconfirmed.hint'),
    exit: 2,
  })
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
