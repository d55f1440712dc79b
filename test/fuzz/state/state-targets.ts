import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { listRuns, readBackup, readModeBefore } from '../../../src/apply/journal.ts'
import { readLedger } from '../../../src/apply/ledger-store.ts'
import { createTestHost } from '../../support/test-host.ts'
import { mutated } from '../documents/mutate.ts'
import { type FuzzTarget, fuzzTarget } from '../fuzz-target.ts'
import { orRefused } from '../refusal.ts'

const home = mkdtempSync(join(tmpdir(), 'qcode-fuzz-'))
const host = createTestHost(home)
const state = join(home, '.local', 'state', 'qcode-setup')
const run = '20260102T030405Z-00000a'
const runFolder = join(state, 'runs', run)
mkdirSync(runFolder, { recursive: true })

const path = join(home, '.codex', 'config.toml')
const entry = { path, format: 'toml', keyPath: ['model'], tool: 'codex', hash: 'ab', run, origin: run }
const ledger = {
  version: 1,
  setups: [
    {
      tool: 'codex',
      region: 'eu',
      gateway: 'https://eu.qcode.cc',
      scope: 'user',
      method: 'file',
      variant: 'openai',
    },
  ],
  entries: [entry],
}
const file = {
  path,
  resolvedPath: path,
  before: { kind: 'file', mode: 420, uid: 0, gid: 0, hash: 'ab', backup: '0' },
  after: { kind: 'file', mode: 384, hash: 'cd' },
  temporary: `${path}.tmp`,
}
const journal = {
  version: 1,
  id: run,
  sequence: 1,
  command: 'setup',
  startedAt: '2026-01-02T03:04:05.678Z',
  state: 'done',
  files: [file, { ...file, path: `${path}2`, before: { kind: 'absent' } }],
  createdFolders: [{ path: home, mode: 448 }],
  removedFolders: [],
  ledger: { before: { version: 1, setups: [], entries: [] }, after: ledger },
}

const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  Number.MAX_VALUE,
  '',
  '.',
  '..',
  '../../x',
  '/',
  '\0',
  'x'.repeat(5000),
  [],
  {},
  [[]],
  '__proto__',
  'file',
  'link',
  'absent',
  'done',
  'preparing',
  '2026-13-01T00:00:00Z',
  2,
  '1',
]

/** A JSON text in which one value was replaced, or a few characters were damaged. */
function damaged(whole: object): fc.Arbitrary<string> {
  const text = JSON.stringify(whole, null, 2)
  const count = JSON.stringify(whole).split(/[:,[]/).length
  const replaced = fc.tuple(fc.nat(count), fc.constantFrom(...values)).map(([index, value]) => {
    let at = 0
    return JSON.stringify(whole, (_, inner: unknown) => (at++ === index ? value : inner)) ?? ''
  })
  return fc.oneof(
    { weight: 2, arbitrary: replaced },
    mutated(fc.constant(text), [text], ['"__proto__":{"x":1},', '"version":2,']),
  )
}

const stateCase = fc.record({ ledger: damaged(ledger), journal: damaged(journal) })

/** What an earlier run left is read, or refused by the name of the file. */
async function holdStateLaws(texts: { ledger: string; journal: string }): Promise<void> {
  writeFileSync(join(state, 'ledger.json'), texts.ledger)
  writeFileSync(join(runFolder, 'journal.json'), texts.journal)
  const read = await orRefused(() => readLedger(host))
  for (const { keyPath } of read?.entries ?? []) assert.ok(Array.isArray(keyPath))
  const runs = await orRefused(() => listRuns(host))
  for (const { files } of runs ?? []) {
    for (const each of files) {
      await orRefused(() => readBackup(host, run, each.path))
      await orRefused(() => readModeBefore(host, run, each.path))
    }
  }
}

export const stateTargets: readonly FuzzTarget[] = [
  fuzzTarget({ name: 'state', share: 0.6, cases: stateCase, run: holdStateLaws }),
]
