import { createHash } from 'node:crypto'

/** SHA-256 of the bytes, in lowercase hex. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
