import type { Document } from '../../documents/document.ts'
import { loadFormats } from '../../documents/formats.ts'
import type { UrlCandidate } from './url-candidate.ts'
import type { UrlKey, UrlReader } from './url-readers.ts'

/** Who reads a candidate, where it stands at the very key from which a tool reads its base URL. */
export type KeyReaders = ReadonlyMap<UrlCandidate, readonly UrlReader[]>

/**
 * Finds the candidates that stand at a tool's own keys: the first one behind the names of the key path that has the
 * value which the file's parser gives. A file that does not parse has none: that is not lint's to judge.
 */
export async function findKeyReaders(
  text: string,
  keys: readonly UrlKey[],
  candidates: readonly UrlCandidate[],
): Promise<KeyReaders> {
  const document = await openFile(text, keys[0])
  const readers = new Map<UrlCandidate, readonly UrlReader[]>()
  if (!document) return readers
  for (const { keyPath, reader } of keys) {
    const value = document.get(keyPath)
    const behind = keyPath.reduce((from, key) => text.indexOf(key, from), 0)
    const found = candidates.find((candidate) => candidate.start > behind && candidate.text === value)
    if (found) readers.set(found, [...(readers.get(found) ?? []), reader])
  }
  return readers
}

async function openFile(text: string, key: UrlKey | undefined): Promise<Document | undefined> {
  if (!key) return undefined
  try {
    return (await loadFormats([key.format])).get(key.format)?.open(text, key.path)
  } catch {
    return undefined
  }
}
