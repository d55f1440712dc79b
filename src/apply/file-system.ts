import { constants, existsSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rmdir, unlink } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import fs from 'fs-extra'
import { hasCode, quoteWord, UserError } from '../errors.ts'
import { findRepository } from '../host/run-program.ts'
import { asMessage, type Message, say, type TextId } from '../texts/message.ts'

/** Every verb with which the writer changes the disk, and no other. Errors are those of Node, with a `code`. */
export interface FileSystem {
  /** Makes a new file, open for writing; EEXIST when anything stands there. */
  createFile(path: string, mode: number): Promise<FileHandle>
  setOwner(file: FileHandle, uid: number, gid: number): Promise<void>
  /** Some disks take this and do nothing (FAT, WSL's drvfs, CIFS): `modeOf` tells. */
  setMode(file: FileHandle, mode: number): Promise<void>
  /** Permission bits that the file has now, the special ones included. */
  modeOf(file: FileHandle): Promise<number>
  write(file: FileHandle, bytes: Uint8Array): Promise<void>
  /** Adds to the end of a file that is there; ENOENT when it is not. */
  append(path: string, bytes: Uint8Array): Promise<void>
  /** Waits until the content is on the disk. */
  flush(file: FileHandle): Promise<void>
  close(file: FileHandle): Promise<void>
  rename(from: string, to: string): Promise<void>
  removeFile(path: string): Promise<void>
  /** Takes all content out of a file that cannot be removed, flushed. */
  emptyFile(path: string): Promise<void>
  /** Makes one folder; its parent exists. */
  makeFolder(path: string, mode: number): Promise<void>
  /** Removes an empty folder. */
  removeFolder(path: string): Promise<void>
  /** Waits until the names in the folder are on the disk. */
  flushFolder(path: string): Promise<void>
}

/**
 * The machine's own file system. Open files use Node directly, because graceful-fs, on which fs-extra is built,
 * hides a change of owner that was denied; names use fs-extra on Windows, where it waits for other programs.
 */
export function createFileSystem(platform: NodeJS.Platform): FileSystem {
  const names = platform === 'win32' ? fs : { mkdir, rename, rmdir, unlink }
  return {
    createFile: (path, mode) => open(path, 'wx', mode),
    setOwner: (file, uid, gid) => file.chown(uid, gid),
    setMode: (file, mode) => file.chmod(mode),
    modeOf: async (file) => (await file.stat()).mode & 0o7777,
    write: (file, bytes) => file.writeFile(bytes),
    append,
    flush: (file) => file.sync(),
    close: (file) => file.close(),
    rename: (from, to) => names.rename(from, to),
    removeFile: (path) => names.unlink(path),
    emptyFile,
    makeFolder: (path, mode) => names.mkdir(path, { mode }),
    removeFolder: (path) => names.rmdir(path),
    // Windows cannot open a folder for flushing.
    flushFolder: platform === 'win32' ? async () => {} : flushFolder,
  }
}

async function append(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND)
  try {
    await file.writeFile(bytes)
  } finally {
    await file.close()
  }
}

async function emptyFile(path: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW)
  try {
    await file.truncate(0)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** One step on one file was refused by the system; `cause` is Node's error. */
export class StepFailure extends Error {
  readonly path: string
  /** In words, as a part of a sentence: `the disk is full (ENOSPC)`. */
  readonly reason: Message

  constructor(path: string, cause: Error) {
    const reason = describeCause(cause)
    super(String(reason), { cause })
    this.name = 'StepFailure'
    this.path = path
    this.reason = reason
  }
}

/** Does a step and names the file in what the system refuses; every other error stays as it is. */
export async function step<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? new StepFailure(path, error) : error
  }
}

const words = {
  EACCES: 'disk.denied',
  EBUSY: 'disk.busy',
  EDQUOT: 'disk.quota',
  EEXIST: 'disk.exists',
  EIO: 'disk.error',
  ENOENT: 'disk.no-folder',
  ENOSPC: 'disk.full',
  EPERM: 'disk.not-allowed',
  EROFS: 'disk.read-only',
} as const satisfies Record<string, TextId>

