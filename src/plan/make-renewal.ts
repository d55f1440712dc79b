import type { Format } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import type { LedgerEntry } from '../ledger.ts'
import { hashKey } from '../secrets/hash-key.ts'
import { areReplaceable, replaceKeys } from '../secrets/replace-keys.ts'
import type { Secret } from '../secrets/secret.ts'
import { hashValue } from './compare-leaf.ts'
import type { KeyRenewal } from './key-renewal.ts'
import { revealValue } from './reveal-value.ts'
import { openCopy } from './written-keys.ts'

/**
 * How the old keys leave what earlier runs keep: as text wherever they stand, or, where they are no plain text, as the
 * values of the places where keys were written.
 */
export function makeRenewal(
  old: readonly Secret[],
  key: Secret,
  places: readonly LedgerEntry[],
  formats: ReadonlyMap<FormatId, Format>,
): KeyRenewal {
  const hashes = new Map(
    old.flatMap((secret) => [
      [hashKey(secret), hashKey(key)],
      [hashValue(revealValue(secret)), hashValue(revealValue(key))],
    ]),
  )
  const asText: KeyRenewal['replaceIn'] = (_, bytes) => {
    // Every byte is one character, so that what is no UTF-8 comes through.
    const text = Buffer.from(bytes).toString('latin1')
    const renewed = replaceKeys(text, old, key)
    return renewed === text ? bytes : Buffer.from(renewed, 'latin1')
  }
  const asValues: KeyRenewal['replaceIn'] = (path, bytes) => {
    const own = places.filter((place) => place.path === path)
    const document = openCopy(bytes, path, own[0] && formats.get(own[0].format))
    const held = own.filter(({ keyPath }) => hashes.has(hashValue(document?.get(keyPath) ?? null)))
    for (const { keyPath } of held) document?.set(keyPath, revealValue(key))
    return document && held.length > 0 ? Buffer.from(document.toText()) : bytes
  }
  return { key, replaceIn: areReplaceable(old, key) ? asText : asValues, hashes }
}
