import { maskText } from './mask-text.ts'
import { Secret } from './secret.ts'

/** In characters. A shorter text could be any word of what is said. */
const shortestPiece = 12
const known = new Map<string, Secret>()

/** Notes a key of this run, so that it is hidden whatever text it comes back in. */
export function rememberKey(key: Secret): Secret {
  const value = Secret.reveal(key)
  if (value.length >= shortestPiece) known.set(value, key)
  return key
}

/** The text with every key of this run masked, whole or cut, and whatever else looks like a key. */
export function hideKeys(text: string): string {
  const keys = [...known.values()]
  return keys.reduce(hidePieces, maskText(text, keys))
}

/** A server, or a line that was cut, can show a part of a key alone. */
function hidePieces(text: string, key: Secret): string {
  const value = Secret.reveal(key)
  const starts = Array.from({ length: value.length - shortestPiece + 1 }, (_, start) => start)
  return starts.reduce((rest, start) => rest.replaceAll(value.slice(start, start + shortestPiece), '…'), text)
}
