import { existsSync, rmdirSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import type { Host } from '../host/host.ts'
import { doubtOfCode } from '../host/ownership.ts'
import { endedWithTheMachine, type ProcessMark } from '../host/processes.ts'
import { say } from '../texts/message.ts'
import {
  despite,
  makeBesideOthers,
  missingAbove,
  placesOfOneRun,
  step,
  takesFiles,
  writeCopies,
} from './file-system.ts'
import { explainFailure } from './restore-run.ts'
import { namesInTrustedFolder, notTrusted, readTrustedFile, stateFolder } from './state-folder.ts'

/** The settings of one run of a client, for its owner alone and gone at its end. */
export interface ClientFolder {
  /** Notes the client's process: as long as that runs, nobody clears the folder away. */
  keepFor(pid: number): void
  /** Takes the folder away, and the folders around it that were made for it. */
  close(): void
}

/** Who uses a folder; it is left alone until both have ended. */
interface Users {
  readonly runner: ProcessMark
  readonly client?: ProcessMark
  /** The name of their machine. */
  readonly host?: string
}

const usersFile = 'users.json'
const clientsFolder = (host: Host) => join(stateFolder(host), 'clients')

const placeFor = (host: Host) =>
  placesOfOneRun(host).find((one) => takesFiles(stateFolder(one), one === host ? undefined : host)) ?? host

/** The path of a folder for one run; nothing is made. Nobody else makes names there: it is no secret, only another one each time. */
export function clientFolderPath(host: Host): string {
  return join(
    clientsFolder(placeFor(host)),
    `${host.processes.self().pid}-${Math.random().toString(36).slice(2)}`,
  )
}

/**
 * Makes a folder with these files, by their names in it: 0600 in 0700. git takes none of it. The client waits for it, and what
 * is left of it after a loss of power goes at the next start: nothing is flushed. Errors: those of `readTrustedFile`, and of
 * `explainFailure` where the disk refuses; nothing is left then.
 */
export async function openClientFolder(
  path: string,
  files: readonly { readonly name: string; readonly text: string }[],
  host: Host,
): Promise<ClientFolder> {
  const place = placeFor(host)
  namesInTrustedFolder(clientsFolder(place), place)
  const made = missingAbove(path)
  const runner = host.processes.self()
  const write = (name: string, text: string) => writeCopies(path, [{ path: join(path, name), text }])
  const note = (client?: ProcessMark) =>
    write(usersFile, JSON.stringify({ runner, client, host: hostname() }))
  const close = () => {
    discard(path)
    new Set([dirname(path), ...made]).forEach(dropIfEmpty)
  }
  try {
    await step(path, async () => {
      makeBesideOthers(path)
      // Where others make folders too, the way to it is the user's own as well.
      const doubt = place === host ? undefined : doubtOfCode(path, host)
      if (doubt) throw notTrusted(doubt)
      write('.gitignore', '*\n')
      note()
      for (const { name, text } of files) write(name, text)
    })
  } catch (error) {
    close()
    throw explainFailure(error, say('ending.nothing'), host)
  }
  return { keepFor: (pid) => note(host.processes.markOf(pid)), close }
}

/** Takes away what runs that were killed have left; one whose client still runs keeps its folder. */
export function clearClientFolders(host: Host): void {
  for (const place of placesOfOneRun(host)) {
    const parent = clientsFolder(place)
    const isThere = existsSync(parent) && (place === host || takesFiles(parent, host))
    const names = isThere ? namesInTrustedFolder(parent, place) : []
    const left = names.filter((one) => isLeft(join(parent, one), one, place))
    for (const name of left) discard(join(parent, name))
    if (names.length > 0) dropIfEmpty(parent)
  }
}

function isLeft(folder: string, name: string, host: Host): boolean {
  const users = readUsers(folder, host)
  // Killed before it wrote who it is: its number stands in the name.
  if (users === undefined) return !host.isAlive(Number.parseInt(name, 10))
  const { runner, client = runner } = users
  return [runner, client].every(
    (mark) => host.processes.liveness(mark) === 'dead' || endedWithTheMachine(mark, users.host),
  )
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
  despite(['ENOTEMPTY', 'EBUSY', 'EPERM'], () =>
    rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
  )
}

/** What somebody else has put into the folder keeps it. */
function dropIfEmpty(path: string): void {
  if (existsSync(path)) despite(['ENOENT', 'ENOTEMPTY', 'EEXIST'], () => rmdirSync(path))
}
