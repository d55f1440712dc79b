import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'rolldown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { finishRun, rollBackRun } from '../../../src/apply/committer.ts'
import { findUnfinishedRun } from '../../../src/apply/journal.ts'
import { stateFolder } from '../../../src/apply/state-folder.ts'
import { withFullPaths } from '../../support/with-full-paths.ts'
import { edit, makeHost, put, request, snapshot, temporaryFiles } from '../../unit/apply/machine.ts'
import { makeHome } from '../../unit/apply/make-home.ts'

/** Writes `new` into the named files of a home, as a program of its own; may kill itself before a rename. */
const program = `
import { join } from 'node:path'
import { applyEdits } from './src/apply/apply-edits.ts'
import { createFileSystem } from './src/apply/file-system.ts'
import { edit, makeHost, request } from './test/unit/apply/machine.ts'

const [home, killBefore, ...names] = process.argv.slice(2)
const host = makeHost(home)
const real = createFileSystem('linux')
const rename = (from, to) => {
  if (to.endsWith(killBefore)) process.kill(process.pid, 'SIGKILL')
  return real.rename(from, to)
}
const run = async () => {
  const edits = names.map((name) => edit(join(home, name), 'new'))
  await applyEdits(request(host, edits), host, { ...real, rename })
}
run().then(() => 'done', (error) => error.code ?? String(error)).then(console.log)
`

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-writer-')))
const bundle = join(folder, 'writer.cjs')

beforeAll(async () => {
  const source = join(folder, 'program.ts')
  writeFileSync(source, withFullPaths(program))
  await build({
    input: source,
    platform: 'node',
    output: { file: bundle, format: 'cjs', codeSplitting: false },
  })
  chmodSync(folder, 0o755)
  chmodSync(bundle, 0o644)
})
afterAll(() => rmSync(folder, { recursive: true }))

const names = ['one', 'two', 'three']

describe('a program that is killed with SIGKILL between two renames', () => {
  const killed = () => {
    const home = makeHome()
    for (const name of names) put(join(home, name), 'old')
    expect(write(home, names, { killBefore: 'two' }).signal).toBe('SIGKILL')
    const lock = join(stateFolder(makeHost(home)), 'lock')
    utimesSync(lock, new Date(0), new Date(0))
    return { home, host: makeHost(home) }
  }
  const texts = (home: string) => names.map((name) => snapshot(home)[name]?.split(' ').at(-1))

  test.each([
    { recover: rollBackRun, text: 'old' },
    { recover: finishRun, text: 'new' },
  ])('every file is $text after recovery', async ({ recover, text }) => {
    const { home, host } = killed()
    expect(texts(home)).toEqual(['new', 'old', 'old'])
    const run = findUnfinishedRun(host)
    await recover(host, run?.id ?? '')
    expect(texts(home)).toEqual([text, text, text])
    expect(temporaryFiles(home)).toEqual([])
    const next = makeHost(home)
    next.randomId()
    await applyEdits(request(next, [edit(join(home, 'one'), 'next')]), next)
    expect(texts(home)[0]).toBe('next')
  })
})

/** Root may do everything, so these start the program as another user. */
describe.runIf(process.getuid?.() === 0)('a user without the rights', () => {
  const nobody = 65_534
  const ownHome = () => {
    const home = makeHome()
    chownSync(home, nobody, nobody)
    return home
  }
  const cases: [string, string, (home: string) => void][] = [
    ['can write own files', 'done', (home) => putOwn(join(home, 'file'), 0o600)],
    ['can make new files', 'done', () => {}],
    ['cannot read a private file', 'not-readable', (home) => put(join(home, 'file'), 'old', 0o600)],
    ['cannot write a public file', 'not-writable', (home) => put(join(home, 'file'), 'old', 0o644)],
    ['cannot keep another owner', 'owner-not-kept', (home) => put(join(home, 'file'), 'old', 0o666)],
  ]
  const putOwn = (path: string, mode: number) => {
    put(path, 'old', mode)
    chownSync(path, nobody, nobody)
  }

  test.each(cases)('%s: %s', (_name, answer, prepare) => {
    const home = ownHome()
    prepare(home)
    const before = snapshot(home)
    expect(write(home, ['file'], { uid: nobody }).stdout.trim()).toBe(answer)
    if (answer === 'done') expect(snapshot(home).file).toBe(`file 600 ${nobody}:${nobody} new`)
    else expect(snapshot(home)).toEqual(before)
  })

  test('cannot write into a folder, or look into one', () => {
    const home = ownHome()
    mkdirSync(join(home, 'public'), { mode: 0o755 })
    mkdirSync(join(home, 'private'), { mode: 0o700 })
    const before = snapshot(home)
    expect(write(home, ['public/file'], { uid: nobody }).stdout.trim()).toBe('not-writable')
    expect(write(home, ['public/new/file'], { uid: nobody }).stdout.trim()).toBe('not-writable')
    expect(write(home, ['private/file'], { uid: nobody }).stdout.trim()).toBe('not-readable')
    expect(snapshot(home)).toEqual(before)
  })

  test('cannot use a state folder of somebody else', () => {
    const home = ownHome()
    mkdirSync(join(home, '.local'), { mode: 0o755 })
    expect(write(home, ['file'], { uid: nobody }).stdout.trim()).toBe('write-failed')
    expect(snapshot(home)).toEqual({})
  })
})

function write(home: string, names: readonly string[], options: { killBefore?: string; uid?: number } = {}) {
  const { killBefore = 'never', uid } = options
  const identity = uid === undefined ? {} : { uid, gid: uid }
  return spawnSync(process.execPath, [bundle, home, killBefore, ...names], { encoding: 'utf8', ...identity })
}
