import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyEdits } from '../../src/apply/apply-edits.ts'
import { createCommitter } from '../../src/apply/committer.ts'
import { createFileSystem, type FileSystem } from '../../src/apply/file-system.ts'
import { readRegistry } from '../../src/apply/user-env.ts'
import { UserError } from '../../src/errors.ts'
import { parseArguments } from '../../src/request/parse-arguments.ts'
import { commandTable } from '../support/command-table.ts'
import {
  createWindowsMachine,
  filesWith,
  type RegistryKey,
  type WindowsMachine,
} from '../support/fake-registry.ts'
import { KilledError } from '../support/fault-file-system.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { testCatalog } from '../support/test-catalog.ts'
import { testKey } from '../support/test-host.ts'
import { restarted } from '../support/test-processes.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'qcode-user-env-faults-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const setup = 'setup --tool openai-sdk --key-file - --yes --no-check --on-conflict overwrite'

const own: RegistryKey = {
  Path: { expand: '%USERPROFILE%\\bin' },
  Openai_Base_Url: { expand: 'https://%HOST%/v1' },
}

/** Each command that writes, with what has to be done before. */
const scenes: readonly [command: string, before: readonly string[]][] = [
  [setup, []],
  ['switch eu --yes --no-check', [setup]],
  ['undo --yes', [setup]],
  ['remove --yes', [setup]],
]

async function sceneOf(before: readonly string[]): Promise<WindowsMachine & { home: string }> {
  const home = mkdtempSync(join(root, 'home-'))
  const windows = createWindowsMachine(home, structuredClone(own))
  for (const line of before) await runInProcess(line, windows.host)
  return { ...windows, home }
}

/** The number of calls of the writer: every one after the one at which the program dies has no effect. */
async function runKilled(line: string, { host, faults }: WindowsMachine, at: number): Promise<number> {
  let calls = 0
  const tick = () => {
    if (calls++ >= at) throw new KilledError('killed')
  }
  const real = createFileSystem('linux')
  const verbs = Object.entries({ ...real, flush: async () => {}, flushFolder: async () => {} })
  const counted = verbs.map(([verb, work]) => [
    verb,
    async (...args: unknown[]) => {
      const real = () => (work as (...all: unknown[]) => unknown)(...args)
      // A dead process has closed its files.
      if (verb === 'close') await real()
      if (verb !== 'append') tick()
      return verb === 'close' ? undefined : real()
    },
  ])
  const fileSystem = Object.fromEntries(counted) as unknown as FileSystem
  const [name, ...rest] = line.split(' ')
  const spec = commandTable.find((each) => each.name === name)
  const apply = async (request: never) => {
    Object.assign(faults, { before: tick, after: tick })
    try {
      return await applyEdits(request, host, fileSystem)
    } finally {
      Object.assign(faults, { before: undefined, after: undefined })
    }
  }
  const committer = { ...createCommitter(host, false), apply }
  try {
    await readRegistry(host)
    await spec?.run(parseArguments(rest, spec, testCatalog), { host, catalog: testCatalog, committer })
  } catch (error) {
    if (!(error instanceof KilledError) && !(error instanceof UserError)) throw error
  }
  return calls
}

/** The next start of the program. */
function again(windows: WindowsMachine): WindowsMachine['host'] {
  const host = restarted(windows.host)
  const self = () => ({ ...host.processes.self(), pid: 4 })
  return { ...host, registry: new Map(), processes: { ...host.processes, self } }
}

/** Files for reg.exe to import with the key, and those among them that a journal has as the temporary file of a variable. */
function importFiles(home: string): { all: string[]; named: string[] } {
  const all = filesWith(home, testKey).filter(
    (path) => /\.(?:reg|tmp)$/.test(path) && !/export-[^/]*$/.test(path),
  )
  const named = all.filter((path) => {
    const journal = join(dirname(path), 'journal.json')
    return existsSync(journal) && readFileSync(journal, 'utf8').includes(JSON.stringify(path))
  })
  return { all, named }
}

describe.each(scenes)('%s', (line, before) => {
  // One ending is tried after each call, the other one after every third.
  test.each([
    ['undo', 1],
    ['finish', 3],
  ] as const)(
    'killed at any call leaves each variable old or new, and %s ends it',
    async (ending, stride) => {
      const scene = await sceneOf(before)
      const old = structuredClone(scene.user)
      const all = await runKilled(line, scene, Number.POSITIVE_INFINITY)
      const wanted = structuredClone(scene.user)
      expect(wanted).not.toEqual(old)
      let endedWithKey = 0
      let met = 0
      for (let at = 0; at < all; at += stride) {
        const killed = await sceneOf(before)
        await runKilled(line, killed, at)
        for (const name of new Set([...Object.keys(old), ...Object.keys(wanted)])) {
          const now = JSON.stringify(killed.user[name])
          expect([JSON.stringify(old[name]), JSON.stringify(wanted[name])], `${name} at ${at}`).toContain(now)
        }
        const { all: waiting, named } = importFiles(killed.home)
        expect(named, `at ${at}`).toEqual(waiting)
        met += named.length
        const host = again(killed)
        await runInProcess('status', host)
        const state = join(killed.home, 'local/qcode-setup')
        const left = readdirSync(killed.home, { recursive: true, encoding: 'utf8' })
        expect(
          left.filter((name) => name.endsWith('.reg')),
          `at ${at} of ${state}`,
        ).toEqual([])
        const ended = await runInProcess(`${setup} --recover ${ending}`, host)
        const isUnfinishable = ended.exit === 1 && ended.text.includes('undo')
        if (named.length > 0 && !isUnfinishable) endedWithKey++
        if (isUnfinishable) await runInProcess(setup, host)
        else expect(ended.exit, `at ${at}: ${ended.text}`).toBe(0)
        expect(importFiles(killed.home).all, `at ${at}`).toEqual([])
        expect(killed.user.OPENAI_API_KEY, `at ${at}`).toEqual({ sz: testKey })
        const removed = await runInProcess('remove --yes', host)
        expect(removed.exit, removed.text).toBe(0)
        expect(killed.user, `at ${at}`).toEqual(own)
        // Backups of runs that can be undone may have it, as those of files have.
        expect(importFiles(killed.home).all).toEqual([])
      }
      // Only setup writes the key.
      expect(met > 0, `${met} files with the key were met`).toBe(line === setup)
      expect(endedWithKey > 0).toBe(line === setup)
    },
    120_000,
  )
})
