import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { oneToolOfEachKind } from '../support/every-tool.ts'
import { type HomeTree, readTree, usersPart } from '../support/home-tree.ts'
import { fillRichHome } from '../support/rich-home.ts'
import { type ProgramFault, startProgram } from './program.ts'
import { restoreTree } from './restore-tree.ts'
import { type Call, readTrace } from './trace.ts'

/** A command about to run in a home that has files of every tool, and what its end has to be. */
export interface Scene {
  readonly home: string
  /** Everything at the start, our state too. */
  readonly start: HomeTree
  readonly args: readonly string[]
  /** What goes wrong on purpose in every run of it. */
  readonly fault: ProgramFault
  /** What the user has when the command did nothing, and when it did all. */
  readonly old: HomeTree
  readonly new: HomeTree
  /** Whether the command ends with everything new when nothing else goes wrong. */
  readonly succeeds: boolean
  /** What the user has after the next run of the same command, and after an undo of that. */
  readonly next: HomeTree
  readonly undone: HomeTree
  drop(): void
}

export const sceneNames = ['setup', 'switch', 'remove', 'undo', 'recovery', 'rollback'] as const
export type SceneName = (typeof sceneNames)[number]

const setup = ['setup', '--tool', oneToolOfEachKind.join(','), '--yes', '--no-check']
const commands: Readonly<Record<SceneName, readonly string[]>> = {
  setup,
  switch: ['switch', 'eu', '--yes', '--no-check'],
  remove: ['remove', '--yes'],
  undo: ['undo', '--yes'],
  // The run before was killed in the middle of its renames.
  recovery: setup,
  // The disk fails in the middle of the renames.
  rollback: setup,
}

/** Plays a scene's story with the real program, in a home of its own below the temporary folder. */
export async function makeScene(name: SceneName): Promise<Scene> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-faults-')))
  const home = join(root, 'home')
  mkdirSync(home)
  fillRichHome(home)
  const rich = readTree(home)
  const middle = middleRename(await traceOf(home, setup))
  const set = readTree(home)
  const killed = async () => {
    restoreTree(home, rich)
    await startProgram(home, setup, { kill: middle })
    return readTree(home)
  }
  const start = {
    switch: set,
    remove: set,
    undo: set,
    setup: rich,
    rollback: rich,
    recovery: await killed(),
  }[name]
  restoreTree(home, start)
  const args = commands[name]
  const fault = name === 'rollback' ? { fail: middle, code: 'EIO' } : {}
  const succeeds = name !== 'rollback'
  await startProgram(home, args)
  const done = usersPart(readTree(home))
  const before = usersPart(name === 'recovery' ? rich : start)
  return {
    home,
    start,
    args,
    fault,
    old: before,
    new: done,
    succeeds,
    next: done,
    undone: before,
    drop: () => rmSync(root, { recursive: true, force: true }),
  }
}

/** The calls of a run of the real program that change the disk or flush it; the home is as after it. */
export async function traceOf(
  home: string,
  args: readonly string[],
  fault: ProgramFault = {},
): Promise<readonly Call[]> {
  const log = join(home, '..', 'trace.log')
  rmSync(log, { force: true })
  await startProgram(home, args, { ...fault, log })
  return readTrace(readFileSync(log, 'utf8'))
}

/** The index of the renaming call in the middle of those that put a file of the user's in place. */
function middleRename(trace: readonly Call[]): number {
  const changing = trace.filter(({ verb }) => verb !== 'sync')
  const renames = changing.flatMap((call, index) =>
    call.verb === 'rename' && call.path.includes('/.qcode-setup-') ? [index] : [],
  )
  return renames[renames.length >> 1] ?? 0
}
