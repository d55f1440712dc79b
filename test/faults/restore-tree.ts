import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type HomeTree, type Leaf, readTree } from '../support/home-tree.ts'

/** Makes everything below a home what it was when the tree was read, times aside. */
export function restoreTree(home: string, wanted: HomeTree): void {
  const now = withoutAliases(readTree(home))
  for (const path of Object.keys(now)) {
    if (now[path]?.kind !== wanted[path]?.kind) rmSync(join(home, path), { recursive: true, force: true })
  }
  // A folder comes before what is in it.
  for (const [path, leaf] of Object.entries(withoutAliases(wanted)).sort(byName)) {
    if (!isSameLeaf(now[path], leaf)) makeLeaf(join(home, path), leaf)
  }
}

/** The tree without what is reached through a linked folder, and stands elsewhere as itself. */
export function withoutAliases(tree: HomeTree): HomeTree {
  const links = Object.keys(tree).filter((path) => tree[path]?.kind === 'link')
  const isAlias = (path: string) => links.some((link) => path.startsWith(`${link}/`))
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !isAlias(path)))
}

/** Whether two leaves are the same but for their times; an absent one is undefined. */
export function isSameLeaf(one: Leaf | undefined, other: Leaf | undefined): boolean {
  return (
    one?.kind === other?.kind &&
    one?.mode === other?.mode &&
    one?.bytes === other?.bytes &&
    one?.target === other?.target
  )
}

function makeLeaf(path: string, { kind, mode, bytes = '', target = '' }: Leaf): void {
  if (kind === 'link') {
    rmSync(path, { force: true })
    symlinkSync(target, path)
    return
  }
  if (kind === 'folder') mkdirSync(path, { recursive: true })
  else writeFileSync(path, Buffer.from(bytes, 'latin1'))
  chmodSync(path, mode)
}

function byName([one]: [string, Leaf], [other]: [string, Leaf]): number {
  return one < other ? -1 : 1
}
