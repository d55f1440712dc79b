import type { Finding } from '../finding.ts'
import { isUnencryptedUrl } from '../gateway/origin.ts'
import type { Setup } from '../ledger.ts'

/**
 * Where the last tool leaves an origin without TLS: whoever read the key on the way there still has it, and the consent to
 * that origin counts no more.
 */
export function leavingHttp(before: readonly Setup[], after: readonly Setup[]): Finding[] {
  return originsLeft(before, after).flatMap((origin) => [
    {
      id: 'key-was-in-the-clear',
      level: 'warning',
      message: `Whatever was sent to ${origin}, the key with it, travelled unencrypted: replace the key, and have the old one disabled.`,
      messageZh: `发往 ${origin} 的一切，包括密钥，都曾以明文传输：请更换密钥，并停用旧密钥。`,
      hint: 'qcode-setup key rotate',
    },
    {
      id: 'consent-ended',
      level: 'info',
      message: `Your consent to ${origin} ends with this: it is asked for again before the next use.`,
      messageZh: `对 ${origin} 的同意就此失效：再次使用前会重新询问。`,
    },
  ])
}

/** The origins without TLS that something was set up with in the one list, and nothing is in the other. */
export function originsLeft(before: readonly Setup[], after: readonly Setup[]): string[] {
  const still = new Set(after.map(({ gateway }) => gateway))
  const origins = new Set(before.map(({ gateway }) => gateway))
  return [...origins].filter((origin) => isUnencryptedUrl(origin) && !still.has(origin))
}
