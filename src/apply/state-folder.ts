import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { debug } from '../debug.ts'
import { hasCode, UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import {
  type Doubt,
  doubtOf,
  doubtOfLinks,
  isOfTheSystem,
  othersHome,
  whatIsNoFolder,
  whatKeepsOut,
} from '../host/ownership.ts'
import { quoteWord } from '../texts/commands.ts'
import { say, type TextId } from '../texts/message.ts'
import type { FileSystem } from './file-system.ts'

/**
 * Where backups, journal and ledger live: `$XDG_STATE_HOME/qcode-setup` when that is absolute, on Windows
 * `%LOCALAPPDATA%\qcode-setup`, elsewhere `~/.local/state/qcode-setup`.
 */
export function stateFolder(host: Host): string {
  const { XDG_STATE_HOME, LOCALAPPDATA } = host.env
  if (XDG_STATE_HOME && isAbsolute(XDG_STATE_HOME)) return join(XDG_STATE_HOME, 'qcode-setup')
  if (host.platform === 'win32') {
    return join(LOCALAPPDATA || join(host.home, 'AppData', 'Local'), 'qcode-setup')
  }
  return join(host.home, '.local', 'state', 'qcode-setup')
}

/** A folder for each run, named by its id. */
export function runsFolder(host: Host): string {
  return join(stateFolder(host), 'runs')
}

/** Makes a private folder and the parents that are missing; one that is there stays as it is. */
export async function makePrivateFolder(path: string, fileSystem: FileSystem): Promise<void> {
  if (existsSync(path)) return
  await makePrivateFolder(dirname(path), fileSystem)
  await fileSystem.makeFolder(path, 0o700).catch((error) => {
    // Another run was faster.
    if (!hasCode(error, 'EEXIST')) throw error
  })
  await fileSystem.flushFolder(dirname(path))
}

/** A backup has at most 10 MiB; a journal with two ledgers in it stays far below this. */
const largestFile = 64 * 1024 * 1024

/**
 * The bytes of a file of the state folder, undefined where there is none. What a command does follows from them, so they
 * are read only where nobody but the user can have written them: each folder from the state folder on is a real one, the
 * file is a plain one, all belong to the user and nobody else may write to them. Never waits, whatever stands there.
 * Throws UserErrors `state-not-trusted` and `state-unreadable`, exit 1, which name what is in the way and how to fix it.
 */
export function readTrustedFile(path: string, host: Host): Uint8Array | undefined {
  if (!isTrustedFolder(dirname(path), host)) return undefined
  return guarded(path, host, () => {
    assertPlain(path, lstatSync(path), host)
    // Between the two looks it may have become something else, such as a pipe that never answers.
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
    const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      assertPlain(path, fstatSync(file), host)
      const bytes = readFileSync(file)
      debug(() => `read ${path}: ${bytes.length} bytes`)
      return bytes
    } finally {
      closeSync(file)
    }
  })
}

/** The names in a folder of the state folder; none where it is not there. Errors: those of `readTrustedFile`. */
export function namesInTrustedFolder(path: string, host: Host): string[] {
  return (isTrustedFolder(path, host) && guarded(path, host, () => readdirSync(path))) || []
}

/** The same of each of some folders in one, by their names; the way to them is looked at once. */
export function namesInTrustedFolders(
  parent: string,
  folders: readonly string[],
  host: Host,
): Map<string, string[]> {
  if (!isTrustedFolder(parent, host)) return new Map()
  const names = (path: string) => {
    assertOwnFolder(path, lstatSync(path), host)
    return readdirSync(path)
  }
  return new Map(
    folders.map((folder) => {
      const path = join(parent, folder)
      return [folder, guarded(path, host, () => names(path)) ?? []]
    }),
  )
}

/**
 * Whether a folder, the state folder or one below it, is there; one that is there and may not be trusted, or what stands in
 * its place, is refused with the errors of `readTrustedFile`.
 */
export function isTrustedFolder(path: string, host: Host): boolean {
  const top = stateFolder(host)
  const look = (folder: string) => {
    if (folder === top) assertTrustedTop(top, host)
    else assertOwnFolder(folder, lstatSync(folder), host)
    return true
  }
  return [top, ...foldersBelow(top, path)].every((folder) => guarded(folder, host, () => look(folder)))
}

