import { UserError } from '../errors.ts'
import type { Document, Format, KeyPath } from './document.ts'
import { type Hunk, takeHunkBack } from './hunk.ts'
import { sameValue } from './same-value.ts'
import { withValueAt } from './yaml/plain-data.ts'

/** Puts the value back that `original` has at the path, spelled as it is there; where it stands goes by the editor. */
export function putBack(document: Document, path: KeyPath, original: Document): void {
  const value = original.get(path)
  if (value === undefined) return
  if (document.restore) document.restore(path, original)
  // Some editors restore only what stands there.
  if (!sameValue(document.get(path), value)) document.set(path, value)
}

/** What `openInPlace` puts back. */
export interface Placed {
  readonly path: KeyPath
  /** An earlier text of the same file, or an excerpt of it. */
  readonly original: Document
  readonly hunk: Hunk
}

/**
 * The document with the value back where it stood, and every byte that came away with it; undefined where that place is
 * gone, or where anything else would read otherwise.
 */
export function openInPlace(
  document: Document,
  { path, original, hunk }: Placed,
  format: Format,
  file: string,
): Document | undefined {
  const wanted = withValueAt(document.get([]) ?? {}, path, original.get(path) ?? null)
  return takeHunkBack(hunk, document.toText())
    .flatMap((text) => openIfValid(text, file, format) ?? [])
    .find((placed) => sameValue(placed.get([]), wanted))
}

function openIfValid(text: string, file: string, format: Format): Document | undefined {
  try {
    return format.open(text, file)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
