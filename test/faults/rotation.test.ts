import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { FileSystem } from '../../src/apply/file-system.ts'
import { listRuns } from '../../src/apply/journal.ts'
import { UserError } from '../../src/errors.ts'
import { oneToolOfEachKind } from '../support/every-tool.ts'
import { createFaultFileSystem, type Fault, KilledError } from '../support/fault-file-system.ts'
import { type HomeTree, readTree, usersPart } from '../support/home-tree.ts'
import { fillRichHome } from '../support/rich-home.ts'
import { sampleKey } from '../support/run-program.ts'
import { expectSettled } from './laws.ts'
import { createMachine, type Machine } from './machine.ts'
import { isSameLeaf, restoreTree } from './restore-tree.ts'
import { tryAll } from './try-all.ts'

/** What the commands get as their file system. */
const given = vi.hoisted(() => ({ fileSystem: undefined as FileSystem | undefined }))

vi.mock('../../src/apply/file-system.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/apply/file-system.ts')>()
  return { ...original, createFileSystem: () => given.fileSystem ?? original.createFileSystem('linux') }
})

const newKey = `cr_${'fedcba98'.repeat(8)}`
const drops: (() => void)[] = []
afterEach(() => {
  for (const drop of drops.splice(0)) drop()
})

/** A tool of each kind in a home that had files of all, several runs later, and the command that replaces the key. */
interface Scene {
  readonly home: string
  readonly machine: Machine
  readonly start: HomeTree
  readonly args: readonly string[]
  /** The user's files when all is done. */
  readonly done: HomeTree
}

async function makeScene(): Promise<Scene> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-faults-')))
  drops.push(() => rmSync(root, { recursive: true, force: true }))
  const home = join(root, 'home')
  mkdirSync(home)
  fillRichHome(home)
  writeFileSync(join(root, 'key'), `${newKey}\n`, { mode: 0o600 })
  const machine = createMachine(home)
  const play = async (...args: readonly string[]) => expect(await machine.run(...args)).toBeUndefined()
  await play('setup', '--tool', oneToolOfEachKind.join(','), '--yes', '--no-check')
  await play('switch', 'eu', '--yes', '--no-check')
  await play('setup', '--tool', 'codex,aider', '--region', 'asia', '--yes', '--no-check')
  await play('undo', '--yes')
  const start = readTree(home)
  const args = ['key', 'rotate', '--key-file', join(root, 'key'), '--yes', '--no-check']
  await play(...args)
  return { home, machine, start, args, done: usersPart(readTree(home)) }
}

async function runWith(fault: Fault, { home, start, args, machine }: Scene) {
  restoreTree(home, start)
  const faulty = createFaultFileSystem(fault)
  given.fileSystem = faulty.fileSystem
  const error = await machine.run(...args).catch((thrown: unknown) => thrown)
  given.fileSystem = undefined
  return { error, ...faulty }
}

function holders(home: string): string[] {
  return Object.entries(readTree(home)).flatMap(([path, { bytes }]) =>
    bytes?.includes(sampleKey) ? [path] : [],
  )
}

/** Each file of the user's is as it was before the run or as it is after it. */
function expectOldOrNew({ home, start, done }: Scene): void {
  const [now, old] = [usersPart(readTree(home)), usersPart(start)]
  const paths = Object.keys({ ...now, ...old, ...done }).filter((path) => !path.endsWith('.tmp'))
  const between = paths.filter(
    (path) => !isSameLeaf(now[path], old[path]) && !isSameLeaf(now[path], done[path]),
  )
  expect(between).toEqual([])
}

function expectTrueState({ home, machine, start, done }: Scene): void {
  const state = listRuns(machine.host).findLast(({ command }) => command === 'key')?.state
  if (state === 'done') expect(holders(home)).toEqual([])
  if (state === 'done' || state === 'renewing') expect(withoutTemporaries(home)).toEqual(done)
  if (state === 'rolled-back') expect(usersPart(readTree(home))).toEqual(usersPart(start))
}

function withoutTemporaries(home: string): HomeTree {
  const entries = Object.entries(usersPart(readTree(home))).filter(([path]) => !path.endsWith('.tmp'))
  return Object.fromEntries(entries)
}

/** The next start of any command that writes ends what was begun; then the same command has its way. */
async function expectNextStart(scene: Scene): Promise<void> {
  const { home, machine, args, done } = scene
  const wasRenewing = listRuns(machine.host).at(-1)?.state === 'renewing'
  if (wasRenewing) {
    expect(await machine.run('lint', '--fix', '--yes')).toBeUndefined()
    expect(holders(home)).toEqual([])
  }
  expect(await machine.run(...args)).toBeUndefined()
  expect([holders(home), Object.keys(readTree(home)).filter((path) => /\.tmp$|staged/.test(path))]).toEqual([
    [],
    [],
  ])
  expect(usersPart(readTree(home))).toEqual(done)
  expectSettled(machine.host)
}

test('key rotate over a tool of each kind: any call fails, and nothing is changed, or everything', {
  timeout: 1_800_000,
}, async () => {
  const scene = await makeScene()
  const { calls } = await runWith({ kind: 'none' }, scene)
  const faults = calls.flatMap((_, at): Fault[] => [
    { kind: 'fail', at, code: 'EIO' },
    // What fails from then on differs little from one call to the next.
    ...(at % 9 === 0
      ? [{ kind: 'disk-full', from: at } as const, { kind: 'read-only', from: at } as const]
      : []),
  ])
  const ends = new Set<string>()
  await tryAll('injections', faults, async (fault) => {
    const { error } = await runWith(fault, scene)
    ends.add(error instanceof UserError ? error.code : 'none')
    expectOldOrNew(scene)
    expectTrueState(scene)
    if (error === undefined) expect(holders(scene.home)).toEqual([])
    else expect((error as Error).message).not.toContain(newKey.slice(3))
    await expectNextStart(scene)
  })
  expect([...ends].sort()).toEqual(['none', 'renewal-unfinished', 'rollback-failed', 'write-failed'])
})

test('key rotate over a tool of each kind: the program dies at any call, and the next start ends it', {
  timeout: 1_800_000,
}, async () => {
  const scene = await makeScene()
  const { calls } = await runWith({ kind: 'none' }, scene)
  const states = new Set<string | undefined>()
  await tryAll('kills', calls.keys(), async (at) => {
    const { error } = await runWith({ kind: 'kill', at }, scene)
    expect(error === undefined || error instanceof KilledError || error instanceof UserError).toBe(true)
    states.add(listRuns(scene.machine.host).findLast(({ command }) => command === 'key')?.state)
    expectOldOrNew(scene)
    expectTrueState(scene)
    await expectNextStart(scene)
  })
  expect([...states]).toEqual(expect.arrayContaining(['preparing', 'committing', 'renewing', 'done']))
})
