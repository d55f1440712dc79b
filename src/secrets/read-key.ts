import { resolve } from 'node:path'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { inputPatienceMs, patienceForAll, readBounded, type Unread } from '../host/standard-streams.ts'
import { rememberKey } from './mask-text.ts'
import { Secret } from './secret.ts'

/** In bytes; a key has less than a hundred. */
const longest = 64 * 1024

/**
 * The key from `--key-file` (a path, or `-` for standard input), else from QCODE_API_KEY, else undefined; an empty variable
 * counts as none. Errors: UserError with exit 2 for a key that cannot be one; the key is never part of it.
 */
export async function readKey(keyFile: string | undefined, host: Host): Promise<Secret | undefined> {
  if (keyFile === '-') return readStandardInput(host)
  if (keyFile !== undefined) return readKeyFile(keyFile, host)
  const fromEnv = host.env.QCODE_API_KEY
  return fromEnv ? parseKey(fromEnv, 'QCODE_API_KEY') : undefined
}

/**
 * A key as it was typed or read: blanks and empty lines around it, a byte order mark and a pair of quotes are no part of it.
 * `source` names where it came from. Errors: UserError `key-empty` and `key-malformed`, exit 2.
 */
export function parseKey(text: string, source: string): Secret {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|[\r\n]/)
  const full = lines.flatMap((line, index) => (line.trim() === '' ? [] : [index + 1]))
  const malformed = (what: string) => badKey('key-malformed', `The key from ${source} ${what}.`)
  if (full.length > 1) {
    throw malformed(`has more than one line with text (${listLines(full)}). A key is one line`)
  }
  const line = (lines[(full[0] ?? 1) - 1] ?? '').trim()
  const key = line.replace(/^(["'])(.*)\1$/, '$2').trim()
  if (key === '') throw badKey('key-empty', `There is no key in ${source}.`)
  if (/^(?:(?:export|set|declare)\s|\$env:|[A-Z][A-Z\d]*_\w*\s*=\s*[^\s=])/.test(key)) {
    throw malformed('has a name in front of it, as a line of settings has. Give the key alone')
  }
  if (/[\s\p{Cc}]/u.test(key)) throw malformed('has a blank, a newline or a control character inside')
  if (/[^\x21-\x7e]/.test(key)) throw malformed('has a character that is not plain ASCII')
  return rememberKey(new Secret(key))
}

function listLines(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 5).join(', ')
  return `lines ${shown}${numbers.length > 5 ? ' and more' : ''}`
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

async function readStandardInput(host: Host): Promise<Secret> {
  const bytes = await host.readStdin(longest)
  if (typeof bytes === 'string') throw notRead('Standard input', bytes)
  if (bytes.length > longest) throw notRead('Standard input', 'too-long')
  return parseKey(decodeKey(bytes), 'standard input')
}

async function readKeyFile(name: string, host: Host): Promise<Secret> {
  const path = resolve(host.cwd, name)
  const read = await readBounded(path, longest, inputPatienceMs).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(`The key file ${path} cannot be read (${error.code}).`, path)
  })
  if (typeof read === 'string') throw notRead(`The key file ${path}`, read, path)
  return parseKey(decodeKey(read), name)
}

/** UTF-8, or UTF-16 as editors and PowerShell on Windows write it, with and without its mark. */
function decodeKey(bytes: Uint8Array): string {
  const [first = 1, second = 1] = bytes
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return decode(bytes, 'utf-16le')
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return decode(bytes, 'utf-16be')
  return decode(bytes, 'utf-8')
}

function decode(bytes: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(bytes)
}

function notRead(what: string, why: Unread, path?: string): UserError {
  const reasons: Record<Unread, string> = {
    'too-long': 'is longer than 64 KiB, so it is not a key',
    silent: `neither ended nor went on for ${inputPatienceMs / 1000} seconds`,
    endless: `did not end within ${(inputPatienceMs * patienceForAll) / 1000} seconds`,
    terminal: 'is a terminal, which would show the key while you type it',
  }
  return unreadable(`${what} ${reasons[why]}.`, path)
}

function unreadable(message: string, path?: string): UserError {
  return new UserError({
    code: 'key-file',
    message,
    hint: 'Give --key-file a file that holds the key and nothing else, or - to read it from standard input.',
    exit: 2,
    ...(path !== undefined && { where: { file: path } }),
  })
}

function badKey(code: string, message: string): UserError {
  return new UserError({
    code,
    message,
    hint: 'Copy the key from the QCode.cc console once more; it looks like cr_ and 64 hex digits.',
    exit: 2,
  })
}
