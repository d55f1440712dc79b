import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { hasCode, UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { othersHome } from '../host/ownership.ts'
import type { ProcessMark } from '../host/processes.ts'
import { say } from '../texts/message.ts'
import { type FileSystem, removeIfThere, step } from './file-system.ts'
import {
  isTrustedFolder,
  makePrivateFolder,
  namesInTrustedFolder,
  readTrustedFile,
  runsFolder,
  stateFolder,
} from './state-folder.ts'
import { markSchema } from './state-schemas.ts'

/** Handed to what writes, so that nothing writes without the lock. */
export interface Writer {
  readonly host: Host
  readonly fileSystem: FileSystem
  /** Throws UserError `lock-lost` when another run took over, as after a long sleep of the machine. */
  assertLocked(): void
}

/** How long to wait for a lock, and how long one whose process cannot be seen may go without a heartbeat. */
export interface WaitTimes {
  readonly waitMs: number
  readonly stillMs: number
}

const pollMs = 50

const beatMs = 1_000

const usual: WaitTimes = { waitMs: 7_000, stillMs: 5_000 }

/**
 * Does the work while no other run can write. The lock of a process that has ended is taken over at once, that of
 * one that is alive never; where neither can be seen, as from another machine, after no heartbeat for
 * `stillMs`. No clock is asked. An interrupt counts as too late from here on. Throws UserErrors `locked`, exit 1, after
 * `waitMs`, and `cancelled`.
 */
export async function withStateLock<T>(
  host: Host,
  fileSystem: FileSystem,
  work: (writer: Writer) => Promise<T>,
  times = usual,
): Promise<T> {
  host.interruption.assertNotCancelled()
  assertTrustedState(host)
  // A process that is asked to end while it takes the lock gives it back first.
  return host.interruption.hold(() => workLocked(host, fileSystem, work, times))
}

async function workLocked<T>(
  host: Host,
  fileSystem: FileSystem,
  work: (writer: Writer) => Promise<T>,
  times: WaitTimes,
): Promise<T> {
  const folder = stateFolder(host)
  await step(folder, () => makePrivateFolder(runsFolder(host), fileSystem))
  const token = await step(folder, () => acquire(folder, host, fileSystem, times))
  const heartbeat = setInterval(() => beat(folder, token, fileSystem).catch(() => {}), beatMs).unref()
  const assertLocked = () => {
    if (!isOwner(folder, token)) throw lockLost()
  }
  try {
    await step(folder, () => clearPrepared(folder, fileSystem))
    host.interruption.begin()
    return await work({ host, fileSystem, assertLocked })
  } finally {
    clearInterval(heartbeat)
    // A lock that cannot be removed is free when this process has ended.
    await freeLock(folder, token, fileSystem).catch(() => {})
  }
}

/** Before anything is made there: the folders of the state, and what is removed or written with them. */
function assertTrustedState(host: Host): void {
  const error = othersHome(host)
  if (error) throw error
  isTrustedFolder(runsFolder(host), host)
  readOwner(stateFolder(host), host)
}

async function acquire(
  folder: string,
  host: Host,
  fileSystem: FileSystem,
  { waitMs, stillMs }: WaitTimes,
): Promise<string> {
  const token = crypto.randomUUID()
  let seen: LockOwner | undefined
  let stillFor = 0
  // Time is counted in looks: who was stopped meanwhile has not looked, and clocks may jump.
  for (let waited = 0; ; waited += pollMs) {
    host.interruption.assertNotCancelled()
    const owner = readOwner(folder, host)
    stillFor = owner?.token === seen?.token && owner?.beats === seen?.beats ? stillFor + pollMs : 0
    const liveness = owner?.mark ? host.processes.liveness(owner.mark) : 'unknown'
    if (owner === undefined || liveness === 'dead' || (liveness === 'unknown' && stillFor >= stillMs)) {
      await freeLock(folder, owner?.token, fileSystem)
      if (await takeLock(folder, token, host.processes.self(), fileSystem)) return token
    }
    if (waited >= waitMs) throw locked(folder, owner)
    seen = owner
    await setTimeout(pollMs)
  }
}

function locked(folder: string, owner: LockOwner | undefined): UserError {
  const lock = lockFolder(folder)
  return new UserError({
    code: 'locked',
    message: owner?.mark
      ? say('error.locked-by', { pid: owner.mark.pid, lock })
      : say('error.locked', { lock }),
    hint: say('error.locked.hint'),
  })
}

function lockLost(): UserError {
  return new UserError({
    code: 'lock-lost',
    message: say('error.lock-lost'),
    hint: say('error.lock-lost.hint'),
  })
}

/** Who holds the lock, as the disk says. */
export interface LockOwner {
  /** Name of the owner's file; no other holder ever had it. */
  readonly token: string
  /** Undefined when the file is incomplete, as after a loss of power. */
  readonly mark: ProcessMark | undefined
  /** The number of heartbeats of the owner so far, give or take a constant. */
  readonly beats: number
}

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
  return { token, mark: parseMark(new TextDecoder().decode(bytes)), beats: bytes.length }
}

/** By the owner's file in the lock, which goes when another run takes over. */
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

/** A heartbeat of the owner. The clock is not used, because it may jump: the file grows by one blank. */
export function beat(folder: string, token: string, fileSystem: FileSystem): Promise<void> {
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
