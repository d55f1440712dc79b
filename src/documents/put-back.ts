import { UserError } from '../errors.ts'
import type { Document, Format, KeyPath } from './document.ts'
import { applySplices } from './lines.ts'
import { sameValue, withValueAt } from './value.ts'

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

/**
 * One edit of a text, in words that find its place again when the text around it has changed since: what stood there, what
 * was put in its place, and fingerprints of what stands on either side, the nearest first.
 */
export interface Hunk {
  readonly from: string
  readonly to: string
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** The white space and separators right there, which tell apart where in a run of them the place is. */
  readonly edge: string
}

/** Lines, objects and lists of any format are made of parts with one of these between. */
const parts = /[^\n,{}[\]]+|[\n,{}[\]]/g

const separators = '\n,{}[]'

/** How much on either side is remembered. */
const reach = 4

/** What is longer is not remembered: such a value comes back as `Document.restore` puts it. */
const mostLength = 65_536

/** How many places are tried, the likeliest first. */
const mostPlaces = 8

/** What an edit of one place did to a text; undefined where it did nothing, and for what is too long. */
export function hunkBetween(old: string, edited: string): Hunk | undefined {
  if (old === edited) return undefined
  const { start, tail } = placeOf(old, edited)
  const from = old.slice(start, old.length - tail)
  const to = edited.slice(start, edited.length - tail)
  if (from.length + to.length > mostLength) return undefined
  const marks = marksOf(edited)
  const before = marks.filter(({ end }) => end <= start).slice(-reach)
  const after = marks.filter((mark) => mark.start >= start + to.length).slice(0, reach)
  const edge = edgeAt(edited, start, start + to.length)
  return {
    from,
    to,
    before: before.map(({ print }) => print).toReversed(),
    after: after.map(({ print }) => print),
    edge,
  }
}

/** The text with the edit taken back, at each place that it may have been made in; the likeliest first. */
export function takeHunkBack({ from, to, before, after, edge }: Hunk, text: string): string[] {
  const marks = marksOf(text)
  return edgesOf(text)
    .filter((at) => text.startsWith(to, at) && isEdge(text, at + to.length))
    .map((at) => {
      const next = firstFrom(marks, at)
      const behind = to === '' ? next : firstFrom(marks, at + to.length)
      const likeness =
        alike(before, (index) => marks[next - 1 - index]) + alike(after, (index) => marks[behind + index])
      return { at, likeness, isSameEdge: edgeAt(text, at, at + to.length) === edge }
    })
    .filter(({ likeness }) => likeness > 0)
    .toSorted(
      (one, other) => other.likeness - one.likeness || Number(other.isSameEdge) - Number(one.isSameEdge),
    )
    .slice(0, mostPlaces)
    .map(({ at }) => applySplices(text, [{ start: at, end: at + to.length, text: from }]))
}

/** Where the two differ, from the edge of a part to that of another: an offset, and one from the end. */
function placeOf(old: string, edited: string): { start: number; tail: number } {
  const most = Math.min(old.length, edited.length)
  let start = 0
  while (start < most && old[start] === edited[start]) start += 1
  let tail = 0
  while (tail < most - start && old.at(-1 - tail) === edited.at(-1 - tail)) tail += 1
  const areEdges = (offset: number, other: number) => isEdge(old, offset) && isEdge(edited, other)
  while (!areEdges(start, start)) {
    // A deletion or insertion can be told from any place that gives the same text.
    const [last, lastEdited] = [old.length - tail - 1, edited.length - tail - 1]
    start -= 1
    if (old[start] === old[last] && edited[start] === edited[lastEdited]) tail += 1
  }
  while (!areEdges(old.length - tail, edited.length - tail)) tail -= 1
  return { start, tail }
}

function isEdge(text: string, at: number): boolean {
  if (at === 0 || at === text.length) return true
  return separators.includes(text[at - 1] ?? '') || separators.includes(text[at] ?? '')
}

function edgeAt(text: string, start: number, end: number): string {
  const blank = (character: string) => (/[\s,{}[\]]/.test(character) ? character : '')
  return `${blank(text[start - 1] ?? '')}|${blank(text[end] ?? '')}`
}

function edgesOf(text: string): number[] {
  return [...[...text.matchAll(parts)].map(({ index }) => index), text.length]
}

interface Mark {
  readonly start: number
  readonly end: number
  readonly print: string
}

/** What a place can be known by: names, words and brackets; white space and what separates are none. */
function marksOf(text: string): Mark[] {
  return [...text.matchAll(parts)].flatMap(({ 0: part, index: start }) => {
    // Of the name alone where there is one: values change.
    const name = /^[^:=]+(?=[:=])/.exec(part)?.[0].trim() || part.trim()
    return name === '' || name === ',' ? [] : [{ start, end: start + part.length, print: fingerprint(name) }]
  })
}

/** The index of the first mark from an offset on; marks are in the order of the text. */
function firstFrom(marks: readonly Mark[], at: number): number {
  let [low, high] = [0, marks.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((marks[middle]?.start ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

/** How many marks are the same, from the nearest on. */
function alike(wanted: readonly string[], markAt: (index: number) => Mark | undefined): number {
  const differs = wanted.findIndex((print, index) => markAt(index)?.print !== print)
  return differs === -1 ? wanted.length : differs
}

/** FNV-1a, of 32 bits: nobody can read what stands there out of it. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return (hash >>> 0).toString(36)
}
