import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import lockfile from 'proper-lockfile'
import { UserError } from '../errors.ts'
import { hasCode } from '../host/has-code.ts'
import type { Host } from '../host/host.ts'
import type { FileSystem } from './file-system.ts'
import { makePrivateFolder, runsFolder, stateFolder } from './state-folder.ts'
import { step } from './step-failure.ts'

/** What the holder of the lock works with. */
export interface Writer {
  readonly host: Host
  readonly fileSystem: FileSystem
  /** Throws UserError `lock-lost` when another run took over, as after a long sleep of the machine. */
  assertLocked(): void
}

/** After this time without a sign of life a lock counts as left behind by a killed run. */
const staleMs = 5_000
const pollMs = 100

/**
 * Does the work while no other run can write. Waits longer than a killed run's lock lives, then throws
 * UserError `locked`, exit 1.
 */
export async function withStateLock<T>(
  host: Host,
  fileSystem: FileSystem,
  work: (writer: Writer) => Promise<T>,
  waitMs = staleMs + 2_000,
): Promise<T> {
  const folder = stateFolder(host)
  await step(folder, () => makePrivateFolder(runsFolder(host), fileSystem))
  let lost = false
  const release = await step(folder, () => acquire(folder, waitMs, () => (lost = true)))
  const assertLocked = () => {
    if (lost) throw lockLost()
  }
  try {
    return await work({ host, fileSystem, assertLocked })
  } finally {
    // A lock that cannot be removed goes stale by itself.
    await release().catch(() => {})
  }
}

async function acquire(
  folder: string,
  waitMs: number,
  onCompromised: () => void,
): Promise<() => Promise<void>> {
  const options = { lockfilePath: join(folder, 'lock'), stale: staleMs, onCompromised }
  for (let waited = 0; ; waited += pollMs) {
    try {
      return await lockfile.lock(folder, options)
    } catch (error) {
      if (!hasCode(error, 'ELOCKED')) throw error
      if (waited >= waitMs) throw locked(folder)
    }
    await setTimeout(pollMs)
  }
}

function locked(folder: string): UserError {
  return new UserError({
    code: 'locked',
    message: `Another qcode-setup is changing files on this machine (lock: ${join(folder, 'lock')}).`,
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
