import { createHash } from 'node:crypto'
import { lstatSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, parse, resolve } from 'node:path'
import { debug } from '../debug.ts'
import { hasCode, UserError } from '../errors.ts'
import { inShell, quoteWord } from '../texts/commands.ts'
import { type Message, say, type TextId } from '../texts/message.ts'
import { isBelow } from './files-at.ts'
import type { Host } from './host.ts'

/** No client's configuration comes near this; a bigger file is something else. */
const largestFile = 10 * 1024 * 1024

/** How often a file may go away while it is looked at. */
const mostLooks = 10

/**
 * What stands at an absolute path, with links followed. Throws UserError, exit 1, for everything that is no
 * regular file that can be read and written back: `is-directory`, `not-regular`, `dangling-link`, `too-large`,
 * `not-readable`, `held`, `no-drive`, and `not-a-directory` when something on the way to the file is no folder.
 */
export function readFileState(path: string): FileState {
  for (let look = 1; ; look++) {
    try {
      const found = lstatSync(path, { throwIfNoEntry: false })
      if (found === undefined) debug(() => `no file ${path}`)
      if (found === undefined) return { kind: 'absent', path, resolvedPath: resolveAbsent(path) }
      return readPresent(path, found.isSymbolicLink() ? 'link' : 'file')
    } catch (error) {
      // Another program has just taken it away, or put another file in its place.
      if (hasCode(error, 'ENOENT') && look < mostLooks) continue
      if (hasCode(error, 'EBUSY') && look < mostLooks * 4) {
        // The program that holds it is another one, so nothing here has to go on meanwhile.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)
        continue
      }
      throw asUserError(error, path)
    }
  }
}

function readPresent(path: string, kind: PresentFile['kind']): PresentFile {
  const resolvedPath = kind === 'link' ? followLink(path) : realpathSync(path)
  const stat = statSync(resolvedPath)
  assertOrdinary(stat, path)
  const bytes = readFileSync(resolvedPath)
  debug(
    () => `read ${path}${resolvedPath === path ? '' : `, which is ${resolvedPath}`}: ${bytes.length} bytes`,
  )
  const { uid, gid, nlink: names, ino: inode, mode } = stat
  return withHash({ kind, path, resolvedPath, mode: mode & 0o7777, uid, gid, names, inode, bytes })
}

/** Nothing is written that could not be read again. Errors: UserError `too-large`, exit 1. */
export function assertSize(path: string, bytes: number): void {
  if (bytes <= largestFile) return
  throw new UserError({
    code: 'too-large',
    message: say('file.would-be-too-large', { path }),
    hint: say('file.would-be-too-large.hint', { look: lookAt(path) }),
    where: { file: path },
  })
}

function assertOrdinary(stat: Stats, path: string): void {
  if (stat.isDirectory()) throw refuse('is-directory', path, 'file.folder', 'file.move')
  if (!stat.isFile()) throw refuse('not-regular', path, 'file.special', 'file.move')
  if (stat.size > largestFile) throw refuse('too-large', path, 'file.too-large', 'file.move')
}

/** Where a file that does not exist would be made, with the links among its existing parents followed. */
function resolveAbsent(path: string, whole = path): string {
  const parent = dirname(path)
  // A drive or a share of Windows; nothing else has an absent root.
  if (parent === path) throw refuse('no-drive', whole, 'file.no-drive', 'file.no-drive.hint')
  const found = lstatSync(parent, { throwIfNoEntry: false })
  if (found === undefined) return join(resolveAbsent(parent, whole), basename(path))
  const resolved = found.isSymbolicLink() ? followLink(parent) : realpathSync(parent)
  // Windows says "not found", not "not a folder", below a file.
  if (!statSync(resolved).isDirectory()) throw notADirectory(path)
  return join(resolved, basename(path))
}

