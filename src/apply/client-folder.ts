import { existsSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { hasCode } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { endedWithTheMachine, type ProcessMark } from '../host/processes.ts'
import { say } from '../texts/message.ts'
import { createFileSystem, type FileSystem, removeIfEmpty, step, writeCopies } from './file-system.ts'
import { explainFailure } from './restore-run.ts'
import { makePrivateFolder, namesInTrustedFolder, readTrustedFile, stateFolder } from './state-folder.ts'

/** The settings of one run of a client, for its owner alone and gone at its end. */
export interface ClientFolder {
  readonly path: string
  /** Notes the client's process: as long as that runs, nobody clears the folder away. */
  keepFor(pid: number): void
  /** Takes the folder away, and the folders around it that were made for it. */
  close(): Promise<void>
}

/** Who uses a folder; it is left alone until both have ended. */
interface Users {
  readonly runner: ProcessMark
  readonly client?: ProcessMark
  /** The name of their machine. */
  readonly host?: string
}

const usersFile = 'users.json'

function clientsFolder(host: Host): string {
  return join(stateFolder(host), 'clients')
}

/** The path of a folder for one run; nothing is made. */
export function clientFolderPath(host: Host): string {
  return join(clientsFolder(host), `${host.processes.self().pid}-${host.randomId()}`)
}

/**
 * Makes a folder with these files, by their names in it: 0600 in 0700. git takes none of it. Errors: those of
 * `readTrustedFile`, and of `explainFailure` where the disk refuses; nothing is left then.
 */
export async function openClientFolder(
  path: string,
  files: readonly { readonly name: string; readonly text: string }[],
  host: Host,
): Promise<ClientFolder> {
  const fileSystem = createFileSystem(host.platform)
  namesInTrustedFolder(clientsFolder(host), host)
  const made = missingAbove(path)
  const runner = host.processes.self()
  const write = (name: string, text: string) => writeCopies(path, [{ path: join(path, name), text }])
  const close = async () => {
    discard(path)
    const around = [...new Set([dirname(path), ...made])]
    for (const folder of around.filter((one) => existsSync(one))) await removeIfEmpty(folder, fileSystem)
  }
  try {
    await step(path, async () => {
      await makeBesideOthers(path, fileSystem)
      write('.gitignore', '*\n')
      write(usersFile, JSON.stringify({ runner, host: hostname() } satisfies Users))
      for (const { name, text } of files) write(name, text)
    })
  } catch (error) {
    await close()
    throw explainFailure(error, say('ending.nothing'), host)
  }
  const keepFor = (pid: number) => {
    const client = host.processes.markOf(pid)
    write(usersFile, JSON.stringify({ runner, client, host: hostname() } satisfies Users))
  }
  return { path, keepFor, close }
}

/** Runs that end at the same time take the folders around theirs away as long as nothing is in them. */
async function makeBesideOthers(path: string, fileSystem: FileSystem, attempts = 10): Promise<void> {
  try {
    await makePrivateFolder(path, fileSystem)
  } catch (error) {
    if (attempts === 1 || !hasCode(error, 'ENOENT')) throw error
    await makeBesideOthers(path, fileSystem, attempts - 1)
  }
}

/** The folders above a path that are not there, the lowest first. */
function missingAbove(path: string): string[] {
  const folder = dirname(path)
  return existsSync(folder) ? [] : [folder, ...missingAbove(folder)]
}

/** Takes away what runs that were killed have left; one whose client still runs keeps its folder. */
export async function clearClientFolders(host: Host): Promise<void> {
  const parent = clientsFolder(host)
  const names = existsSync(parent) ? namesInTrustedFolder(parent, host) : []
  for (const name of names.filter((one) => isLeft(join(parent, one), one, host))) discard(join(parent, name))
  if (names.length > 0) await removeIfEmpty(parent, createFileSystem(host.platform))
}

function isLeft(folder: string, name: string, host: Host): boolean {
  const users = readUsers(folder, host)
  // Killed before it wrote who it is: its number stands in the name.
  if (users === undefined) return !host.isAlive(Number.parseInt(name, 10))
  const { runner, client } = users
  const hasEnded = (mark: ProcessMark) =>
    host.processes.liveness(mark) === 'dead' || endedWithTheMachine(mark, users.host)
  return [runner, ...(client ? [client] : [])].every(hasEnded)
}

function readUsers(folder: string, host: Host): Users | undefined {
  const bytes = readTrustedFile(join(folder, usersFile), host)
  try {
    return JSON.parse(Buffer.from(bytes ?? []).toString('utf8'))
  } catch {
    return undefined
  }
}

/** A client may still write into it while it ends. */
function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 5 })
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EBUSY', 'EPERM')) throw error
  }
}