/** It may be a link of the user's own, to a folder that was moved with its mode. */
function assertTrustedTop(folder: string, host: Host): void {
  const doubt = doubtOfLinks(folder, host)
  if (doubt) throw notTrusted(doubt)
  const found = lstatSync(folder)
  const target = found.isSymbolicLink() ? statSync(folder, { throwIfNoEntry: false }) : undefined
  const isPrivate = host.platform === 'win32' || ((target?.mode ?? 0) & 0o077) === 0
  if (!found.isSymbolicLink()) assertOwnFolder(folder, found, host)
  else if (!target?.isDirectory() || !isPrivate || doubtOf(folder, target, host))
    throw strange(folder, 'state.link-not-private', host)
}

function assertOwnFolder(path: string, stat: Stats, host: Host): void {
  if (stat.isSymbolicLink()) throw strange(path, 'state.link', host)
  if (!stat.isDirectory()) throw strange(path, 'state.not-folder', host)
  assertOwn(path, stat, host)
}

function assertPlain(path: string, stat: Stats, host: Host): void {
  if (stat.isSymbolicLink()) throw strange(path, 'state.link', host)
  if (!stat.isFile()) throw strange(path, stat.isDirectory() ? 'state.folder' : 'state.special', host)
  if (stat.size > largestFile) throw strange(path, 'state.too-large', host)
  assertOwn(path, stat, host)
}

function assertOwn(path: string, stat: Stats, host: Host): void {
  const doubt = doubtOf(path, stat, host)
  if (!doubt || (stat.uid === host.uid && ignoresModes(path, stat))) return
  // Nobody is to make a state his own that is right for the user whose home this is.
  throw notTrusted({ ...doubt, remedy: othersHome(host)?.hintText ?? doubt.remedy })
}

/**
 * Some disks, such as FAT and the drives of Windows in WSL, show one mode for everything, whatever chmod says: there the
 * owner is all that can be known. Asked by a chmod that takes rights away, and that is taken back where it had an effect.
 */
function ignoresModes(path: string, { mode }: Stats): boolean {
  try {
    chmodSync(path, mode & 0o7755)
    const isSame = lstatSync(path).mode === mode
    if (!isSame) chmodSync(path, mode & 0o7777)
    return isSame
  } catch {
    return false
  }
}

/** The folders from below `top` down to `path`, none where that is `top` itself. */
function foldersBelow(top: string, path: string): string[] {
  const names = relative(top, path).split(sep).filter(Boolean)
  return names.map((_, index) => [top, ...names.slice(0, index + 1)].join(sep))
}

/** Undefined for what is not there. */
function guarded<T>(path: string, host: Host, look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    if (hasCode(error, 'EACCES', 'EPERM')) throw unreadable(whatKeepsOut(path, host))
    if (hasCode(error, 'ENOTDIR')) throw strange(whatIsNoFolder(path) ?? path, 'state.not-folder', host)
    if (hasCode(error, 'ELOOP')) throw strange(path, 'state.dangling', host)
    if (hasCode(error, 'ENXIO')) throw strange(path, 'state.special', host)
    throw error
  }
}

function strange(path: string, fault: Extract<TextId, `state.${string}`>, host: Host): UserError {
  return notTrusted({
    path,
    fault: say(fault, { path }),
    remedy: isOfTheSystem(path, host)
      ? say('access.of-the-system')
      : say('error.move-away', { path: quoteWord(path), away: quoteWord(`${path}.moved`) }),
  })
}

export function notTrusted({ path, fault, remedy }: Doubt): UserError {
  return new UserError({
    code: 'state-not-trusted',
    message: say('error.state-not-trusted', { fault }),
    hint: [remedy, say('error.then-again')],
    where: { file: path },
  })
}

function unreadable({ path, fault, remedy }: Doubt): UserError {
  return new UserError({
    code: 'state-unreadable',
    message: say('error.state-unreadable', { fault }),
    hint: [remedy, say('error.then-again')],
    where: { file: path },
  })
}

const beginning = Buffer.alloc(256)

/** The first bytes of a file as ASCII, looked at and not trusted: whoever wrote them. Empty where it is no file that can be read. */
export function beginningOf(path: string): string {
  try {
    const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants
    const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    try {
      return beginning.toString('latin1', 0, readSync(file, beginning, 0, beginning.length, 0))
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}
