import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Host } from './host.ts'

/** The absolute path of a program in PATH, or undefined. */
export function findProgram(name: string, host: Pick<Host, 'env' | 'platform'>): string | undefined {
  const endings = host.platform === 'win32' ? ['.cmd', '.exe', ''] : ['']
  const folders = (host.env.PATH ?? '').split(delimiter).filter(Boolean)
  return folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))).find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
