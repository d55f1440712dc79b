import { cpSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { listRuns } from '../../../src/apply/journal.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import type { ApplyRequest } from '../../../src/apply/run-record.ts'
import type { Host } from '../../../src/host/host.ts'
import type { FileEdit } from '../../../src/plan/plan.ts'
import { makeRenewal } from '../../../src/plan/written-keys.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { attempt } from '../../support/attempt.ts'
import { createFaultFileSystem } from '../../support/fault-file-system.ts'
import { restarted } from '../../support/test-processes.ts'
import { edit, makeHost, put, request, temporaryFiles } from './machine.ts'
import { makeHome } from './make-home.ts'

export const oldKey = `cr_${'0123456789abcdef'.repeat(4)}`
export const newKey = `cr_${'fedcba9876543210'.repeat(4)}`
export const paths = ['codex/env', 'claude/settings.json', 'aider/env'] as const
const renewal = makeRenewal([new Secret(oldKey)], new Secret(newKey), [], new Map())

export interface Scene {
  readonly home: string
  readonly host: Host
  /** The request that replaces the key in all files. */
  readonly wanted: ApplyRequest
}

/** For one test the same home again and again: its journals name their files by full paths. */
let first: { readonly scene: Scene; readonly copy: string } | undefined

export async function makeScene(): Promise<Scene> {
  if (!first) {
    const scene = await buildScene()
    const copy = join(makeHome(), 'copy')
    cpSync(scene.home, copy, { recursive: true })
    first = { scene, copy }
    onTestFinished(() => {
      first = undefined
    })
    return scene
  }
  const { scene, copy } = first
  rmSync(scene.home, { recursive: true })
  cpSync(copy, scene.home, { recursive: true })
  return scene
}

/** A home after a setup over a file of the user's, a second one, one taken back, and one that failed. */
async function buildScene(): Promise<Scene> {
  const home = makeHome()
  const host = restarted(makeHost(home))
  const at = (path: string) => join(home, path)
  const apply = (edits: readonly FileEdit[]) => applyEdits(request(host, edits), host, quick())
  put(at('aider/env'), 'MINE=ghp_of_the_user\n', 0o640)
  await apply(paths.map((path) => edit(at(path), `MINE=ghp_of_the_user\nKEY=${oldKey}\n`, 0o600)))
  await apply([edit(at('codex/env'), `URL=eu\nKEY=${oldKey}\n`)])
  await apply([edit(at('aider/env'), `URL=eu\nKEY=${oldKey}\n`)])
  await undo(host)
  const failing = createFaultFileSystem({ kind: 'fail', at: 30, code: 'EIO' }).fileSystem
  await attempt(applyEdits(request(host, [edit(at('codex/env'), 'x')]), host, failing))
  return { home, host, wanted: rotation(home, host, oldKey, newKey) }
}

export function rotation(home: string, host: Host, from: string, to: string): ApplyRequest {
  const edits = paths.map((path) => {
    const text = readFileSync(join(home, path), 'utf8')
    return edit(join(home, path), text.replace(from, to))
  })
  const { runId, ledger } = request(host, [])
  const again = makeRenewal([new Secret(from)], new Secret(to), [], new Map())
  return { runId, ledger, command: 'key', edits, renewal: from === oldKey ? renewal : again }
}

export const quick = () => createFaultFileSystem().fileSystem
export const rotate = ({ wanted, host }: Scene) => applyEdits(wanted, host, quick())

export async function undo(host: Host, id?: string): Promise<void> {
  const plan = await planUndo(host, id)
  if (plan === 'nothing-to-undo') throw new Error('the run is gone')
  await applyEdits(plan.request, host, quick())
}

/** Every file below the home, the state folder included. */
export function contents(home: string): Record<string, string> {
  const all = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(home, path)).isFile(),
  )
  return Object.fromEntries(all.sort().map((path) => [path, readFileSync(join(home, path), 'latin1')]))
}

export function holders(home: string, key: string): string[] {
  return Object.entries(contents(home)).flatMap(([path, text]) => (text.includes(key) ? [path] : []))
}

export function expectRotated({ home, host, wanted }: Scene): void {
  expect(listRuns(host).find(({ id }) => id === wanted.runId)).toMatchObject({
    state: 'done',
    renewal: { files: [] },
  })
  expect(holders(home, oldKey)).toEqual([])
  expect(temporaryFiles(home)).toEqual([])
  expect(Object.keys(contents(home)).filter((path) => path.includes('staged'))).toEqual([])
}
