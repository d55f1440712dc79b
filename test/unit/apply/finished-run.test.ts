import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { finishRun } from '../../../src/apply/committer.ts'
import { findUnfinishedRun, readBackup } from '../../../src/apply/journal.ts'
import { createFaultFileSystem } from '../../support/fault-file-system.ts'
import { restarted } from '../../support/test-processes.ts'
import { edit, makeHost, put, request } from './machine.ts'
import { makeHome } from './make-home.ts'

test('a killed run that removes a file is finished only where its backup is whole', async () => {
  const ends = new Set<string>()
  for (let at = 0; ; at++) {
    const host = restarted(makeHost(makeHome()))
    const path = join(host.home, 'file')
    put(path, 'precious')
    const wanted = request(host, [edit(path)])
    const killed = createFaultFileSystem({ kind: 'kill', at })
    await applyEdits(wanted, host, killed.fileSystem).catch(() => {})
    if (!killed.fired()) break
    const run = findUnfinishedRun(host)
    if (run === undefined) continue
    const refused = await finishRun(host, run.id).then(
      () => undefined,
      (error) => error,
    )
    ends.add(refused ? 'refused' : 'finished')
    if (refused) {
      expect(refused).toMatchObject({ code: 'cannot-finish' })
      expect(readFileSync(path, 'utf8')).toBe('precious')
    } else {
      expect(String(readBackup(host, run.id, path))).toBe('precious')
    }
  }
  expect(ends).toEqual(new Set(['refused', 'finished']))
})
