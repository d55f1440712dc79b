import { resolve } from 'node:path'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { inputPatienceMs, patienceForAll, readBounded, type Unread } from '../host/standard-streams.ts'
import { type Message, say } from '../texts/message.ts'
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
 * `source` names where it came from, for whoever did not just type it. Errors: UserError `key-empty` and `key-malformed`, exit 2.
 */
export function parseKey(text: string, source: Message | string = ''): Secret {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|[\r\n]/)
  const full = lines.flatMap((line, index) => (line.trim() === '' ? [] : [index + 1]))
  if (full.length > 1) throw malformed(say('key-fault.lines', { source, lines: listLines(full) }))
  const line = (lines[(full[0] ?? 1) - 1] ?? '').trim()
  const key = line.replace(/^(["'])(.*)\1$/, '$2').trim()
  if (key === '') throw badKey('key-empty', say('key-fault.none', { source }))
  if (/^(?:(?:export|set|declare)\s|\$env:|[A-Z][A-Z\d]*_\w*\s*=\s*[^\s=])/.test(key)) {
    throw malformed(say('key-fault.name', { source }))
  }
  if (/[\s\p{Cc}]/u.test(key)) throw malformed(say('key-fault.blank', { source }))
  if (/[^\x21-\x7e]/.test(key)) throw malformed(say('key-fault.ascii', { source }))
  const secret = rememberKey(new Secret(key))
  if (key !== line) unquoted.add(secret)
  return secret
}

const unquoted = new WeakSet<Secret>()

/** Whether a key that was read stood in quotes, which are no part of it. */
export function wasInQuotes(key: Secret): boolean {
  return unquoted.has(key)
}

function listLines(numbers: readonly number[]): string[] {
  return [...numbers.slice(0, 5).map(String), ...(numbers.length > 5 ? ['…'] : [])]
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
  if (typeof bytes === 'string') throw notRead(say('key-file.stdin'), bytes)
  if (bytes.length > longest) throw notRead(say('key-file.stdin'), 'too-long')
  return parseKey(decodeKey(bytes), say('ask.key.stdin'))
}

async function readKeyFile(name: string, host: Host): Promise<Secret> {
  const path = resolve(host.cwd, name)
  const read = await readBounded(path, longest, inputPatienceMs).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(say('key-file.unreadable', { path, code: String(error.code) }), path)
  })
  if (typeof read === 'string') throw notRead(say('key-file.path', { path }), read, path)
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

function notRead(source: Message, why: Unread, path?: string): UserError {
  const reasons = {
    'too-long': say('key-file.too-long', { source }),
    silent: say('key-file.silent', { source, seconds: inputPatienceMs / 1000 }),
    endless: say('key-file.endless', { source, seconds: (inputPatienceMs * patienceForAll) / 1000 }),
    terminal: say('key-file.terminal', { source }),
  } satisfies Record<Unread, Message>
  return unreadable(reasons[why], path)
}

function unreadable(message: Message, path?: string): UserError {
  return new UserError({
    code: 'key-file',
    message,
    hint: say('key-file.hint'),
    exit: 2,
    ...(path !== undefined && { where: { file: path } }),
  })
}

function malformed(message: Message): UserError {
  return badKey('key-malformed', message)
}

function badKey(code: string, message: Message): UserError {
  return new UserError({ code, message, hint: say('key-fault.hint'), exit: 2 })
}
