import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { debug } from '../debug.ts'
import { hasCode, UserError } from '../errors.ts'
import { inShell, quoteWord } from '../texts/commands.ts'
import { type Message, say, type TextId } from '../texts/message.ts'
import { isBelow } from './files-at.ts'
import type { Host } from './host.ts'
import { isMountPoint, isOnReadOnlyDisk, type User, whatKeepsFromChanging } from './ownership.ts'

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
  const { uid, gid, nlink: names, ino: inode } = stat
  const mode = stat.mode & 0o7777
  return { kind, path, resolvedPath, mode, uid, gid, names, inode, bytes, hash: hashBytes(bytes) }
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

/** Code of the refusal of a file that no right would make writable. */
export const notReplaceable = 'not-replaceable'

/**
 * Throws UserErrors, exit 1, when a file could not be replaced. `not-replaceable`: so the computer is set up, with a store, a
 * file that is mounted by itself or a read-only disk. `not-writable`: it has no owner write bit (which
 * is its owner's wish, so root is refused as well), or access(2) denies the file or the folder that has to take
 * a new file.
 */
export function assertWritable(state: FileState, user: User & Pick<Host, 'home'>): void {
  const { path, resolvedPath } = state
  const folder = deepestFolder(resolvedPath)
  const [fault, hint] = whyNeverReplaced(state, folder, user.home) ?? []
  if (fault && hint) {
    const message = say('error.not-writable', { path, fault })
    throw new UserError({ code: notReplaceable, message, hint, where: { file: path } })
  }
  if (!allows(folder, constants.W_OK | constants.X_OK)) throw notWritable(path, folder, 'u+wx', user)
  if (state.kind === 'absent') return
  if ((state.mode & 0o200) === 0 || !allows(resolvedPath, constants.W_OK)) {
    throw notWritable(path, resolvedPath, 'u+w', user)
  }
}

function whyNeverReplaced(state: FileState, folder: string, home: string): [Message, Message] | undefined {
  const { path, resolvedPath } = state
  const linked = { target: path === resolvedPath ? '' : resolvedPath }
  if (isMountPoint(resolvedPath)) {
    return [say('access.mounted', linked), say('access.mounted.hint', { folder: dirname(resolvedPath) })]
  }
  // What is absent has no disk of its own.
  if ([folder, ...(state.kind === 'absent' ? [] : [resolvedPath])].some(isOnReadOnlyDisk)) {
    return [say('access.read-only-disk', linked), say('access.read-only-disk.hint')]
  }
  return isInStore(state, folder, home) ? [say('access.store', linked), say('access.store.hint')] : undefined
}

/**
 * Whether a link leads to what nobody may write, not even its owner: stores are made so, as that of Nix, whose links are made
 * anew by the program that fills it. Without a link it is a file that its owner has locked.
 */
function isInStore(state: FileState, folder: string, home: string): boolean {
  const { path, resolvedPath } = state
  const realHome = existsSync(home) ? realpathSync(home) : home
  const ownPlace = isBelow(path, home) ? join(realHome, relative(home, path)) : path
  if (resolvedPath === path || resolvedPath === ownPlace) return false
  const folderMode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0o777
  const modes = [folderMode, ...(state.kind === 'absent' ? [] : [state.mode])]
  return modes.some((mode) => (mode & 0o222) === 0)
}

/** Of a path at which nothing could be made: the folder that does not take it, or undefined where that is not what is wrong. */
export function findClosedFolder(path: string): string | undefined {
  const folder = deepestFolder(path)
  return allows(folder, constants.W_OK | constants.X_OK) ? undefined : folder
}

function deepestFolder(path: string): string {
  const parent = dirname(path)
  return existsSync(parent) || parent === path ? parent : deepestFolder(parent)
}

/** What another program has just taken away stands in nobody's way: whoever writes sees that it has changed. */
function allows(path: string, rights: number): boolean {
  try {
    accessSync(path, rights)
    return true
  } catch (error) {
    return hasCode(error, 'ENOENT')
  }
}

function notWritable(path: string, culprit: string, right: 'u+w' | 'u+wx', user: User): UserError {
  const { fault, remedy } = whatKeepsFromChanging(culprit, right, user)
  return new UserError({
    code: 'not-writable',
    message: say('error.not-writable', { path, fault }),
    hint: remedy,
    where: { file: path },
  })
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

export const [userVariables, , userFolders] = registryKeys

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

/** SHA-256 of the bytes, in lowercase hex. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
