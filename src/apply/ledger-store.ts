import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod/mini'
import { formatIds } from '../documents/formats.ts'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { quoteWord } from '../host/quote-word.ts'
import type { Ledger } from '../plan/ledger.ts'
import { stateFolder } from './state-folder.ts'
import type { Writer } from './state-lock.ts'
import { step } from './step-failure.ts'
import { readTrustedFile } from './trusted-file.ts'
import { clearReplacement, replaceFile } from './write-file.ts'

const setupSchema = z.looseObject({
  tool: z.string(),
  region: z.string(),
  gateway: z.string(),
  scope: z.string(),
  method: z.string(),
  project: z.exactOptional(z.string()),
  shell: z.exactOptional(z.string()),
  keyStore: z.exactOptional(z.string()),
  variant: z.string(),
  keyWay: z.exactOptional(z.string()),
  model: z.exactOptional(z.string()),
})

const entrySchema = z.looseObject({
  path: z.string(),
  format: z.enum(formatIds),
  keyPath: z.array(z.string()),
  tool: z.string(),
  hash: z.string(),
  run: z.string(),
  origin: z.string(),
  hides: z.exactOptional(z.string()),
})

/** A `Ledger` as it is stored. Fields that this version does not know are kept. */
export const ledgerSchema = z.object({
  version: z.literal(1),
  setups: z.array(setupSchema),
  entries: z.array(entrySchema),
})

const emptyLedger: Ledger = { version: 1, setups: [], entries: [] }

/** The stored ledger, or the empty one. Throws UserErrors `broken-ledger` naming the file, and those of `readTrustedFile`. */
export function readLedger(host: Host): Ledger {
  const file = ledgerFile(host)
  const bytes = readTrustedFile(file, host)
  if (bytes === undefined) return emptyLedger
  try {
    return ledgerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    throw new UserError({
      code: 'broken-ledger',
      message: `${file}, the list of what this program wrote, is damaged or comes from another version.`,
      hint: `Update qcode-setup, or move the file away: mv ${quoteWord(file)} ${quoteWord(`${file}.broken`)} (what stands in your files then counts as yours)`,
      where: { file },
    })
  }
}

/** Replaces the stored ledger. Throws UserError `lock-lost`. */
export async function storeLedger(ledger: Ledger, writer: Writer): Promise<void> {
  writer.assertLocked()
  const file = ledgerFile(writer.host)
  const bytes = Buffer.from(`${JSON.stringify(ledger, null, 2)}\n`)
  await step(file, () => replaceFile(file, { bytes, mode: 0o600 }, writer.fileSystem))
}

/** Takes a run's change of the ledger back, where the run came so far as to store it. */
export async function restoreLedger(
  change: { readonly before: Ledger; readonly after: Ledger },
  writer: Writer,
): Promise<void> {
  if (sameLedger(readLedger(writer.host), change.after)) await storeLedger(change.before, writer)
  else await clearReplacement(ledgerFile(writer.host), writer.fileSystem)
}

/** Whether two ledgers say the same. */
export function sameLedger(one: Ledger, other: Ledger): boolean {
  return isDeepStrictEqual(ledgerSchema.parse(one), ledgerSchema.parse(other))
}

function ledgerFile(host: Host): string {
  return join(stateFolder(host), 'ledger.json')
}
