import { maskText } from './mask-text.ts'
import { Secret } from './secret.ts'

/** A shorter text could be any word of what is said. */
const shortestKey = 12
const known: Secret[] = []

/** Notes a key of this run, so that it is hidden whatever text it comes back in. */
export function rememberKey(key: Secret): Secret {
  if (Secret.reveal(key).length >= shortestKey) known.push(key)
  return key
}

/** The text with every key of this run masked, and whatever else looks like a key. */
export function hideKeys(text: string): string {
  return maskText(text, known)
}
