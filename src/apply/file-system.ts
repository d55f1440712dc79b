import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import fs from 'fs-extra'

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
 * hides a change of owner that was denied; names use fs-extra, which waits for other programs on Windows.
 */
export function createFileSystem(platform: NodeJS.Platform): FileSystem {
  return {
    createFile: (path, mode) => open(path, 'wx', mode),
    setOwner: (file, uid, gid) => file.chown(uid, gid),
    setMode: (file, mode) => file.chmod(mode),
    modeOf: async (file) => (await file.stat()).mode & 0o7777,
    write: (file, bytes) => file.writeFile(bytes),
    append,
    flush: (file) => file.sync(),
    close: (file) => file.close(),
    rename: (from, to) => fs.rename(from, to),
    removeFile: (path) => fs.unlink(path),
    emptyFile,
    makeFolder: (path, mode) => fs.mkdir(path, { mode }),
    removeFolder: (path) => fs.rmdir(path),
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
