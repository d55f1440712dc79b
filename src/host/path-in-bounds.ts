import { lstatSync, realpathSync } from 'node:fs'
import { basename, dirname, join, parse, resolve } from 'node:path'
import { hasCode } from '../errors.ts'
import { type Message, say } from '../texts/message.ts'
import { isBelow } from './files-at.ts'
import type { Host } from './host.ts'

type Bounds = Pick<Host, 'home' | 'cwd'>

/** Where containers and services are handed their secrets: root alone can write there. */
export const secretFolders = ['/run/secrets', '/run/credentials']

/**
 * A path out of a file that may be somebody else's, as an absolute one; `~` is the home, and what is relative begins at
 * `base`. With all links followed it must lie in the home, in the folder that the command runs in, or in one of `others`:
 * else, and for the home of another user, there is a fault instead.
 */
export function pathInBounds(
  text: string,
  base: string,
  { home, cwd }: Bounds,
  others: readonly string[] = [],
): { readonly path: string } | { readonly fault: Message } {
  if (/^~[^/\\]/.test(text)) return { fault: say('setup-file.path-user', { path: text }) }
  if (text.includes('\0')) return { fault: say('setup-file.path-outside', { path: text }) }
  const path = resolve(
    base,
    text.replace(/^~(?=$|[/\\])/, () => home),
  )
  const real = followLinks(path)
  // A command may be run anywhere: the root, or the folder of all homes, would open everything.
  const isProject = parse(cwd).root !== cwd && !isBelow(home, cwd)
  const roots = [home, ...(isProject ? [cwd] : []), ...others].map((root) => followLinks(root) ?? root)
  const isInside = real !== undefined && roots.some((root) => real === root || isBelow(real, root))
  return isInside ? { path } : { fault: say('setup-file.path-outside', { path }) }
}

/** The path with links followed, as far as it is there; undefined where a link leads to nothing, or in a circle. */
function followLinks(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || isLink(path)) return undefined
    const above = dirname(path)
    const real = above === path ? above : followLinks(above)
    return real === undefined ? undefined : join(real, basename(path))
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
}
