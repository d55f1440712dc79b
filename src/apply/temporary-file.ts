import { lstatSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { hasCode } from '../errors.ts'
import { findRepository } from '../host/run-program.ts'
import { discardFile, type FileSystem, removeIfEmpty, removeIfThere } from './file-system.ts'
import { writeBeside } from './replace-file.ts'

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
