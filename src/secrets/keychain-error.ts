import { UserError, type UserErrorParts } from '../errors.ts'

/** UserError `keychain-unavailable`, exit 1. */
export class KeychainError extends UserError {
  private readonly parts: UserErrorParts

  private constructor(message: string, hint: string) {
    const files = 'To keep the key in files instead, type: qcode-setup setup --key-store file'
    const parts = { code: 'keychain-unavailable', message, hint: [hint, files] }
    super(parts)
    this.parts = parts
  }

  /** The system's own words, which name no password. */
  static refused(cause: unknown): KeychainError {
    const reason = cause instanceof Error ? cause.message : 'no reason was given'
    return new KeychainError(
      `The keychain of this machine cannot be used: ${reason.replace(/\.+$/, '')}.`,
      'Unlock it, or start its service, then run the same command again.',
    )
  }

  static notInstalled(): KeychainError {
    return new KeychainError(
      'The keychain cannot be reached: the optional package @napi-rs/keyring is not installed here.',
      'To install it, type: npm install --global --include=optional qcode-setup',
    )
  }

  /** The same, and how the run ended in which it happened. */
  withEnding(ending: string): UserErrorParts {
    return { ...this.parts, message: `${this.message} ${ending}` }
  }
}
