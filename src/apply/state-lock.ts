import { setTimeout } from 'node:timers/promises'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { othersHome } from '../host/others-home.ts'
import type { FileSystem } from './file-system.ts'
import {
  clearPrepared,
  freeLock,
  giveSign,
  isOwner,
  type LockOwner,
  lockFolder,
  readOwner,
  takeLock,
} from './lock-folder.ts'
import { makePrivateFolder, runsFolder, stateFolder } from './state-folder.ts'
import { step } from './step-failure.ts'
import { isTrustedFolder } from './trusted-file.ts'

/** What the holder of the lock works with. */
export interface Writer {
  readonly host: Host
  readonly fileSystem: FileSystem
  /** Throws UserError `lock-lost` when another run took over, as after a long sleep of the machine. */
  assertLocked(): void
}

/** How long to wait for a lock, and how long one must stand still that belongs to a process out of sight. */
export interface Patience {
  readonly waitMs: number
  readonly stillMs: number
}

const pollMs = 50
const signMs = 1_000
const usual: Patience = { waitMs: 7_000, stillMs: 5_000 }

/**
 * Does the work while no other run can write. The lock of a process that has ended is taken over at once, that of
 * one that lives never; where neither can be seen, as from another machine, when it gave no sign of life for
 * `stillMs`. No clock is asked. An interrupt counts as too late from here on. Throws UserErrors `locked`, exit 1, after
 * `waitMs`, and `cancelled`.
 */
export async function withStateLock<T>(
  host: Host,
  fileSystem: FileSystem,
  work: (writer: Writer) => Promise<T>,
  patience = usual,
): Promise<T> {
  host.interruption.assertNotCancelled()
  assertTrustedState(host)
  // Whoever is told to end while it takes the lock gives it back first.
  return host.interruption.hold(() => workLocked(host, fileSystem, work, patience))
}

async function workLocked<T>(
  host: Host,
  fileSystem: FileSystem,
  work: (writer: Writer) => Promise<T>,
  patience: Patience,
): Promise<T> {
  const folder = stateFolder(host)
  await step(folder, () => makePrivateFolder(runsFolder(host), fileSystem))
  const token = await step(folder, () => acquire(folder, host, fileSystem, patience))
  const signs = setInterval(() => giveSign(folder, token, fileSystem).catch(() => {}), signMs).unref()
  const assertLocked = () => {
    if (!isOwner(folder, token)) throw lockLost()
  }
  try {
    await step(folder, () => clearPrepared(folder, fileSystem))
    host.interruption.begin()
    return await work({ host, fileSystem, assertLocked })
  } finally {
    clearInterval(signs)
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
  { waitMs, stillMs }: Patience,
): Promise<string> {
  const token = crypto.randomUUID()
  let seen: LockOwner | undefined
  let stillFor = 0
  // Time is counted in looks: who was stopped meanwhile has not looked, and clocks may jump.
  for (let waited = 0; ; waited += pollMs) {
    host.interruption.assertNotCancelled()
    const owner = readOwner(folder, host)
    stillFor = owner?.token === seen?.token && owner?.signs === seen?.signs ? stillFor + pollMs : 0
    const fate = owner?.mark ? host.processes.fate(owner.mark) : 'unknown'
    if (owner === undefined || fate === 'ended' || (fate === 'unknown' && stillFor >= stillMs)) {
      await freeLock(folder, owner?.token, fileSystem)
      if (await takeLock(folder, token, host.processes.self(), fileSystem)) return token
    }
    if (waited >= waitMs) throw locked(folder, owner)
    seen = owner
    await setTimeout(pollMs)
  }
}

function locked(folder: string, owner: LockOwner | undefined): UserError {
  const who = owner?.mark ? ` (process ${owner.mark.pid})` : ''
  return new UserError({
    code: 'locked',
    message: `Another qcode-setup${who} is changing files on this machine (lock: ${lockFolder(folder)}).`,
    hint: 'Wait until it has ended, then run the same command again. A killed run gives its lock back by itself.',
  })
}

function lockLost(): UserError {
  return new UserError({
    code: 'lock-lost',
    message: 'This run stood still for so long that another one may have taken its place.',
    hint: 'Nothing was changed. Run the same command again.',
  })
}
