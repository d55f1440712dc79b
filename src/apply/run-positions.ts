import type { Host } from '../host/host.ts'
import { keychainTitle, openKeychain } from '../secrets/keychain.ts'
import { type FilePosition, filePosition } from './file-position.ts'
import { keychainPosition } from './keychain-position.ts'
import type { RecordedKeychain, RunRecord } from './run-record.ts'

/** Where everything of a run stands now; `unknown` is a keychain that cannot be read. */
export interface RunPosition {
  /** A path, or the keychain's title. */
  readonly what: string
  readonly position: FilePosition | 'unknown'
}

/** Files first, in the run's order. */
export async function runPositions({ files, keychain }: RunRecord, host: Host): Promise<RunPosition[]> {
  return [
    ...files.map((file) => ({ what: file.path, position: filePosition(file, host.platform) })),
    ...(keychain ? [{ what: keychainTitle, position: await positionNow(keychain, host) }] : []),
  ]
}

/** Whether everything stands as before the run. */
export async function isUntouched(run: RunRecord, host: Host): Promise<boolean> {
  return (await runPositions(run, host)).every(({ position }) => position === 'old')
}

/** The names of all that a run changes, for people. */
export function runTargets({ files, keychain }: Pick<RunRecord, 'files' | 'keychain'>): string[] {
  return changeTargets({ edits: files, keychain })
}

/** The same of a run that is only planned. */
export function changeTargets({
  edits,
  keychain,
}: {
  readonly edits: readonly { readonly path: string }[]
  readonly keychain?: unknown
}): string[] {
  return [...edits.map(({ path }) => path), ...(keychain ? [keychainTitle] : [])]
}

async function positionNow(recorded: RecordedKeychain, host: Host): Promise<RunPosition['position']> {
  try {
    return await keychainPosition(recorded, await openKeychain(host))
  } catch {
    return 'unknown'
  }
}
