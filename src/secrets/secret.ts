import { inspect } from 'node:util'

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

/** First 3 and last 4 characters; a short text is hidden whole. */
export function maskKey(text: string): string {
  return text.length < 16 ? '••••' : `${text.slice(0, 3)}…${text.slice(-4)}`
}