function followLink(path: string): string {
  try {
    return realpathSync(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw error
    throw danglingLink(path)
  }
}

function asUserError(error: unknown, path: string): unknown {
  if (hasCode(error, 'ENOTDIR')) return notADirectory(path)
  if (hasCode(error, 'ELOOP')) return danglingLink(path)
  if (hasCode(error, 'ENAMETOOLONG')) {
    return refuse('not-readable', path, 'file.long-path', 'file.long-path.hint')
  }
  if (hasCode(error, 'EBUSY')) return refuse('held', path, 'file.held', 'file.held.hint')
  if (hasCode(error, 'EACCES', 'EPERM')) {
    return refuse('not-readable', path, 'file.unreadable', 'file.unreadable.hint')
  }
  return error
}

function danglingLink(path: string): UserError {
  return refuse('dangling-link', path, 'file.dangling', 'file.dangling.hint')
}

function notADirectory(path: string): UserError {
  return refuse('not-a-directory', path, 'file.below-file', 'file.below-file.hint')
}

/** Ids of texts about a path. */
type PathText = Extract<TextId, `file.${string}`>

/** The command that shows what stands at a path. */
function lookAt(path: string): string {
  return inShell().look(quoteWord(path))
}

function refuse(code: string, path: string, message: PathText, hint: PathText): UserError {
  const inHint = { path: quoteWord(path), look: lookAt(path) }
  return new UserError({
    code,
    message: say(message, { ...inHint, path }),
    hint: say(hint, inHint),
    where: { file: path },
  })
}

/** What stands at a path. `resolvedPath` is where a write has to go, so that a symbolic link stays one. */
export type FileState = AbsentFile | PresentFile

interface AbsentFile {
  readonly kind: 'absent'
  readonly path: string
  readonly resolvedPath: string
}

/** A regular file; what else stands at a path is refused before. */
export interface PresentFile {
  /** `link` when the path itself is a symbolic link to a regular file. */
  readonly kind: 'file' | 'link'
  readonly path: string
  readonly resolvedPath: string
  /** Permission bits, 0 to 0o777 (and the set-id and sticky bits). */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** How many names (hard links) the file has, and the number that they share. */
  readonly names: number
  readonly inode: number
  readonly bytes: Uint8Array
  /** SHA-256 of the bytes, in hex. */
  readonly hash: string
}

/**
 * The keys of the registry that are read, as reg.exe names them: variables of the user, each of which is a file below, those of
 * the machine, and where the user's folders are. Only the first is written.
 */
export const registryKeys = [
  'HKCU\\Environment',
  'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment',
  'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\User Shell Folders',
] as const

export const [userVariables, machineVariables, userFolders] = registryKeys

/** Whether a path is a key of the registry of Windows, or a variable in one, and no file. */
export function isInRegistry(path: string): boolean {
  return registryKeys.some((key) => path === key || variableAt(path).key === key)
}

/** A variable's path as its key and its name. */
export function variableAt(path: string): { readonly key: string; readonly name: string } {
  const end = path.lastIndexOf('\\')
  return { key: path.slice(0, end), name: path.slice(end + 1) }
}

/** As `readFileState`, of the registry as it was last read: no mode and no owner are a private file's. Throws also `registry-unavailable`. */
export function readState(path: string, { registry }: Pick<Host, 'registry'>): FileState {
  if (!isInRegistry(path)) return readFileState(path)
  const { key, name } = variableAt(path)
  const isKey = registry?.has(path)
  const text = registry?.get(isKey ? path : key)
  if (typeof text !== 'string') throw text ?? registryUnavailable(path)
  const own = text.match(/.+\n/g)?.filter((line) => isKey || isVariable(line, name)) ?? []
  if (own.length === 0 && !isKey) return { kind: 'absent', path, resolvedPath: path }
  const ofFile = { mode: 0o600, uid: -1, gid: -1, names: 1, inode: 0, bytes: Buffer.from(own.join('')) }
  return { kind: 'file', path, resolvedPath: path, ...ofFile, hash: hashBytes(ofFile.bytes) }
}

/** Whether a line of a text of variables is this one's: Windows takes names in any case. */
export function isVariable(line: string, name: string): boolean {
  return line.slice(0, line.indexOf('=')).toUpperCase() === name.toUpperCase()
}

/** UserError, exit 1: a key of the registry could not be read. */
export function registryUnavailable(key: string): UserError {
  return refuse('registry-unavailable', key, 'file.no-registry', 'file.no-registry.hint')
}

type Bounds = Pick<Host, 'home' | 'cwd'>

/** Where containers and services are handed their secrets: root alone can write there. */
export const secretFolders = ['/run/secrets', '/run/credentials']

/**
 * A path out of a file that may be somebody else's, as an absolute one; `~` is the home, and what is relative begins at
 * `base`. With all links followed it must lie in the home, in the folder that the command runs in, or in one of `others`:
 * else, and for the home of another user, there is a fault instead.
 */
export function pathInBounds(
  text: string,
  base: string,
  { home, cwd }: Bounds,
  others: readonly string[] = [],
): { readonly path: string } | { readonly fault: Message } {
  if (/^~[^/\\]/.test(text)) return { fault: say('setup-file.path-user', { path: text }) }
  if (text.includes('\0')) return { fault: say('setup-file.path-outside', { path: text }) }
  const own = text.replace(/^~(?=$|[/\\])/, () => home)
  const path = resolve(base, own)
  const real = followLinks(path)
  // A command may be run anywhere: the root, or the folder of all homes, would open everything.
  const isProject = parse(cwd).root !== cwd && !isBelow(home, cwd)
  const roots = [home, ...(isProject ? [cwd] : []), ...others].map((root) => followLinks(root) ?? root)
  const isInside = real !== undefined && roots.some((root) => real === root || isBelow(real, root))
  return isInside ? { path } : { fault: say('setup-file.path-outside', { path }) }
}

/** The path with links followed, as far as it is there; undefined where a link leads to nothing, or in a circle. */
function followLinks(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || isLink(path)) return undefined
    const above = dirname(path)
    const real = above === path ? above : followLinks(above)
    return real === undefined ? undefined : join(real, basename(path))
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}

/** A state with its hash, which is worked out when it is first asked for: a command that writes nothing asks for none. */
export function withHash<State extends Pick<PresentFile, 'bytes'>>(state: State) {
  const known: string[] = []
  const get = () => (known[0] ??= hashBytes(state.bytes))
  return Object.defineProperty(state as State & { readonly hash: string }, 'hash', { enumerable: true, get })
}

/** SHA-256 of the bytes, in lowercase hex. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
