import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { hasCode } from '../host/has-code.ts'
import type { Host } from '../host/host.ts'
import type { ProcessMark } from '../host/processes.ts'
import type { FileSystem } from './file-system.ts'
import { removeIfThere } from './remove-if-there.ts'
import { namesInTrustedFolder, readTrustedFile } from './trusted-file.ts'

/** Who holds the lock, as the disk says. */
export interface LockOwner {
  /** Name of the owner's file; no other holder ever had it. */
  readonly token: string
  /** Undefined when the file is not whole, as after a loss of power. */
  readonly mark: ProcessMark | undefined
  /** Another value whenever the owner has given a sign of life. */
  readonly signs: number
}

const markSchema = z.object({ pid: z.number(), machine: z.string(), started: z.optional(z.string()) })

/** The lock: a folder with one file in it, that of its owner. An empty one is nobody's. */
export function lockFolder(folder: string): string {
  return join(folder, 'lock')
}

/**
 * The owner of the lock in a state folder; undefined when nobody has it. Throws UserErrors of `readTrustedFile` for what no
 * run has put there: it would be taken for what a killed one left, and removed.
 */
export function readOwner(folder: string, host: Host): LockOwner | undefined {
  const [token] = namesInTrustedFolder(lockFolder(folder), host)
  const bytes = token === undefined ? undefined : readTrustedFile(join(lockFolder(folder), token), host)
  if (token === undefined || bytes === undefined) return undefined
  return { token, mark: parseMark(new TextDecoder().decode(bytes)), signs: bytes.length }
}

/** Whether this owner has the lock now. */
export function isOwner(folder: string, token: string): boolean {
  return existsSync(join(lockFolder(folder), token))
}

/**
 * Takes the lock when nobody has it: a folder that is complete takes the name in one step, which the system refuses
 * while an owner's file stands there. False when somebody was faster.
 */
export async function takeLock(
  folder: string,
  token: string,
  mark: ProcessMark,
  fileSystem: FileSystem,
): Promise<boolean> {
  const prepared = `${lockFolder(folder)}.${token}`
  await fileSystem.makeFolder(prepared, 0o700)
  try {
    await writeMark(join(prepared, token), mark, fileSystem)
    await fileSystem.rename(prepared, lockFolder(folder))
  } catch (error) {
    await removeClaim(prepared, token, fileSystem).catch(() => {})
    // Windows denies what other systems call "not empty"; `ENOENT`: the holder has cleared up behind all others.
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT') || existsSync(lockFolder(folder))) return false
    throw error
  }
  return isOwner(folder, token)
}

/** Shows that the owner lives. The clock is not used, because it may jump: the file grows by one blank. */
export function giveSign(folder: string, token: string, fileSystem: FileSystem): Promise<void> {
  return fileSystem.append(join(lockFolder(folder), token), Buffer.from(' '))
}

/** Takes the lock away from one owner, and from no other one that has it by now. */
export async function freeLock(
  folder: string,
  token: string | undefined,
  fileSystem: FileSystem,
): Promise<void> {
  if (existsSync(lockFolder(folder))) await removeClaim(lockFolder(folder), token, fileSystem)
}

/** Only for the owner: removes what killed runs had prepared. One that is alive prepares again. */
export async function clearPrepared(folder: string, fileSystem: FileSystem): Promise<void> {
  const names = readdirSync(folder).filter((name) => name.startsWith('lock.'))
  for (const name of names) {
    await removeClaim(join(folder, name), name.slice('lock.'.length), fileSystem)
  }
}

async function writeMark(path: string, mark: ProcessMark, fileSystem: FileSystem): Promise<void> {
  const file = await fileSystem.createFile(path, 0o600)
  try {
    await fileSystem.write(file, Buffer.from(JSON.stringify(mark)))
  } finally {
    await fileSystem.close(file)
  }
}

/** Nothing is removed through a link. */
async function removeClaim(path: string, token: string | undefined, fileSystem: FileSystem): Promise<void> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  if (token !== undefined) await removeIfThere(join(path, token), fileSystem)
  await fileSystem.removeFolder(path).catch((error) => {
    if (!hasCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error
  })
}

function parseMark(text: string): ProcessMark | undefined {
  try {
    return markSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
