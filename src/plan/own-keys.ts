import type { OwnKeys } from '../effect/tool-view.ts'
import type { Ledger } from '../ledger.ts'
import type { Secret } from '../secrets/secret.ts'
import { hashValue } from './compare-leaf.ts'
import { revealValue } from './reveal-value.ts'

/** The keys that the user gave this program: those that it wrote, by their hashes, and the one of this run. */
export function ownKeys({ setups, entries }: Pick<Ledger, 'setups' | 'entries'>, key?: Secret): OwnKeys {
  const hashes = new Set(entries.map(({ hash }) => hash))
  if (key) hashes.add(hashValue(revealValue(key)))
  return {
    areKnown: key !== undefined || setups.some(({ keyStore }) => keyStore !== 'env'),
    includes: (text) => hashes.has(hashValue(text)),
  }
}
