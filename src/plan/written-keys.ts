import type { Tool } from '../catalog/tool.ts'
import { decodeText } from '../documents/decode-text.ts'
import type { Document, Format, Value } from '../documents/document.ts'
import { type FormatId, loadFormats } from '../documents/formats.ts'
import { UserError } from '../errors.ts'
import type { Ledger, LedgerEntry } from '../ledger.ts'
import { hashValue } from './compare-leaf.ts'
import { DocumentSet } from './document-set.ts'
import { keyEntryTest } from './key-entries.ts'
import type { MachineView } from './plan-work.ts'

/** What earlier runs knew and kept. */
export interface Past {
  readonly ledgers: readonly Ledger[]
  /** Files as they were before some run; one that is damaged is in it too. */
  readonly copies: readonly { readonly path: string; readonly bytes: Uint8Array }[]
  /** Whether a run put a key into the keychain. */
  readonly usesKeychain: boolean
}

/** A value of a file. */
export type Place = Pick<LedgerEntry, 'path' | 'format' | 'keyPath'>

/** The keys that this program wrote, as far as they stand in some file or copy still. */
export interface WrittenKeys {
  readonly keys: ReadonlySet<string>
  /** Where some run wrote a key. */
  readonly places: readonly LedgerEntry[]
  /** What stands at a place today. Throws what reading and parsing the file throws. */
  valueAt(place: Place): Value | undefined
  /** The editors of all these files, and of those that were asked for. */
  readonly formats: ReadonlyMap<FormatId, Format>
}

/**
 * Finds the keys by their hashes in the ledgers. An entry of a tool that is not in the catalog any more counts when it
 * has the hash of a key.
 */
export async function findWrittenKeys(
  { ledgers, copies }: Pick<Past, 'ledgers' | 'copies'>,
  tools: readonly Tool[],
  alsoFormats: readonly FormatId[],
  machine: Pick<MachineView, 'read'>,
): Promise<WrittenKeys> {
  const entries = ledgers.flatMap((ledger) => ledger.entries)
  const hashes = new Set(entries.filter(keyEntryTest(tools)).map(({ hash }) => hash))
  const places = entries.filter(({ hash }) => hashes.has(hash))
  const formats = await loadFormats([...places.map(({ format }) => format), ...alsoFormats])
  const today = new DocumentSet(machine.read, formats)
  const documents = placesByFile(places).flatMap((place) => [
    { place, document: quietly(() => today.open(place.path, place.format).document) },
    ...copies
      .filter(({ path }) => path === place.path)
      .map(({ bytes }) => ({ place, document: openCopy(bytes, place.path, formats.get(place.format)) })),
  ])
  const values = documents.flatMap(({ place: { path }, document }) =>
    places.filter((place) => place.path === path).map(({ keyPath }) => document?.get(keyPath)),
  )
  return {
    keys: new Set(values.filter((value) => isKeyOf(hashes, value))),
    places,
    valueAt: ({ path, format, keyPath }) => today.open(path, format).document.get(keyPath),
    formats,
  }
}

/** One place for each file. */
function placesByFile(places: readonly LedgerEntry[]): LedgerEntry[] {
  return [...new Map(places.map((place) => [place.path, place])).values()]
}

function isKeyOf(hashes: ReadonlySet<string>, value: Value | undefined): value is string {
  return typeof value === 'string' && hashes.has(hashValue(value))
}

/** A copy as a document; undefined where it does not parse, as one that was damaged. */
export function openCopy(bytes: Uint8Array, path: string, format: Format | undefined): Document | undefined {
  return quietly(() => format?.open(decodeText(bytes, path), path))
}

function quietly(open: () => Document | undefined): Document | undefined {
  try {
    return open()
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
