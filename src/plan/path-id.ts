import type { KeyPath } from '../documents/document.ts'

/** A file and a key path in it as one text, for maps. */
export function pathId(path: string, keyPath: KeyPath): string {
  return JSON.stringify([path, ...keyPath])
}
