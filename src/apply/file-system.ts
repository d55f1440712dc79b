import { accessSync, constants, existsSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rmdir, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import fs from 'fs-extra'
import { hasCode } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { doubtOfCode } from '../host/ownership.ts'
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
 * hides a change of owner that was denied; on Windows names wait a moment for other programs.
 */
export function createFileSystem(platform: NodeJS.Platform): FileSystem {
  const onWindows = platform === 'win32'
  const names = onWindows ? patientNames : { mkdir, rename, rmdir, unlink }
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
    flushFolder: onWindows ? async () => {} : flushFolder,
  }
}

/** fs-extra waits only for a name that is not there yet. It is loaded when it is used: elsewhere than on Windows never. */
const patientNames = {
  mkdir: (path: string, options: { readonly mode: number }) => fs.mkdir(path, options),
  rmdir: (path: string) => fs.rmdir(path),
  rename: (from: string, to: string) => untilLetGo(from, () => fs.rename(from, to)),
  unlink: (path: string) => untilLetGo(path, () => fs.unlink(path)),
}

const patienceMs = 2000
const pauseMs = 100

/**
 * Does something to the name of a file, again for two seconds where Windows refuses it: virus scanners, editors and OneDrive
 * hold a file for moments. Of a folder, such as a lock, a refusal is an answer. What is refused to the end has `held`.
 */
export async function untilLetGo<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += pauseMs) {
    try {
      return await work()
    } catch (error) {
      if (!hasCode(error, 'EPERM', 'EACCES', 'EBUSY')) throw error
      if (!lstatSync(path, { throwIfNoEntry: false })?.isFile()) throw error
      if (waited >= patienceMs) throw Object.assign(error as Error, { held: true })
      await pause(pauseMs)
    }
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
  EREG: 'disk.registry',
  ENOREG: 'disk.no-reg',
  EROFS: 'disk.read-only',
} as const satisfies Record<string, TextId>

function describeCause(cause: Error): Message {
  const code = 'code' in cause ? String(cause.code) : cause.message
  if ('held' in cause) return say('disk.with-code', { reason: say('disk.held'), code })
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
    await fileSystem.flushFolder(dirname(path))
  } catch (error) {
    // Some systems say "exists" of a folder that is not empty; somebody else may have taken it, or the one around it, away.
    if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error
  }
}

/** Waits until what happened to these names is on the disk, in the folders that are there. */
export async function flushFolders(paths: readonly string[], fileSystem: FileSystem): Promise<void> {
  for (const folder of new Set(paths.map(dirname))) {
    if (existsSync(folder)) await step(folder, () => fileSystem.flushFolder(folder))
  }
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

/** Runs that end at the same time take the folders around theirs away as long as nothing is in them. */
export function makeBesideOthers(path: string): void {
  for (let attempts = 10; attempts > 0 && !existsSync(path); attempts--) {
    const missing = [path, ...missingAbove(path)].toReversed()
    const fine = attempts > 1 ? ['EEXIST', 'ENOENT'] : ['EEXIST']
    for (const folder of missing) despite(fine, () => mkdirSync(folder, { mode: 0o700 }))
  }
}

/** The folders above a path that are not there, the lowest first. */
export function missingAbove(path: string): string[] {
  const folder = dirname(path)
  return existsSync(folder) ? [] : [folder, ...missingAbove(folder)]
}

/** Does what may fail with one of these codes. */
export function despite(codes: readonly string[], work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!hasCode(error, ...codes)) throw error
  }
}

/** This machine, then with its state in the session's folder and the temporary one, for homes that take no file of a run. */
export function placesOfOneRun(host: Host): Host[] {
  const others = [host.env.XDG_RUNTIME_DIR ?? '', join(tmpdir(), `qcode-setup-${host.uid ?? ''}`)]
  const led = (value: string) =>
    Object.create(host, { env: { value: { ...host.env, XDG_STATE_HOME: value } } })
  return [host, ...others.filter((path) => isAbsolute(path)).map(led)]
}

/** Whether something can be made at a path, and where a user is named, nobody else can put another thing in its place. */
export function takesFiles(path: string, user?: Host): boolean {
  if (!existsSync(path) && dirname(path) !== path) return takesFiles(dirname(path), user)
  try {
    accessSync(path, constants.W_OK)
    return user === undefined || doubtOfCode(path, user) === undefined
  } catch {
    return false
  }
}
