import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { sharedGateways } from '../host/throw-away-host.ts'
import {
  type Consent,
  consentsOf,
  earliestConsent,
  emptyLedger,
  type Ledger,
  type Setup,
  shareConsents,
} from '../ledger.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import { removeIfThere, step } from './file-system.ts'
import { clearReplacement, replaceFile } from './replace-file.ts'
import { readTrustedFile, stateFolder } from './state-folder.ts'
import type { Writer } from './state-lock.ts'
import { firstConsentsSchema, ledgerSchema } from './state-schemas.ts'

/**
 * The stored ledger, or the empty one, with what was agreed to under version 0.1.0. Throws UserErrors `broken-ledger`,
 * `newer-state`, and those of `readTrustedFile`, naming the file.
 */
export function readLedger(host: Host): Ledger {
  const file = ledgerFile(host)
  const bytes = readTrustedFile(file, host)
  if (bytes === undefined) return emptyLedger
  const stored = parseJson(new TextDecoder().decode(bytes))
  const { success, data } = ledgerSchema.safeParse(stored)
  if (success) return { ...data, setups: shareConsents(data.setups, usableFirstConsents(host) ?? []) }
  throw isNewer(stored) ? newerState(host) : brokenLedger(file)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isNewer(stored: unknown): boolean {
  const version = typeof stored === 'object' && stored !== null && 'version' in stored ? stored.version : 0
  return typeof version === 'number' && version > emptyLedger.version
}

/** UserError `newer-state`, exit 1: the ledger says what this version has no meaning for. `unknown`: such as `shell nu`. */
export function newerState(host: Host, unknown?: string): UserError {
  const file = ledgerFile(host)
  return new UserError({
    code: 'newer-state',
    message:
      unknown === undefined
        ? say('error.newer-state', { file })
        : say('error.newer-state.unknown', { file, unknown }),
    hint: say('error.newer-state.hint'),
    where: { file },
  })
}

function brokenLedger(file: string): UserError {
  return new UserError({
    code: 'broken-ledger',
    message: say('error.broken-ledger', { file }),
    hint: say('error.broken-ledger.hint', { file: quoteWord(file), away: quoteWord(`${file}.broken`) }),
    where: { file },
  })
}

/** Replaces the stored ledger, and the list of consents of version 0.1.0 with it. Throws UserError `lock-lost`. */
export async function storeLedger(ledger: Ledger, writer: Writer): Promise<void> {
  writer.assertLocked()
  const file = ledgerFile(writer.host)
  const consents = usableFirstConsents(writer.host)
  const setups = shareConsents(ledger.setups, consents ?? [])
  const bytes = Buffer.from(`${JSON.stringify({ ...ledger, setups }, null, 2)}\n`)
  await step(file, () => replaceFile(file, { bytes, mode: 0o600 }, writer.fileSystem))
  await shareGateways(setups, writer)
  // Only tidying: all of it that counts is in the ledger, so a list that stays says nothing new.
  if (consents) await removeIfThere(firstConsentsFile(writer.host), writer.fileSystem).catch(() => {})
}

/**
 * Of what is set up for every user, tells them the gateways: theirs are the settings that lead there, and the ledger is root's.
 */
async function shareGateways(setups: readonly Setup[], { host, fileSystem }: Writer): Promise<void> {
  const file = sharedGateways(host)
  if (file === undefined || dirname(file) !== dirname(stateFolder(host))) return
  const managed = setups.filter(({ scope }) => scope === 'managed')
  const gateways = [...new Set(managed.map(({ gateway }) => gateway))]
  const bytes = Buffer.from(`${JSON.stringify({ version: 1, gateways }, null, 2)}\n`)
  await step(file, async () => {
    if (gateways.length === 0) return await removeIfThere(file, fileSystem)
    await replaceFile(file, { bytes, mode: 0o644 }, fileSystem)
  })
}

/** Takes a run's change of the ledger back, where the run came so far as to store it. */
export async function restoreLedger(
  change: { readonly before: Ledger; readonly after: Ledger },
  writer: Writer,
): Promise<void> {
  if (sameLedger(readLedger(writer.host), change.after)) await storeLedger(change.before, writer)
  else await clearReplacement(ledgerFile(writer.host), writer.fileSystem)
}

/**
 * Whether two ledgers own the same values for the same setups; a ledger of version 0.1.0 may be completed, or have its
 * consents, in only one.
 */
export function sameLedger(one: Ledger, other: Ledger): boolean {
  return isDeepStrictEqual(ownership(one), ownership(other))
}

function ownership({ setups, entries }: Ledger): unknown {
  const plain = {
    setups: setups.map(({ place: _, folders: __, agreedAt: ___, ...setup }) => setup),
    entries: entries.map(({ path, keyPath, hash, run }) => ({ path, keyPath, hash, run })),
  }
  return JSON.parse(JSON.stringify(plain))
}

function ledgerFile(host: Host): string {
  return join(stateFolder(host), 'ledger.json')
}

/**
 * The consent to an origin without TLS. It is part of what is set up with that origin: so it ends in the very step in which
 * the last setup goes, and comes back with a setup that an undo brings back. Throws those of `readLedger` and, where it
 * takes the list of version 0.1.0 to know, UserError `broken-consents` naming that file.
 */
export function findConsent(host: Host, origin: string): Consent | undefined {
  const known = earliestConsent(consentsOf(readLedger(host).setups), origin)
  if (!known) readFirstConsents(host)
  return known
}

/** The list that version 0.1.0 kept beside its ledger; undefined where there is none. */
function readFirstConsents(host: Host): readonly Consent[] | undefined {
  const file = firstConsentsFile(host)
  const bytes = readTrustedFile(file, host)
  if (bytes === undefined) return undefined
  const { success, data } = firstConsentsSchema.safeParse(parseJson(new TextDecoder().decode(bytes)))
  if (success) return data.plainHttp
  throw new UserError({
    code: 'broken-consents',
    message: say('error.broken-consents', { file }),
    hint: say('error.broken-consents.hint', { file: quoteWord(file), away: quoteWord(`${file}.broken`) }),
    where: { file },
  })
}

/** The same for what needs no consent: a list that cannot be used stops nothing, and stays as it is. */
function usableFirstConsents(host: Host): readonly Consent[] | undefined {
  try {
    return readFirstConsents(host)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

function firstConsentsFile(host: Host): string {
  return join(stateFolder(host), 'consents.json')
}
