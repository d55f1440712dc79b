import { inspect } from 'node:util'
import { hashBytes } from '../host/read-file-state.ts'

/** A key that shows itself only as its first 3 and last 4 characters, in text, JSON and inspection. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  toString(): string {
    return maskKey(this.#value)
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return this.toString()
  }

  /** The key itself. Only for text that goes into a file of the user's, or for a request to the chosen gateway. */
  static reveal(secret: Secret): string {
    return secret.#value
  }
}

/** SHA-256 of a key, in lowercase hex: tells whether two keys are the same without keeping either. */
export function hashKey(key: Secret): string {
  return hashBytes(Buffer.from(Secret.reveal(key)))
}

/** First 3 and last 4 characters; a short text is hidden whole. */
export function maskKey(text: string): string {
  return text.length < 16 ? '••••' : `${text.slice(0, 3)}…${text.slice(-4)}`
}

/** Written as it is by every format, and too long to be met by chance. */
const plainKey = /^[\w.~+/=:@-]{16,}$/

/**
 * Whether a text with old keys can be renewed by taking them for text: each is spelled the same in every format, and
 * none is part of the new one.
 */
export function areReplaceable(old: readonly Secret[], key: Secret): boolean {
  const replacement = Secret.reveal(key)
  const isPart = (secret: Secret) => replacement.includes(Secret.reveal(secret))
  return !old.some(isPart) && [...old, key].every((secret) => plainKey.test(Secret.reveal(secret)))
}

/** The text with the key in place of every old one, the longest first. */
export function replaceKeys(text: string, old: readonly Secret[], key: Secret): string {
  const longestFirst = old.map(Secret.reveal).sort((a, b) => b.length - a.length)
  return longestFirst.reduce((rest, value) => rest.replaceAll(value, Secret.reveal(key)), text)
}

/** The text with every key replaced by one of the same length and look, so that what a client checks of its form comes out the same. */
export function blotKeys(text: string, keys: readonly Secret[]): string {
  const longestFirst = keys.map(Secret.reveal).sort((a, b) => b.length - a.length)
  return longestFirst.reduce((rest, value) => rest.replaceAll(value, blot(value)), text)
}

function blot(value: string): string {
  return value.replace(/[A-Za-z0-9]/g, (sign) => (/\d/.test(sign) ? '0' : 'x'))
}
