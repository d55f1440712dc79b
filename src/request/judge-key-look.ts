import type { Finding } from '../finding.ts'
import { looksLikeKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'

/** A warning where a key has not the look of those that the console gives out. */
export function judgeKeyLook(key: Secret): Finding[] {
  return looksLikeKey(key) ? [] : [unusualKey]
}

const unusualKey: Finding = {
  id: 'key-look',
  level: 'warning',
  message: 'The key does not look like a QCode.cc key (cr_ and 64 hex digits); it was taken as it is.',
  messageZh: '该密钥不像 QCode.cc 的密钥（cr_ 加 64 位十六进制），已按原样使用。',
}
