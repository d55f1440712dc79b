import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Target } from './check-targets.ts'
import type { RecordedFolder } from './run-record.ts'

/** The folders that the targets' files need and the `removed` ones, as far as they do not exist, parents first. */
export function missingFolders(
  targets: readonly Target[],
  removed: readonly RecordedFolder[] = [],
): RecordedFolder[] {
  const modes = new Map<string, number>()
  for (const { edit, now } of targets) {
    if (edit.after.kind === 'absent') continue
    const mode = folderMode(edit.after.mode)
    for (const path of missingParents(now.resolvedPath)) modes.set(path, (modes.get(path) ?? 0) | mode)
  }
  for (const { path, mode } of removed.filter((folder) => !existsSync(folder.path))) {
    for (const parent of missingParents(path)) modes.set(parent, modes.get(parent) ?? mode)
    modes.set(path, mode)
  }
  const folders = [...modes].map(([path, mode]) => ({ path, mode }))
  return folders.sort((one, other) => one.path.length - other.path.length)
}

/** A folder is private when every file in it is; the umask takes its part from the other ones. */
function folderMode(fileMode: number): number {
  return (fileMode & 0o077) === 0 ? 0o700 : 0o755
}

function missingParents(path: string): string[] {
  const parent = dirname(path)
  return existsSync(parent) ? [] : [parent, ...missingParents(parent)]
}
