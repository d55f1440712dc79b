import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { rememberKey } from './hide-keys.ts'
import { Secret } from './secret.ts'

/**
 * The key from `--key-file` (a path, or `-` for standard input), else from QCODE_API_KEY, else undefined.
 * Errors: UserError with exit 2 for a key that cannot be one; the key is never part of it.
 */
export async function readKey(keyFile: string | undefined, host: Host): Promise<Secret | undefined> {
  if (keyFile === '-') return parseKey(new TextDecoder().decode(await host.readStdin()), 'standard input')
  if (keyFile !== undefined) return parseKey(readKeyFile(resolve(host.cwd, keyFile)), keyFile)
  const fromEnv = host.env.QCODE_API_KEY
  // An empty variable counts as none.
  return fromEnv ? parseKey(fromEnv, 'QCODE_API_KEY') : undefined
}

/** A key as it was typed or read; blanks and a newline around it are trimmed. `source` names where it came from. */
export function parseKey(text: string, source: string): Secret {
  const key = text.replace(/^[ \t]+|[ \t]*\r?\n?[ \t]*$/g, '')
  if (key === '') throw badKey('key-empty', `There is no key in ${source}.`)
  if (/[\s\p{Cc}]/u.test(key)) {
    throw badKey(
      'key-malformed',
      `The key from ${source} has a blank, a newline or a control character inside.`,
    )
  }
  if (/[^\x21-\x7e]/.test(key)) {
    throw badKey('key-malformed', `The key from ${source} has a character that is not plain ASCII.`)
  }
  return rememberKey(new Secret(key))
}

/** Keys look like `cr_` and 64 hex digits; another look is worth a word, never a refusal. */
export function looksLikeKey(key: Secret): boolean {
  return /^cr_[0-9a-f]{64}$/.test(Secret.reveal(key))
}

/** Whether a key of that look stands anywhere in a text. */
export function holdsKey(text: string): boolean {
  return findKeys(text).length > 0
}

/** Every key of that look in a text. */
export function findKeys(text: string): Secret[] {
  return [...text.matchAll(/\bcr_[0-9a-f]{64}\b/g)].map(([key]) => new Secret(key))
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError({
      code: 'key-file',
      message: `The key file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
      hint: 'Give --key-file a file that holds the key, or - to read it from standard input.',
      exit: 2,
      where: { file: path },
    })
  }
}

function badKey(code: string, message: string): UserError {
  return new UserError({
    code,
    message,
    hint: 'Copy the key from the QCode.cc console once more; it looks like cr_ and 64 hex digits.',
    exit: 2,
  })
}
