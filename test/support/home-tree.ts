import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** What stands at one path below a home; bytes as latin1, so that all 256 values are told apart. */
export interface Leaf {
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly mode: number
  readonly bytes?: string
  readonly target?: string
  readonly mtimeNs?: bigint
}

export type HomeTree = Readonly<Record<string, Leaf>>

/** Where the program keeps its journal and backups below a home. */
export const stateBelowHome = '.local/state/qcode-setup'

/** Everything below a home by its path, modes and times of change included; no link is followed. */
export function readTree(home: string): HomeTree {
  const paths = readdirSync(home, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(paths.map((path) => [path, readLeaf(join(home, path))]))
}

/** The same without times, and without the program's own state and the folders that were made for it. */
export function usersPart(tree: HomeTree): HomeTree {
  const entries = Object.entries(tree).filter(
    ([path]) =>
      !path.startsWith('.local') || (path.startsWith('.local/') && !path.startsWith('.local/state')),
  )
  return Object.fromEntries(entries.map(([path, { mtimeNs: _, ...leaf }]) => [path, leaf]))
}

function readLeaf(path: string): Leaf {
  const stat = lstatSync(path, { bigint: true })
  const mode = Number(stat.mode & 0o7777n)
  if (stat.isSymbolicLink()) return { kind: 'link', mode, target: readlinkSync(path) }
  // A folder's time changes with its entries, which are here themselves.
  if (stat.isDirectory()) return { kind: 'folder', mode }
  // Reading a pipe would wait for ever.
  if (!stat.isFile()) return { kind: 'other', mode }
  return { kind: 'file', mode, bytes: readFileSync(path, 'latin1'), mtimeNs: stat.mtimeNs }
}
