import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { finishRun, rollBackRun } from '../../../src/apply/committer.ts'
import type { FileSystem } from '../../../src/apply/file-system.ts'
import { findUnfinishedRun } from '../../../src/apply/journal.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import type { Host } from '../../../src/host/host.ts'
import { createFaultFileSystem, type Fault } from '../../support/fault-file-system.ts'
import { restarted } from '../../support/test-processes.ts'
import { edit, makeHost, put, request, snapshot, temporaryFiles } from '../../unit/apply/machine.ts'
import { makeHome } from '../../unit/apply/make-home.ts'

const key = 'cr_0123456789abcdef'

/** A project under git with a file of the user's, and its `.gitignore`, if it has one. */
function makeProject(gitignore?: string): { home: string; project: string; host: Host } {
  const home = makeHome()
  const project = join(home, 'project')
  put(join(project, 'README'), 'x\n')
  if (gitignore !== undefined) put(join(project, '.gitignore'), gitignore)
  git(project, 'init', '-q')
  return { home, project, host: restarted(makeHost(home)) }
}

function git(project: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: project, encoding: 'utf8', env: { PATH: process.env.PATH } })
}

/** Every untracked file that `git add -A` would take now and that holds the key. */
function taken(project: string): string[] {
  const names = git(project, 'ls-files', '-z', '--others', '--exclude-standard').split('\0').filter(Boolean)
  return names.filter((name) => readFileSync(join(project, name), 'latin1').includes(key.slice(0, 8)))
}

/** The file system that asks git after each of its calls that changes something in the project. */
function watched(fileSystem: FileSystem, project: string, seen: string[]): FileSystem {
  const opened = new Map<unknown, string>()
  const wrap = (verb: keyof FileSystem) => {
    return async (...args: unknown[]) => {
      const path = typeof args[0] === 'string' ? args[0] : (opened.get(args[0]) ?? '')
      try {
        const result = await (fileSystem[verb] as (...args: unknown[]) => Promise<unknown>)(...args)
        if (verb === 'createFile') opened.set(result, path)
        return result
      } finally {
        if (path.startsWith(project)) seen.push(...taken(project).map((name) => `${name} at ${verb} ${path}`))
      }
    }
  }
  const changing = ['createFile', 'write', 'rename', 'removeFile', 'makeFolder', 'removeFolder'] as const
  return { ...fileSystem, ...Object.fromEntries(changing.map((verb) => [verb, wrap(verb)])) }
}

/** The calls of a whole run that change something in the project, by their number. */
async function stepsIn(gitignore: string | undefined): Promise<number[]> {
  const { project, host } = makeProject(gitignore)
  const { fileSystem, calls } = createFaultFileSystem()
  await applyEdits(request(host, setUp(project)), host, fileSystem)
  const steps = calls.flatMap(({ path, verb }, index) =>
    path.startsWith(project) && !/flush|close|set/i.test(verb) ? [index] : [],
  )
  expect(steps.length).toBeGreaterThan(15)
  return steps
}

/** The key first, as a plan has it: its order must not matter. */
function setUp(project: string) {
  const gitignore = join(project, '.gitignore')
  const lines = existsSync(gitignore) ? readFileSync(gitignore, 'utf8') : ''
  return [
    edit(join(project, '.env'), `API_KEY=${key}\n`),
    edit(join(project, '.tool/settings.json'), `{"key":"${key}"}\n`),
    edit(gitignore, `${lines}/.env\n/.tool/settings.json\n`, 0o644),
  ]
}

async function runWith(fault: Fault, { project, host }: ReturnType<typeof makeProject>) {
  const seen: string[] = []
  const { fileSystem } = createFaultFileSystem(fault)
  const whole = watched(fileSystem, project, seen)
  const outcome = await applyEdits(request(host, setUp(project)), host, whole).catch((error) => error)
  return { seen, outcome }
}

describe.each([
  ['without a .gitignore', undefined],
  ['with one', 'node_modules\n'],
])('in a project under git, %s', (_, gitignore) => {
  it('no call of a run shows git the key, and nothing is left of what hid it', async () => {
    const place = makeProject(gitignore)
    expect((await runWith({ kind: 'none' }, place)).seen).toEqual([])
    expect(readFileSync(join(place.project, '.env'), 'utf8')).toContain(key)
    expect(temporaryFiles(place.home)).toEqual([])
    expect(git(place.project, 'status', '--porcelain', '-uall')).toBe('?? .gitignore\n?? README\n')
  })

  it('nor does an undo, which takes the line out after the key', async () => {
    const place = makeProject(gitignore)
    const before = snapshot(place.home)
    await runWith({ kind: 'none' }, place)
    const undo = await planUndo(place.host)
    if (undo === 'nothing-to-undo') throw new Error(undo)
    const seen: string[] = []
    await applyEdits(
      undo.request,
      place.host,
      watched(createFaultFileSystem().fileSystem, place.project, seen),
    )
    expect(seen).toEqual([])
    expect(gitless(snapshot(place.home))).toEqual(gitless(before))
  })

  it('nor does a rollback from any call that fails', async () => {
    for (const at of await stepsIn(gitignore)) {
      const place = makeProject(gitignore)
      const before = snapshot(place.home)
      const { seen, outcome } = await runWith({ kind: 'fail', at, code: 'EIO' }, place)
      expect(seen, `call ${at}`).toEqual([])
      expect(outcome, `call ${at}`).toBeInstanceOf(Error)
      if (findUnfinishedRun(place.host)) continue
      expect(gitless(snapshot(place.home)), `call ${at}`).toEqual(gitless(before))
    }
  })

  it.each([
    ['finished', finishRun],
    ['taken back', rollBackRun],
  ])('nor does a run that was killed at any call and is %s later', async (_, recover) => {
    for (const at of await stepsIn(gitignore)) {
      const place = makeProject(gitignore)
      const { seen } = await runWith({ kind: 'kill', at }, place)
      const open = findUnfinishedRun(place.host)
      if (open) {
        const { fileSystem } = createFaultFileSystem()
        await recover(place.host, open.id, watched(fileSystem, place.project, seen)).catch(() => {})
        if (!findUnfinishedRun(place.host)) expect(temporaryFiles(place.home), `call ${at}`).toEqual([])
      }
      expect(seen, `killed at call ${at}`).toEqual([])
    }
  })
})

it('git does take a key that lies there under a name of its own, so that these tests can fail', () => {
  const { project } = makeProject('/.env\n')
  writeFileSync(join(project, '.env.tmp'), key)
  expect(taken(project)).toEqual(['.env.tmp'])
})

function gitless(tree: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith('project/.git/')))
}
