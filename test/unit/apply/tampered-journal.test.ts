import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { finishRun, rollBackRun } from '../../../src/apply/committer.ts'
import { journalFile, listRuns, readBackup, readRuns, runFolder } from '../../../src/apply/journal.ts'
import { readLedger } from '../../../src/apply/ledger-store.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import { stateFolder } from '../../../src/apply/state-folder.ts'
import type { RunRecord } from '../../../src/apply/state-schemas.ts'
import type { Host } from '../../../src/host/host.ts'
import { edit, makeHost, put, request } from './machine.ts'

let home: string
let host: Host
let run: RunRecord
let victim: string
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'qcode-tampered-'))
  host = makeHost(home)
  victim = join(home, 'outside', 'victim')
  put(victim, 'precious')
  put(join(home, 'settings'), 'before')
  run = (await applyEdits(request(host, [edit(join(home, 'settings'), 'after')]), host)) as RunRecord
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

type Json = Record<string, never>

function tamper(change: (journal: Json & RunRecord) => unknown): void {
  const file = journalFile(host, run.id)
  const journal = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...journal, ...(change(journal) as object) }))
}

const withFile = (changed: object) => (journal: RunRecord) => ({
  state: 'committing',
  files: journal.files.map((file) => ({ ...file, ...changed })),
})

const tamperings: Readonly<Record<string, () => void>> = {
  'a copy above the run’s folder': () =>
    tamper(withFile({ before: { ...run.files[0]?.before, backup: '../../../../../outside/victim' } })),
  'a copy by its full path': () => tamper(withFile({ before: { ...run.files[0]?.before, backup: victim } })),
  'a temporary file elsewhere': () => tamper(withFile({ temporary: victim })),
  'a temporary file beside it under another name': () => tamper(withFile({ temporary: join(home, 'notes') })),
  'a temporary file that climbs': () =>
    tamper(withFile({ temporary: `${home}/.qcode-setup-${run.id}-0/../outside/victim` })),
  'a target that climbs': () => tamper(withFile({ resolvedPath: `${home}/x/../outside/victim` })),
  'a target that is not absolute': () => tamper(withFile({ resolvedPath: 'outside/victim' })),
  'another run’s name': () => tamper(() => ({ id: '20200101T000000Z-ab0000' })),
  'a name with a folder': () => tamper(() => ({ id: `../${run.id}` })),
  'a folder that climbs': () => tamper(() => ({ createdFolders: [{ path: `${home}/x/..`, mode: 0o700 }] })),
  'a renewal elsewhere': () => tamper(() => ({ state: 'renewing', renewal: { files: [{ path: victim }] } })),
  'a renewal from elsewhere': () =>
    tamper(() => ({
      state: 'renewing',
      renewal: { files: [{ path: join(runFolder(host, run.id), 'x'), staged: { path: victim, hash: 'x' } }] },
    })),
  'another key’s account': () =>
    tamper(() => ({
      state: 'committing',
      keychain: {
        account: 'default',
        before: { kind: 'present', hash: 'x', backup: 'other' },
        after: { kind: 'absent' },
      },
    })),
  'JSON without an end': () => writeFileSync(journalFile(host, run.id), '['.repeat(100_000)),
  'no JSON': () => writeFileSync(journalFile(host, run.id), '\0'),
  'a null': () => writeFileSync(journalFile(host, run.id), 'null'),
}

describe.each(Object.entries(tamperings))('a journal with %s', (_, spoil) => {
  it('is refused by every command that would act on it, and nothing is changed', async () => {
    spoil()
    const broken = expect.objectContaining({ code: 'broken-journal', exit: 1 })
    expect(readRuns(host)).toEqual({ runs: [], damaged: new Map([[run.id, broken]]) })
    await expect(planUndo(host)).rejects.toEqual(broken)
    await expect(rollBackRun(host, run.id)).rejects.toEqual(broken)
    await expect(finishRun(host, run.id)).rejects.toEqual(broken)
    expect(() => readBackup(host, run.id, join(home, 'settings'))).toThrow(broken)
    expect(readFileSync(victim, 'utf8')).toBe('precious')
    expect(readFileSync(join(home, 'settings'), 'utf8')).toBe('after')
  })
})

it('a run is found only by its exact name', () => {
  const outside = join(dirname(stateFolder(host)), 'journal.json')
  writeFileSync(outside, readFileSync(journalFile(host, run.id)))
  for (const id of ['..', '../..', `../runs/${run.id}`, `${run.id}/.`, '', '__proto__']) {
    expect(readBackup(host, id, join(home, 'settings'))).toBeUndefined()
  }
})

it('names of Object.prototype in the ledger and the journal are data', () => {
  const ledger = join(stateFolder(host), 'ledger.json')
  const odd = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}'
  const text = readFileSync(ledger, 'utf8')
  writeFileSync(ledger, text.replace('{', `${odd},`))
  expect(readLedger(host).entries.length).toBe(1)
  const file = journalFile(host, run.id)
  writeFileSync(file, readFileSync(file, 'utf8').replace('{', `${odd},`))
  expect(listRuns(host).map(({ id }) => id)).toEqual([run.id])
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

it.each(['['.repeat(100_000), '{"version":1', 'null', '{"version":1,"setups":[null],"entries":[]}'])(
  'a ledger that is damaged is named: %#',
  (text) => {
    mkdirSync(stateFolder(host), { recursive: true })
    writeFileSync(join(stateFolder(host), 'ledger.json'), text)
    expect(() => readLedger(host)).toThrow(expect.objectContaining({ code: 'broken-ledger' }))
    expect(existsSync(victim)).toBe(true)
  },
)
