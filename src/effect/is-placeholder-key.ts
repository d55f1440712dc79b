import type { Found } from './find-setting.ts'

/** How a reference to a variable is written; no client puts its value in where the setting is not read by a shell. */
const references = [/^\$\w+$/, /^\$\{[\w:.-]+\}$/, /^\$env:\w+$/i, /^%\w+%$/, /^\{\{.*\}\}$/, /^\{env:.*\}$/]

/** What examples and managing programs write where a key belongs. */
const fillers = [
  /^<.*>$/,
  /^\[.*\]$/,
  /(?<![a-z])your[-_ ]?(own[-_ ]?)?(\w+[-_ ])?(api[-_ ]?)?(key|token|secret)(?![a-z])/i,
  /^(sk|cr|key)?[-_]?(ant[-_])?(api\d*[-_])?(x{3,}|\*{3,}|\.{3,}|…+)[-_x*.…]*$/i,
  /^(PROXY|KEY|TOKEN|SECRET)?[-_]?(MANAGED|PLACEHOLDER|REPLACE[-_ ]?ME|CHANGE[-_ ]?ME|TODO|DUMMY|FAKE|EXAMPLE|TEST)([-_ ]?(KEY|TOKEN|SECRET))?$/i,
  /^(null|none|undefined|nil|key|token|api[-_]?key|secret|xxx+)$/i,
]

/**
 * Whether a text stands where a key belongs and is none: a variable's name that nobody will replace, or what an example
 * had there. Files of variables are read by readers that do replace names.
 */
export function isPlaceholderKey({
  value,
  source,
  isCommand,
}: Pick<Found, 'value' | 'source' | 'isCommand'>): boolean {
  if (isCommand) return false
  const text = value.trim()
  const isReplaced = source.level === 'profile' || (source.file !== undefined && source.format === 'dotenv')
  return (
    fillers.some((pattern) => pattern.test(text)) || (!isReplaced && references.some((one) => one.test(text)))
  )
}
