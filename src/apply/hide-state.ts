import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stateFolder } from './state-folder.ts'
import type { Writer } from './state-lock.ts'
import { step } from './step-failure.ts'
import { replaceFile } from './write-file.ts'

/** Git takes nothing from the state folder, should it lie in a repository: backups hold keys. Throws UserError `lock-lost`. */
export async function hideState({ host, fileSystem, assertLocked }: Writer): Promise<void> {
  const file = join(stateFolder(host), '.gitignore')
  if (existsSync(file)) return
  assertLocked()
  await step(file, () => replaceFile(file, { bytes: Buffer.from('*\n'), mode: 0o600 }, fileSystem))
}
