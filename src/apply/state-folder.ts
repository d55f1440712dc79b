import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { hasCode } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { FileSystem } from './file-system.ts'

/**
 * Where backups, journal and ledger live: `$XDG_STATE_HOME/qcode-setup` when that is absolute, on Windows
 * `%LOCALAPPDATA%\qcode-setup`, elsewhere `~/.local/state/qcode-setup`.
 */
export function stateFolder(host: Host): string {
  const { XDG_STATE_HOME, LOCALAPPDATA } = host.env
  if (XDG_STATE_HOME && isAbsolute(XDG_STATE_HOME)) return join(XDG_STATE_HOME, 'qcode-setup')
  if (host.platform === 'win32') {
    return join(LOCALAPPDATA || join(host.home, 'AppData', 'Local'), 'qcode-setup')
  }
  return join(host.home, '.local', 'state', 'qcode-setup')
}

/** A folder for each run, named by its id. */
export function runsFolder(host: Host): string {
  return join(stateFolder(host), 'runs')
}

/** Makes a private folder and the parents that are missing; one that is there stays as it is. */
export async function makePrivateFolder(path: string, fileSystem: FileSystem): Promise<void> {
  if (existsSync(path)) return
  await makePrivateFolder(dirname(path), fileSystem)
  await fileSystem.makeFolder(path, 0o700).catch((error) => {
    // Another run was faster.
    if (!hasCode(error, 'EEXIST')) throw error
  })
  await fileSystem.flushFolder(dirname(path))
}
