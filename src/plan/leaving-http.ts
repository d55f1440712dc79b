import type { Finding } from '../finding.ts'
import { isUnencryptedUrl } from '../gateway/origin.ts'
import type { Setup } from './ledger.ts'

/** Where the last tool leaves an origin without TLS: whoever read the key on the way there still has it. */
export function leavingHttp(before: readonly Setup[], after: readonly Setup[]): Finding[] {
  const still = new Set(after.map(({ gateway }) => gateway))
  const origins = new Set(before.map(({ gateway }) => gateway))
  return [...origins]
    .filter((origin) => isUnencryptedUrl(origin) && !still.has(origin))
    .map((origin) => ({
      id: 'key-was-in-the-clear',
      level: 'warning',
      message: `Whatever was sent to ${origin}, the key with it, travelled unencrypted: replace the key, and have the old one disabled.`,
      messageZh: `发往 ${origin} 的一切，包括密钥，都曾以明文传输：请更换密钥，并停用旧密钥。`,
      hint: 'qcode-setup key rotate',
    }))
}
