import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The nearest folder upwards that has a `.git`. */
export function findRepository(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return undefined
  }
}
