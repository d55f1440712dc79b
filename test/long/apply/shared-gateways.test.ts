import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { finishRun, rollBackRun } from '../../../src/apply/committer.ts'
import { findUnfinishedRun } from '../../../src/apply/journal.ts'
import { readLedger } from '../../../src/apply/ledger-store.ts'
import type { Host } from '../../../src/host/host.ts'
import { administeredGateways } from '../../../src/host/throw-away-host.ts'
import type { Setup } from '../../../src/ledger.ts'
import { createFaultFileSystem, type Fault } from '../../support/fault-file-system.ts'
import { restarted } from '../../support/test-processes.ts'
import { edit, makeHost, put, request, temporaryFiles } from '../../unit/apply/machine.ts'
import { makeHome } from '../../unit/apply/make-home.ts'

const setup = (gateway: string): Setup => ({
  tool: 'codex',
  region: 'custom',
  gateway,
  scope: 'managed',
  method: 'file',
  variant: 'default',
})
const [old, next] = ['https://old.example', 'https://next.example']

/** A computer on which the old gateway is set up for every user. */
async function makeComputer(): Promise<{ host: Host; path: string }> {
  const system = makeHome()
  mkdirSync(join(system, 'var/lib'), { recursive: true })
  const host = { ...makeHost(system, { XDG_STATE_HOME: join(system, 'var/lib') }), systemFolder: system }
  const path = join(system, 'settings')
  put(path, 'none')
  await applyEdits(request(host, [edit(path, old)], [setup(old)]), host)
  return { host, path }
}

const inLedger = (host: Host) => readLedger(host).setups.map(({ gateway }) => gateway)

test('every user may read the list, and it goes with the last setup', async () => {
  const { host, path } = await makeComputer()
  expect(administeredGateways(host)).toEqual([old])
  expect(statSync(join(host.systemFolder, 'var/lib/qcode-setup-gateways.json')).mode & 0o777).toBe(0o644)
  await applyEdits(request(host, [edit(path, 'none')], []), host)
  expect(administeredGateways(host)).toEqual([])
})

test.each<[what: string, fault: (at: number) => Fault, end: typeof finishRun | undefined, seen: string[]]>([
  ['a call that fails', (at) => ({ kind: 'fail', at, code: 'EIO' }), undefined, [old, next]],
  ['a kill, and finished', (at) => ({ kind: 'kill', at }), finishRun, [next]],
  ['a kill, and taken back', (at) => ({ kind: 'kill', at }), rollBackRun, [old]],
])(
  'when a run to another gateway is interrupted by %s, then list, ledger and file say one thing',
  async (_, fault, end, seen) => {
    const ends = new Set<string>()
    for (let at = 0; ; at++) {
      const computer = await makeComputer()
      const { path } = computer
      const host = restarted(computer.host)
      const wanted = request(host, [edit(path, next)], [setup(next)])
      const faulty = createFaultFileSystem(fault(at))
      await applyEdits(wanted, host, faulty.fileSystem).catch(() => {})
      if (!faulty.fired()) break
      const run = findUnfinishedRun(host)
      // One that had changed nothing yet is cleared away by the next run.
      if (run?.state === 'preparing') continue
      if (run) await end?.(host, run.id)
      const [gateway] = inLedger(host)
      expect([at, administeredGateways(host), readFileSync(path, 'utf8')]).toEqual([at, [gateway], gateway])
      expect(temporaryFiles(host.systemFolder).filter((name) => name.includes('gateways'))).toEqual([])
      ends.add(String(gateway))
    }
    expect([...ends]).toEqual(expect.arrayContaining(seen))
  },
)