function describeCause(cause: Error): Message {
  const code = 'code' in cause ? String(cause.code) : cause.message
  const known = Object.hasOwn(words, code) ? words[code as keyof typeof words] : undefined
  return known ? say('disk.with-code', { reason: say(known), code }) : asMessage(code)
}

/** A file that is gone already is no error. Not flushed: after a loss of power it may be there again. */
export async function removeIfThere(path: string, fileSystem: FileSystem): Promise<void> {
  await fileSystem.removeFile(path).catch((error) => {
    if (!hasCode(error, 'ENOENT')) throw error
  })
}

/**
 * Removes a file that may hold a key; one that cannot be removed, as in a folder that only takes new names, is emptied. A
 * missing one is fine, also on a disk that refuses everything.
 */
export async function discardFile(path: string, fileSystem: FileSystem): Promise<void> {
  try {
    await removeIfThere(path, fileSystem)
  } catch (error) {
    const left = lstatSync(path, { throwIfNoEntry: false })
    if (left === undefined || (left.isFile() && left.size === 0)) return
    await fileSystem.emptyFile(path).catch(() => {
      throw error
    })
  }
}

/** What somebody else has put into the folder keeps it, without an error; a missing one is fine. The removal is flushed. */
export async function removeIfEmpty(path: string, fileSystem: FileSystem): Promise<void> {
  try {
    await fileSystem.removeFolder(path)
  } catch (error) {
    // Some systems say "exists" of a folder that is not empty.
    if (hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) return
    throw error
  }
  await fileSystem.flushFolder(dirname(path))
}

/** Waits until what happened to these names is on the disk, in the folders that are there. */
export async function flushFolders(paths: readonly string[], fileSystem: FileSystem): Promise<void> {
  for (const folder of new Set(paths.map(dirname))) {
    if (existsSync(folder)) await step(folder, () => fileSystem.flushFolder(folder))
  }
}

/** A whole file to be written. Without an owner it belongs to who runs the program. */
export interface WholeFile {
  readonly bytes: Uint8Array
  readonly mode: number
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined
}

/**
 * Writes the new content of `target` to `temporary`, flushed. Owner and mode are set before the content,
 * because the content may be private. Gives the mode that the disk really gave it. Throws UserError `owner-not-kept`.
 */
export async function writeBeside(
  target: string,
  temporary: string,
  content: WholeFile,
  fileSystem: FileSystem,
): Promise<number> {
  // Where chmod does nothing a file keeps the mode that it was made with.
  const file = await fileSystem.createFile(temporary, content.mode & 0o777)
  try {
    if (content.owner) {
      const { uid, gid } = content.owner
      await fileSystem.setOwner(file, uid, gid).catch((error) => rejectOwner(error, target, `${uid}:${gid}`))
    }
    await fileSystem.setMode(file, content.mode)
    await fileSystem.write(file, content.bytes)
    // A write takes the set-id bits away.
    if ((content.mode & 0o7000) !== 0) await fileSystem.setMode(file, content.mode)
    await fileSystem.flush(file)
    return await fileSystem.modeOf(file)
  } finally {
    await fileSystem.close(file)
  }
}

/** Removes what a killed `replaceFile` left beside its target. */
export async function clearReplacement(target: string, fileSystem: FileSystem): Promise<void> {
  await removeIfThere(besideOf(target), fileSystem)
}

/**
 * Puts a whole file in the place of another in one step, flushed; leaves no temporary file with content when it fails. Gives
 * the mode that the disk really gave it.
 */
export async function replaceFile(
  target: string,
  content: WholeFile,
  fileSystem: FileSystem,
  temporary = besideOf(target),
): Promise<number> {
  await removeIfThere(temporary, fileSystem)
  const mode = await moveThere(target, content, fileSystem, temporary)
  await fileSystem.flushFolder(dirname(target))
  return mode
}

