import { join } from 'node:path'
import * as z from 'zod/mini'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { quoteWord } from '../host/quote-word.ts'
import type { Ledger } from '../ledger.ts'
import { readLedger } from './ledger-store.ts'
import { stateFolder } from './state-folder.ts'
import type { Writer } from './state-lock.ts'
import { readTrustedFile } from './trusted-file.ts'
import { replaceFile } from './write-file.ts'

const consentSchema = z.looseObject({
  /** Scheme, host and port without TLS that the user accepted, such as `http://103.236.53.153`. */
  origin: z.string(),
  agreedAt: z.iso.datetime(),
})

const consentsSchema = z.object({ version: z.literal(1), plainHttp: z.array(consentSchema) })

/** What the user agreed to on this machine: to send everything to this origin unencrypted. */
export type Consent = z.infer<typeof consentSchema>

/**
 * The consent to an origin without TLS, if there is one. It counts as long as the ledger has something set up with that
 * origin: so it ends in the very step in which the last setup goes, and comes back with it when that is undone. Throws
 * UserErrors `broken-consents` and `broken-ledger` naming the file.
 */
export function findConsent(host: Host, origin: string): Consent | undefined {
  const stored = readConsents(host).find((consent) => consent.origin === origin)
  return stored && isSetUp(origin, readLedger(host)) ? stored : undefined
}

/**
 * Remembers a consent; one to the same origin that counted in the ledger of `before` stays as it is. Throws UserError
 * `lock-lost`, `broken-consents`.
 */
export async function storeConsent(consent: Consent, before: Ledger, writer: Writer): Promise<void> {
  const earlier = readConsents(writer.host)
  const isKnown = earlier.some(({ origin }) => origin === consent.origin)
  if (isKnown && isSetUp(consent.origin, before)) return
  writer.assertLocked()
  const others = earlier.filter(({ origin }) => origin !== consent.origin)
  const content = { version: 1, plainHttp: [...others, consent] }
  const bytes = Buffer.from(`${JSON.stringify(content, null, 2)}\n`)
  await replaceFile(consentsFile(writer.host), { bytes, mode: 0o600 }, writer.fileSystem)
}

function isSetUp(origin: string, { setups }: Ledger): boolean {
  return setups.some(({ gateway }) => gateway === origin)
}

function readConsents(host: Host): readonly Consent[] {
  const file = consentsFile(host)
  const bytes = readTrustedFile(file, host)
  if (bytes === undefined) return []
  try {
    return consentsSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).plainHttp
  } catch {
    throw new UserError({
      code: 'broken-consents',
      message: `${file}, the list of what you agreed to, is damaged or comes from another version.`,
      hint: `Update qcode-setup, or move the file away to be asked again: mv ${quoteWord(file)} ${quoteWord(`${file}.broken`)}`,
      where: { file },
    })
  }
}

function consentsFile(host: Host): string {
  return join(stateFolder(host), 'consents.json')
}
