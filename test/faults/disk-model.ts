import { basename, dirname, relative } from 'node:path'
import type { HomeTree, Leaf } from '../support/home-tree.ts'
import { withoutAliases } from './restore-tree.ts'
import type { Call } from './trace.ts'

interface Content {
  readonly mode: number
  readonly bytes: Buffer
}

interface File {
  readonly kind: 'file'
  written: Content
  flushed: Content
}

interface Folder {
  readonly kind: 'folder'
  readonly mode: number
  readonly names: Map<string, Node>
  /** The names that a loss of power leaves for certain, and what happened to them since. */
  readonly flushed: Map<string, Node>
  pending: Change[]
}

interface Link {
  readonly kind: 'link'
  readonly leaf: Leaf
}

type Node = File | Folder | Link
type Names = Map<string, Node>

interface Change {
  /** Counts the changes of all names from 1. */
  readonly number: number
  readonly apply: (names: Names) => void
}

/** How a loss of power decides about what was not flushed. */
export interface Fate {
  readonly name: string
  /** Whether a change of a name has reached the disk; `last` is the number of the latest one. */
  readonly keepsName: (number: number, last: number) => boolean
  /** What is there of a file. */
  readonly keepsContent: (file: File) => Content
}

/**
 * A disk that keeps or loses every change that was not flushed, each on its own: content and mode of a file until the
 * file is flushed, a name until its folder is. That is stricter than any real file system.
 */
export class ModelDisk {
  private readonly root = newFolder(0o755)
  private readonly home: string
  private changes = 0

  constructor(home: string, start: HomeTree) {
    this.home = home
    for (const [path, leaf] of Object.entries(withoutAliases(start)).sort(([one], [other]) =>
      one < other ? -1 : 1,
    )) {
      const node = nodeOf(leaf)
      this.parentOf(path).names.set(basename(path), node)
      this.parentOf(path).flushed.set(basename(path), node)
    }
  }

  /** Does what the program did. */
  play(call: Call): void {
    if (call.verb === 'failed' || call.verb === 'chown') return
    const path = relative(this.home, call.path)
    if (call.verb === 'sync') flush(this.find(path))
    else if (call.verb === 'create') this.set(path, newFile(call.mode))
    else if (call.verb === 'mkdir') this.set(path, newFolder(call.mode))
    else if (call.verb === 'rename') this.rename(path, relative(this.home, call.to))
    else if (call.verb === 'unlink' || call.verb === 'rmdir') this.remove(path)
    else this.write(path, (file) => written(file, call))
  }

  /** What a loss of power leaves now. */
  lose(fate: Fate): HomeTree {
    const leaves: [string, Leaf][] = []
    const visit = (folder: Folder, path: string) => {
      const names = new Map(folder.flushed)
      for (const { number, apply } of folder.pending) if (fate.keepsName(number, this.changes)) apply(names)
      for (const [name, node] of names) {
        leaves.push([path + name, leafOf(node, fate)])
        if (node.kind === 'folder') visit(node, `${path}${name}/`)
      }
    }
    visit(this.root, '')
    return Object.fromEntries(leaves.sort(([one], [other]) => (one < other ? -1 : 1)))
  }

  private set(path: string, node: Node): void {
    this.change(path, (names) => names.set(basename(path), node))
  }

  private remove(path: string): void {
    this.change(path, (names) => names.delete(basename(path)))
  }

  private rename(from: string, to: string): void {
    if (dirname(from) !== dirname(to)) throw new Error(`${from} was renamed into another folder`)
    const node = this.find(from)
    this.change(from, (names) => {
      names.delete(basename(from))
      names.set(basename(to), node)
    })
  }

  private change(path: string, apply: (names: Names) => void): void {
    const folder = this.parentOf(path)
    apply(folder.names)
    folder.pending.push({ number: ++this.changes, apply })
  }

  private write(path: string, change: (now: Content) => Content): void {
    const file = this.find(path)
    if (file.kind !== 'file') throw new Error(`${path} is no file`)
    file.written = change(file.written)
  }

  private find(path: string): Node {
    if (path === '') return this.root
    const node = this.parentOf(path).names.get(basename(path))
    if (!node) throw new Error(`${path} is not on the modelled disk`)
    return node
  }

  private parentOf(path: string): Folder {
    const parent = this.find(dirname(path) === '.' ? '' : dirname(path))
    if (parent.kind !== 'folder') throw new Error(`${dirname(path)} is no folder`)
    return parent
  }
}

function written({ mode, bytes }: Content, call: Call): Content {
  if (call.verb === 'chmod') return { mode: call.mode, bytes }
  if (call.verb === 'writeFile')
    return { mode, bytes: Buffer.concat([bytes, Buffer.from(call.data, 'base64')]) }
  throw new Error(`${call.verb} writes nothing`)
}

function flush(node: Node): void {
  if (node.kind === 'file') node.flushed = node.written
  if (node.kind !== 'folder') return
  for (const { apply } of node.pending) apply(node.flushed)
  node.pending = []
}

function newFile(mode: number, bytes: Buffer = Buffer.alloc(0)): File {
  const content = { mode, bytes }
  return { kind: 'file', written: content, flushed: content }
}

function newFolder(mode: number): Folder {
  return { kind: 'folder', mode, names: new Map(), flushed: new Map(), pending: [] }
}

function nodeOf(leaf: Leaf): Node {
  if (leaf.kind === 'folder') return newFolder(leaf.mode)
  if (leaf.kind === 'link') return { kind: 'link', leaf }
  return newFile(leaf.mode, Buffer.from(leaf.bytes ?? '', 'latin1'))
}

function leafOf(node: Node, fate: Fate): Leaf {
  if (node.kind === 'link') return node.leaf
  if (node.kind === 'folder') return { kind: 'folder', mode: node.mode }
  const { mode, bytes } = node.flushed === node.written ? node.flushed : fate.keepsContent(node)
  return { kind: 'file', mode, bytes: bytes.toString('latin1') }
}
