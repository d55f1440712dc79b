import { constants, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Whether every user of this machine may enter all the folders that lead to a path. */
export function everyoneCanReach(path: string): boolean {
  for (let at = dirname(path); at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & constants.S_IXOTH) === 0) return false
  }
  return true
}
