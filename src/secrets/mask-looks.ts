import { maskKey } from './secret.ts'

/**
 * Keys by the look that their makers give them. A letter in front makes it a word, unless it is an escape such as `\n`,
 * or what follows is nothing but hex digits.
 */
const keyLook = new RegExp(
  `(?<!(?<!\\\\)[A-Za-z])(?:${[
    '(?:cr_|sk-)[\\w-]{16,}',
    '(?:github_pat_|glpat-|glsa_|gsk_|xai-|pplx-|tvly-|nvapi-|dop_v1_|dckr_pat_|shpat_|figd_|sntrys_|lin_api_)[\\w-]{10,}',
    'gh[opsur]_\\w{10,}',
    '(?:[sr]k_(?:live|test)_|whsec_)\\w{8,}',
    '(?:hf_|npm_|r8_)[A-Za-z\\d]{16,}',
    'xox[abeoprs]-[\\w-]{8,}|xapp-[\\w-]{8,}',
    '(?:AKIA|ASIA)[A-Z\\d]{12,}',
    'AIza[\\w-]{30,}|ya29\\.[\\w-]{10,}',
    'SG\\.[\\w-]{10,}\\.[\\w-]{10,}',
    'pypi-[\\w-]{20,}|AGE-SECRET-KEY-\\w{10,}',
    'eyJ[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*)*',
  ].join('|')})|cr_[0-9a-fA-F]{32,}`,
  'g',
)

/** 40 characters of base64 that are no hash of git's and no path: what AWS gives as a secret. */
const fortyCharacters =
  /(?<![\w+/=.-])(?=[A-Za-z+/]*\d)(?=[a-z\d+/]*[A-Z])(?=[A-Z\d+/]*[a-z])[A-Za-z\d][A-Za-z\d+/]{39}(?![\w+/=.-])/g

/** What a header says after its scheme. Prose that speaks of such a header has none of these signs. */
const credentials =
  /\b(Bearer|bearer|BEARER|Basic|basic|BASIC)([ \t]+|%20|\+)(?=[\w~+/=-]*(?:[\d~+/=]|[a-z][A-Z])|[\w.~+/=-]{16})([\w.~+/=-]{6,})/g

const userInUrl = /(:\/\/)[^/?#\s"'`]+(?=@)/g
const privateKey = /(-----BEGIN [A-Z\d ]*PRIVATE KEY(?: BLOCK)?-----)([\s\S]*?)(-----END [A-Z\d ]*-----|$)/g

/** The text with everything masked that looks like a key, a header's credentials, the user part of a URL, or a private key. */
export function maskLooks(text: string): string {
  return text
    .replace(privateKey, (_, begin, body, end) => `${begin}${maskLines(body)}${end}`)
    .replace(userInUrl, '$1••••')
    .replace(keyLook, maskKey)
    .replace(credentials, (_, scheme, gap, value) => `${scheme}${gap}${maskKey(value)}`)
    .replace(fortyCharacters, maskKey)
}

/** Each line of it masked, so that there are as many lines as before. `\n` as it stands in a string of JSON counts as one. */
export function maskLines(text: string): string {
  const lines = text.split(/(\r?\n[ \t]*|(?:\\r)?\\n)/)
  if (lines.length === 1) return maskKey(text)
  return lines.map((line, index) => (index % 2 === 1 || line === '' ? line : '••••')).join('')
}
