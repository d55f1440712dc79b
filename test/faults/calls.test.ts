import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { FileSystem } from '../../src/apply/file-system.ts'
import type { UserError } from '../../src/errors.ts'
import { createFaultFileSystem, type Fault } from '../support/fault-file-system.ts'
import { type HomeTree, readTree } from '../support/home-tree.ts'
import {
  expectFiles,
  expectNoLock,
  expectOldOrNew,
  expectSettled,
  expectTrueJournal,
  expectWhole,
} from './laws.ts'
import { createMachine, type Machine } from './machine.ts'
import { restoreTree } from './restore-tree.ts'
import { makeScene, type Scene } from './scenes.ts'
import { tryAll } from './try-all.ts'
import { undoLast } from './undo-last.ts'

/** What the commands get as their file system. */
const given = vi.hoisted(() => ({ fileSystem: undefined as FileSystem | undefined }))

vi.mock('../../src/apply/file-system.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/apply/file-system.ts')>()
  return { ...original, createFileSystem: () => given.fileSystem ?? original.createFileSystem('linux') }
})
const { createFileSystem } = await vi.importActual<typeof import('../../src/apply/file-system.ts')>(
  '../../src/apply/file-system.ts',
)

/** Runs the scene's command with a fault, and another program at work before each call. */
async function runWith(
  fault: Fault,
  { home, start, args }: Scene,
  machine: Machine,
  before: (index: number) => void = () => {},
) {
  restoreTree(home, start)
  machine.reset()
  const real = createFileSystem('linux')
  const faulty = createFaultFileSystem(fault, real)
  const busy = Object.entries(faulty.fileSystem).map(([verb, work]) => [
    verb,
    (...given: never[]) => {
      before(faulty.calls.length)
      return (work as (...args: never[]) => unknown)(...given)
    },
  ])
  given.fileSystem = Object.fromEntries(busy)
  const error = await machine.run(...args)
  given.fileSystem = undefined
  return { error, ...faulty }
}

/** Every call fails in turn, in every way that it can. */
async function faultsIn(scene: Scene, machine: Machine): Promise<Fault[]> {
  const { calls } = await runWith({ kind: 'none' }, scene, machine)
  return calls.flatMap(({ verb }, at): Fault[] => [
    { kind: 'fail', at, code: 'EIO' },
    { kind: 'fail', at, code: 'EACCES' },
    ...(verb === 'rename' ? [{ kind: 'fail', at, code: 'EXDEV' } as const] : []),
    { kind: 'disk-full', from: at },
    { kind: 'read-only', from: at },
  ])
}

function expectTold(scene: Scene, error: UserError | undefined, { kind }: Fault): void {
  if (error === undefined) {
    expectWhole(scene.home, scene.new, 'a run without an error')
    return
  }
  expect(['write-failed', 'rollback-failed']).toContain(error.code)
  if (!error.message.includes('Nothing was changed')) return
  // On a disk that has become read-only nothing can be removed any more.
  const expectOld = kind === 'read-only' ? expectFiles : expectWhole
  expectOld(scene.home, scene.old, error.message)
}

test.each(['setup', 'switch', 'remove', 'undo', 'recovery'] as const)(
  '%s: any call fails, once or from then on: all or nothing, told as it is, and the next run works',
  async (name) => {
    const scene = await makeScene(name)
    const machine = createMachine(scene.home)
    const seen = new Set<string>()
    const faults = await faultsIn(scene, machine)
    const tried = await tryAll('injections', faults, async (fault) => {
      const { error, fired } = await runWith(fault, scene, machine)
      expectOldOrNew(scene)
      expectTrueJournal(scene, machine.host)
      expectTold(scene, error, fault)
      if (!fired()) expect(error).toBeUndefined()
      // From the same disk the same follows.
      const disk = hash(scene.home)
      if (seen.has(disk)) return
      seen.add(disk)
      expect(await machine.run(...scene.args)).toBeUndefined()
      expectWhole(scene.home, scene.next, 'after the next run')
      expectSettled(machine.host)
      await undoLast(machine)
      expectWhole(scene.home, scene.undone, 'after undo')
      expectNoLock(scene.home)
    })
    expect(tried).toBeGreaterThan(400)
    scene.drop()
  },
)

const theirs = 'somebody else was here'

test.each(['.claude/settings.json', '.bashrc', '.config/qcode-setup/env.sh'])(
  'another program writes %s before any call: its bytes stay, and all else is old or all else is new',
  async (path) => {
    const scene = await makeScene('setup')
    const { home } = scene
    const machine = createMachine(home)
    const { calls } = await runWith({ kind: 'none' }, scene, machine)
    const file = realpathSync(join(home, path))
    // From the last look at a file to its renaming no call is made: that one moment cannot be told from the next.
    const points = calls.flatMap(({ to }, index) => (to === file ? [] : [index]))
    await tryAll('injections', points, async (at) => {
      let isWritten = false
      const { error } = await runWith({ kind: 'none' }, scene, machine, (index) => {
        if (index !== at || !existsSync(dirname(file))) return
        writeFileSync(file, theirs)
        isWritten = true
      })
      if (!isWritten) return expectTold(scene, error, { kind: 'none' })
      expect(readFileSync(file, 'utf8')).toBe(theirs)
      expectFiles(home, withFileOfNow(error ? scene.old : scene.new, file, home), `all but ${path}`)
      expect(error?.code ?? 'changed-since-plan').toBe('changed-since-plan')
      expect(temporariesIn(home)).toEqual([])
    })
    scene.drop()
  },
)

/** The tree with one file as it is now, under all of its names. */
function withFileOfNow(tree: HomeTree, file: string, home: string): HomeTree {
  const isFile = (path: string) => existsSync(join(home, path)) && realpathSync(join(home, path)) === file
  const now = Object.entries(readTree(home)).filter(([path]) => isFile(path))
  return { ...tree, ...Object.fromEntries(now) }
}

function temporariesIn(home: string): string[] {
  return Object.keys(readTree(home)).filter((path) => path.endsWith('.tmp'))
}

function hash(home: string): string {
  const leaves = Object.entries(readTree(home)).map(([path, { mtimeNs: _, ...leaf }]) => [path, leaf])
  return createHash('sha256').update(JSON.stringify(leaves)).digest('hex')
}
