import { findUnfinishedRun, listRuns } from '../../src/apply/journal.ts'
import type { RunRecord } from '../../src/apply/state-schemas.ts'
import type { Host } from '../../src/host/host.ts'
import { type HomeTree, readTree, stateBelowHome, usersPart } from '../support/home-tree.ts'
import { isSameLeaf } from './restore-tree.ts'
import type { Scene } from './scenes.ts'

/** Every file of the user's is whole: as before the run or as after it. Folders may be there early or late. */
export function expectOldOrNew({ home, old, new: wanted }: Scene): void {
  const now = usersPart(readTree(home))
  for (const path of allPaths(now, old, wanted)) {
    if (isTemporary(path)) continue
    if (isSameLeaf(now[path], old[path]) || isSameLeaf(now[path], wanted[path])) continue
    throw new Error(`${path} is neither old nor new: ${JSON.stringify(now[path])}`)
  }
}

/** The user has exactly this, and no temporary file is left anywhere. */
export function expectWhole(home: string, wanted: HomeTree, what: string): void {
  const tree = readTree(home)
  expectSame(usersPart(tree), wanted, what)
  expectNone(tree, isTemporary, what)
}

/** A run that wrote has left nothing of a lock, not even of a dead one. */
export function expectNoLock(home: string): void {
  expectNone(readTree(home), (path) => path.startsWith(`${stateBelowHome}/lock`), 'after a run that wrote')
}

function expectNone(tree: HomeTree, is: (path: string) => boolean, what: string): void {
  const left = Object.keys(tree).filter(is)
  if (left.length > 0) throw new Error(`${what}: left behind ${left.join(', ')}`)
}

/** The user's files are these; folders and temporary files may be on their way. */
export function expectFiles(home: string, wanted: HomeTree, what: string): void {
  const now = usersPart(readTree(home))
  const isFile = (path: string) => !isTemporary(path) && !isFolder(path, now, wanted)
  const wrong = allPaths(now, wanted).filter((path) => isFile(path) && !isSameLeaf(now[path], wanted[path]))
  if (wrong.length > 0) throw new Error(`${what}, yet not as it should be: ${wrong.join(', ')}`)
}

/** What the journal says of the scene's run is what stands on the disk. */
export function expectTrueJournal(scene: Scene, host: Host): void {
  const state = runOf(scene, host)?.state ?? 'no run'
  if (state === 'done') expectWhole(scene.home, scene.new, 'a run that is done')
  else if (state !== 'committing' && !isMixed(scene)) expectFiles(scene.home, scene.old, state)
}

/** All runs have ended, and their numbers have neither gaps nor doubles. */
export function expectSettled(host: Host): void {
  const open = findUnfinishedRun(host)
  if (open) throw new Error(`run ${open.id} is ${open.state}`)
  const numbers = listRuns(host).map(({ sequence }) => sequence)
  numbers.forEach((number, index) => {
    if (number !== index + 1) throw new Error(`the journal's numbers are ${numbers.join(' ')}`)
  })
}

/** The run that the scene's command made, if it came so far. */
function runOf({ start }: Scene, host: Host): RunRecord | undefined {
  return listRuns(host).findLast(({ id }) => !(`${stateBelowHome}/runs/${id}` in start))
}

/** A scene that starts between old and new. */
function isMixed({ start, old }: Scene): boolean {
  return Object.keys(old).some((path) => !isSameLeaf(old[path], start[path]))
}

function expectSame(now: HomeTree, wanted: HomeTree, what: string): void {
  const wrong = allPaths(now, wanted).filter((path) => !isSameLeaf(now[path], wanted[path]))
  if (wrong.length > 0) throw new Error(`${what}: not as it should be: ${wrong.join(', ')}`)
}

function allPaths(...trees: readonly HomeTree[]): string[] {
  return [...new Set(trees.flatMap((tree) => Object.keys(tree)))]
}

function isFolder(path: string, ...trees: readonly HomeTree[]): boolean {
  return trees.some((tree) => tree[path]?.kind === 'folder')
}

function isTemporary(path: string): boolean {
  return path.endsWith('.tmp') || path.includes('/.qcode-setup-')
}
