import { isAbsolute } from 'node:path'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { pathInBounds, secretFolders } from '../host/read-file-state.ts'
import { quoteWord } from '../texts/commands.ts'
import { type Message, say } from '../texts/message.ts'
import { keyAccount, openKeychain } from './keychain.ts'
import { parseKey, readKey } from './read-key.ts'
import type { Secret } from './secret.ts'

/** Where a key is, said by a file that does not hold it. */
export type KeyReference =
  | { readonly kind: 'env'; readonly name: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'keychain' }
  | { readonly kind: 'command'; readonly command: readonly string[] }

/** How a reference is written as text; the parts are the kind and what follows it. */
export const keyReferenceText = /^(?:(env):([A-Za-z_]\w*)|(file):(\S.*)|(keychain)|(command):(\[.*\]))$/s

/** A password manager may ask to be unlocked. */
const commandMs = 120_000

/** What a file says, or undefined where that is no reference. */
export function parseKeyReference(
  said: string | { readonly command: readonly string[] },
): KeyReference | undefined {
  if (typeof said !== 'string') return { kind: 'command', command: said.command }
  const [, env, name = '', file, path = '', keychain, command, words = ''] = keyReferenceText.exec(said) ?? []
  if (env) return { kind: 'env', name }
  if (file) return { kind: 'file', path }
  if (keychain) return { kind: 'keychain' }
  const list = command && wordsOf(words)
  return list ? { kind: 'command', command: list } : undefined
}

function wordsOf(text: string): string[] | undefined {
  try {
    const words: unknown = JSON.parse(text)
    const isList = Array.isArray(words) && words.length > 0
    return isList && words.every((word) => typeof word === 'string' && word !== '') ? words : undefined
  } catch {
    return undefined
  }
}

/** A reference for a person: `env:NAME`, or the command line. */
export function describeReference(reference: KeyReference): Message {
  if (reference.kind === 'env') return say('key-from.env', { name: reference.name })
  if (reference.kind === 'file') return say('key-from.file', { path: reference.path })
  if (reference.kind === 'keychain') return say('key-from.keychain')
  return say('key-from.command', { command: reference.command.map(quoteWord).join(' ') })
}

/**
 * The key that a reference leads to; `base` is the folder that a relative path begins at. A command is run without asking.
 * Errors: UserError, exit 2 once its place is known, for one that leads to nothing, to no key, or out of bounds.
 */
export async function readKeyReference(reference: KeyReference, base: string, host: Host): Promise<Secret> {
  if (reference.kind === 'env') return readVariable(reference.name, host)
  if (reference.kind === 'command') return runCommand(reference.command, host)
  if (reference.kind === 'keychain') {
    const key = await (await openKeychain(host)).read(keyAccount)
    if (key === undefined) throw noKey('key-empty', say('key-from.keychain.empty'))
    return key
  }
  const found = pathInBounds(reference.path, base, host, secretFolders)
  if ('fault' in found) throw noKey('path-outside', found.fault)
  const key = await readKey(found.path, host).catch((error: unknown) => {
    // Who named the file in another one gave no flag.
    throw error instanceof UserError && error.code === 'key-file' ? noKey(error.code, error.text) : error
  })
  if (key === undefined) throw new Error('a key file gave neither a key nor an error')
  return key
}

function readVariable(name: string, { env }: Host): Secret {
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (!value) throw noKey('key-empty', say('key-from.env.empty', { name }))
  return parseKey(value, name)
}

/** A name is looked for in PATH; a relative path would depend on where somebody stands. */
async function runCommand([program = '', ...args]: readonly string[], host: Host): Promise<Secret> {
  if (/[/\\]/.test(program) && !isAbsolute(program)) {
    throw noKey('key-command', say('key-from.command.relative', { program }))
  }
  const { exit, stdout, timedOut } = await host.run(program, args, { cwd: host.home, timeoutMs: commandMs })
  if (exit === null || exit !== 0 || timedOut) {
    const why = exit === null ? 'key-from.command.not-run' : 'key-from.command.failed'
    throw noKey('key-command', say(why, { program, exit: String(exit) }))
  }
  return parseKey(stdout, program)
}

function noKey(code: string, message: Message): UserError {
  return new UserError({ code, message, hint: say('key-from.hint'), exit: 2 })
}
