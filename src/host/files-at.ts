import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** The names in a folder; none where it cannot be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * The files that a path stands for: itself, or where its last part holds a `*` those of its folder whose names fit, in
 * the order of their names. As for a shell, `*` takes no name that begins with a dot.
 */
export function filesAt(path: string, list: (folder: string) => readonly string[] = namesIn): string[] {
  const [head = '', ...tails] = basename(path).split('*')
  if (tails.length === 0) return [path]
  const folder = dirname(path)
  const end = tails.at(-1) ?? ''
  return list(folder)
    .filter((name) => !name.startsWith('.') && name.length >= head.length + end.length)
    .filter((name) => name.startsWith(head) && name.endsWith(end))
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((name) => join(folder, name))
}
