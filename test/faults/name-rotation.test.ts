import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { FileSystem } from '../../src/apply/file-system.ts'
import { listRuns } from '../../src/apply/journal.ts'
import { UserError } from '../../src/errors.ts'
import type { Host, KeychainStore } from '../../src/host/host.ts'
import { createFaultFileSystem, type Fault, KilledError } from '../support/fault-file-system.ts'
import { readTree, usersPart } from '../support/home-tree.ts'
import { runInProcess } from '../support/run-in-process.ts'
import { createTestHost } from '../support/test-host.ts'
import { restarted } from '../support/test-processes.ts'
import { expectSettled } from './laws.ts'
import { restoreTree } from './restore-tree.ts'
import { tryAll } from './try-all.ts'

/** What the commands get as their file system. */
const given = vi.hoisted(() => ({ fileSystem: undefined as FileSystem | undefined }))

vi.mock('../../src/apply/file-system.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../src/apply/file-system.ts')>()
  return { ...original, createFileSystem: () => given.fileSystem ?? original.createFileSystem('linux') }
})

const keyOf = (digit: number) => `cr_${String(digit).repeat(64)}`
const [mine, work, play, next] = [1, 2, 3, 4].map(keyOf)

/** A keychain of which everything can be put back. */
function openKeychain() {
  const passwords = new Map<string, string>()
  const store: KeychainStore = {
    get: async (account) => passwords.get(account),
    set: async (account, password) => void passwords.set(account, password),
    delete: async (account) => void passwords.delete(account),
    list: async () => [...passwords.keys()],
  }
  const restore = (wanted: ReadonlyMap<string, string>) => {
    passwords.clear()
    for (const [account, password] of wanted) passwords.set(account, password)
  }
  return { passwords, store, restore }
}

/** Two names with their keys in the keychain, in use by a tool each, beside a tool without a name; and the rotation of one. */
async function makeScene() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-faults-')))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const home = join(root, 'home')
  mkdirSync(home)
  const keychain = openKeychain()
  const at = { store: keychain.store }
  let ids = 0
  const host: Host = restarted(
    createTestHost(home, {
      keychain: async () => at.store,
      randomId: () => `fa${(++ids).toString(16).padStart(10, '0')}`.replace(/^(..)0{6}(.*)/, '$1$2'),
    }),
  )
  const command = async (line: string, key?: string) => {
    const file = join(root, 'key')
    writeFileSync(file, key ?? '', { mode: 0o600 })
    return runInProcess(`${line} --yes${key === undefined ? '' : ` --key-file ${file}`}`, host)
  }
  const done = async (line: string, key?: string) => {
    const { exit, text } = await command(line, key)
    expect(exit, `${line}: ${text}`).toBe(0)
  }
  await done('setup --tool openai-sdk --region us --no-check', mine)
  await done('key set --name work --region eu --key-store keychain', work)
  await done('key set --name play --region asia --key-store keychain', play)
  await done('setup --tool codex --name work --key-store keychain --no-check')
  await done('setup --tool claude-code --name play --key-store keychain --no-check')
  const start = { tree: readTree(home), keys: new Map(keychain.passwords) }
  const rotate = () => command('key rotate --name work --no-check', next)
  const runWith = async (fault: Fault) => {
    restoreTree(home, start.tree)
    keychain.restore(start.keys)
    const faulty = createFaultFileSystem(fault)
    given.fileSystem = faulty.fileSystem
    at.store = faulty.guard(keychain.store)
    const error = await rotate().then(
      ({ exit }) => (exit === 0 ? undefined : exit),
      (thrown: unknown) => thrown,
    )
    given.fileSystem = undefined
    at.store = keychain.store
    return { error, ...faulty }
  }
  return { home, host, start, rotate, runWith, keys: keychain.passwords }
}

test.each(['kill', 'fail'] as const)(
  'key rotate of a name in the keychain, %s at any call: its key is the old or the new one, and nothing else is touched',
  { timeout: 1_800_000 },
  async (kind) => {
    const { home, host, start, rotate, runWith, keys } = await makeScene()
    const faultAt = (at: number): Fault => (kind === 'kill' ? { kind, at } : { kind, at, code: 'EIO' })
    const { calls } = await runWith({ kind: 'none' })
    const done = usersPart(readTree(home))
    const seen = new Set<string | undefined>()
    await tryAll(kind === 'kill' ? 'kills' : 'injections', calls.keys(), async (at) => {
      const { error } = await runWith(faultAt(at))
      if (kind === 'kill' && error !== undefined && typeof error !== 'number')
        expect(error instanceof KilledError || error instanceof UserError).toBe(true)
      seen.add(keys.get('name-work'))
      expect([work, next]).toContain(keys.get('name-work'))
      expect(keys.get('name-play')).toBe(play)
      // No file of a tool holds the key: none has to change.
      const now = Object.entries(usersPart(readTree(home))).filter(([path]) => !/\.tmp$/.test(path))
      expect(Object.fromEntries(now)).toEqual(usersPart(start.tree))
      const again = await rotate()
      expect([again.exit, keys.get('name-work'), keys.get('name-play')]).toEqual([0, next, play])
      expect(usersPart(readTree(home))).toEqual(done)
      expectSettled(host)
      expect(listRuns(host).filter(({ state }) => state === 'done').length).toBeGreaterThan(4)
    })
    expect(seen).toEqual(new Set([work, next]))
  },
)