async function moveThere(
  target: string,
  content: WholeFile,
  fileSystem: FileSystem,
  temporary: string,
): Promise<number> {
  try {
    const mode = await writeBeside(target, temporary, content, fileSystem)
    await fileSystem.rename(temporary, target)
    return mode
  } catch (error) {
    await discardFile(temporary, fileSystem).catch(() => {})
    throw error
  }
}

function besideOf(target: string): string {
  return `${target}.tmp`
}

function rejectOwner(error: unknown, target: string, owner: string): never {
  if (!hasCode(error, 'EPERM')) throw error
  throw new UserError({
    code: 'owner-not-kept',
    message: say('error.owner-not-kept', { path: target, owner }),
    hint: say('error.owner-not-kept.hint', { path: quoteWord(target) }),
    where: { file: target },
  })
}

/** Name of the content in a folder that hides it. */
const hidden = 'content.tmp'

/**
 * Full path for the new content of a file until it is put in place: beside it, on the same disk. In a repository it lies in
 * a folder of its own whose `.gitignore` hides all in it, since git would take it where only the file's own name is ignored.
 */
export function temporaryOf(resolvedPath: string, runId: string, index: number): string {
  const folder = dirname(resolvedPath)
  const beside = join(folder, `.qcode-setup-${runId}-${index}.tmp`)
  return findRepository(folder) === undefined ? beside : join(beside, hidden)
}

/** Whether a path is one that `temporaryOf` gives for a file of a run. */
export function isTemporaryOf(path: string, resolvedPath: string, runId: string): boolean {
  const beside = hidingFolder(path) ?? path
  const [start, end] = [`.qcode-setup-${runId}-`, '.tmp']
  const name = basename(beside)
  return dirname(beside) === dirname(resolvedPath) && name.startsWith(start) && name.endsWith(end)
}

/** Makes the folder that hides a temporary file, where it has one; nothing of the content is written before. */
export async function hideTemporary(path: string, fileSystem: FileSystem): Promise<void> {
  const folder = hidingFolder(path)
  if (folder === undefined) return
  if (!lstatSync(folder, { throwIfNoEntry: false })?.isDirectory()) await fileSystem.makeFolder(folder, 0o700)
  const ignore = join(folder, '.gitignore')
  await removeIfThere(ignore, fileSystem)
  await writeBeside(ignore, ignore, { bytes: Buffer.from('*\n'), mode: 0o600 }, fileSystem)
  await fileSystem.flushFolder(folder)
  await fileSystem.flushFolder(dirname(folder))
}

/** Removes a temporary file with the folder that hides it, the content first; what is missing is fine. */
export async function removeTemporary(path: string, fileSystem: FileSystem): Promise<void> {
  await discardFile(path, fileSystem)
  await removeHidingFolder(path, fileSystem)
}

/** Removes the folder that hid a temporary file, once the content is in its place. */
export async function removeHidingFolder(path: string, fileSystem: FileSystem): Promise<void> {
  const folder = hidingFolder(path)
  if (folder === undefined || lstatSync(folder, { throwIfNoEntry: false }) === undefined) return
  await removeIfThere(join(folder, '.gitignore'), fileSystem)
  await removeIfEmpty(folder, fileSystem).catch((error) => {
    // A folder that only takes new names keeps this empty one.
    if (!hasCode(error, 'EPERM')) throw error
  })
}

function hidingFolder(path: string): string | undefined {
  return basename(path) === hidden ? dirname(path) : undefined
}

/** Writes files into a temporary folder, for its owner alone. A path that leads out of the folder is a fault of the program. */
export function writeCopies(
  folder: string,
  files: readonly { readonly path: string; readonly text: string }[],
): void {
  for (const { path, text } of files) {
    if (relative(folder, path).split(sep)[0] === '..') throw new Error(`${path} is not below ${folder}`)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, text, { mode: 0o600 })
  }
}
