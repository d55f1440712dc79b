import { hashBytes } from '../host/read-file-state.ts'
import { Secret } from './secret.ts'

/** SHA-256 of a key, in lowercase hex: tells whether two keys are the same without keeping either. */
export function hashKey(key: Secret): string {
  return hashBytes(Buffer.from(Secret.reveal(key)))
}
