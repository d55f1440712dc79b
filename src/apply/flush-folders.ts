import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { FileSystem } from './file-system.ts'
import { step } from './step-failure.ts'

/** Waits until what happened to these names is on the disk, in the folders that are there. */
export async function flushFolders(paths: readonly string[], fileSystem: FileSystem): Promise<void> {
  for (const folder of new Set(paths.map(dirname))) {
    if (existsSync(folder)) await step(folder, () => fileSystem.flushFolder(folder))
  }
}
