import { writeOutBreaks } from '../errors.ts'
import type { Host } from '../host/host.ts'

/** A path as people write it, on one line: `~` for the home. Only for the screen. */
export function shortenHome(path: string, { home }: Pick<Host, 'home'>): string {
  return writeOutBreaks(path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path)
}
