import type { Secret } from '../secrets/secret.ts'

/** How a new key takes the place of the old ones in what earlier runs keep, so that none of them comes back with an undo. */
export interface KeyRenewal {
  readonly key: Secret
  /** The content of a file with the new key in place of every old one; the same bytes where none stands in it. */
  replaceIn(path: string, bytes: Uint8Array): Uint8Array
  /** Hash of the new key by the hash of each old one, both of `hashValue` and of `hashKey`. */
  readonly hashes: ReadonlyMap<string, string>
}
