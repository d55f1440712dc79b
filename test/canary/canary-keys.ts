import { createHash } from 'node:crypto'

/** Of the look that keys have, and nobody's. */
export const canaryKey = `cr_${createHash('sha256').update('canary').digest('hex')}`

/** Of another look, with the signs that JSON, TOML, YAML, shells and URLs escape. */
export const oddKey = `tok"en'with\\$(every)%41&kind=of<sign>;{it}~#9f3c1a`

/** A shorter piece could stand in a text by chance, and the agreed masked form shows 3 and 4. */
const pieceLength = 12

const spellings: readonly ((piece: string) => string)[] = [
  (piece) => piece,
  (piece) => piece.toUpperCase(),
  (piece) => JSON.stringify(piece).slice(1, -1),
  (piece) => encodeURIComponent(piece),
  (piece) => piece.replaceAll("'", "'\\''"),
  (piece) => piece.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;'),
  (piece) => byCode(piece, '%', 2),
  (piece) => byCode(piece, '\\x', 2),
  (piece) => byCode(piece, '\\u', 4),
  (piece) => Buffer.from(piece).toString('hex'),
  (piece) => Buffer.from(piece).toString('hex').toUpperCase(),
  // Twelve bytes are sixteen signs: a piece for each place at which the encoding can begin.
  (piece) => Buffer.from(piece).toString('base64'),
  (piece) => Buffer.from(piece).toString('base64url'),
  (piece) => [...piece].reverse().join(''),
]

const needles = [canaryKey, oddKey].flatMap((key) => {
  const starts = Array.from({ length: key.length - pieceLength + 1 }, (_, index) => index)
  const pieces = starts.map((start) => key.slice(start, start + pieceLength))
  return [...new Set(spellings.flatMap((spell) => pieces.map(spell)))].map((text) => Buffer.from(text))
})

/** The first piece of a canary that these bytes hold, in any spelling; undefined when there is none. */
export function findCanary(bytes: Uint8Array | string): string | undefined {
  const buffer = Buffer.from(bytes)
  return needles.find((needle) => buffer.includes(needle))?.toString()
}

function byCode(text: string, prefix: string, digits: number): string {
  return [...text].map((sign) => prefix + sign.charCodeAt(0).toString(16).padStart(digits, '0')).join('')
}
