import type { Host } from '../host/host.ts'

/** A path as people write it: `~` for the home. Only for the screen. */
export function shortenHome(path: string, { home }: Pick<Host, 'home'>): string {
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}
