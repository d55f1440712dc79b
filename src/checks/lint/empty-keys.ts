import { loadFormats } from '../../documents/formats.ts'
import type { UrlKey } from './url-readers.ts'

/**
 * Where in a tool's own file the keys stand whose value should be a base URL and is a text without a host: the offset
 * of each key's name. A file that does not parse has none: that is not lint's to judge.
 */
export async function findEmptyKeys(text: string, keys: readonly UrlKey[]): Promise<number[]> {
  const format = keys[0] && (await loadFormats([keys[0].format])).get(keys[0].format)
  if (!format) return []
  try {
    const document = format.open(text, keys[0]?.path ?? '')
    return keys
      .filter(({ keyPath }) => hasNoHost(document.get(keyPath)))
      .map(({ keyPath }) => keyPath.reduce((from, key) => text.indexOf(key, from), 0))
      .filter((offset) => offset >= 0)
  } catch {
    return []
  }
}

/** Empty, or nothing but the beginning of a URL. */
export function hasNoHost(value: unknown): boolean {
  return typeof value === 'string' && /^\s*(?:https?)?:?\/{0,2}\s*$/i.test(value)
}
