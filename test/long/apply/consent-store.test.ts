import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { findConsent } from '../../../src/apply/ledger-store.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import type { Setup } from '../../../src/ledger.ts'
import { createFaultFileSystem } from '../../support/fault-file-system.ts'
import { edit, makeHost, request } from '../../unit/apply/machine.ts'
import { makeHome } from '../../unit/apply/make-home.ts'

const origin = 'http://relay.example.com'
const consent = { origin, agreedAt: '2026-11-23T12:13:14.156Z' }

const setup: Setup = {
  tool: 'codex',
  region: 'custom',
  gateway: origin,
  scope: 'user',
  method: 'file',
  variant: 'current',
}

function start() {
  const home = makeHome()
  const host = makeHost(home)
  const file = join(home, 'settings.json')
  return { home, host, file, plan: () => ({ ...request(host, [edit(file, '{}\n')], [setup]), consent }) }
}

it('is stored with the files of its run, for the owner alone; a newer one does not replace it', async () => {
  const { home, host, file, plan } = start()
  const { fileSystem, calls } = createFaultFileSystem()
  await applyEdits(plan(), host, fileSystem)
  const stored = join(home, '.local/state/qcode-setup/consents.json')
  expect(statSync(stored).mode & 0o777).toBe(0o600)
  expect(findConsent(host, origin)).toEqual(consent)
  const targets = calls.filter(({ verb }) => verb === 'rename').map(({ to }) => to)
  expect(targets.indexOf(stored)).toBeGreaterThan(targets.indexOf(file))
  const later = { ...consent, agreedAt: '2027-01-01T00:00:00.000Z' }
  await applyEdits({ ...request(host, [edit(file, '{"a":1}\n')], [setup]), consent: later }, host)
  expect(findConsent(host, origin)).toEqual(consent)
})

it('is stored only with the whole run: whichever call fails, both or neither', async () => {
  const whole = start()
  const { calls, fileSystem } = createFaultFileSystem()
  await applyEdits(whole.plan(), whole.host, fileSystem)
  let failed = 0
  for (let at = 0; at < calls.length; at++) {
    const { host, file, plan } = start()
    const fault = createFaultFileSystem({ kind: 'fail', at, code: 'EACCES' })
    await applyEdits(plan(), host, fault.fileSystem).catch(() => {
      failed++
    })
    if (findConsent(host, origin) !== undefined) expect(readFileSync(file, 'utf8')).toBe('{}\n')
    if (!existsSync(file)) expect(findConsent(host, origin)).toBeUndefined()
  }
  expect(failed).toBeGreaterThan(10)
})

it('that cannot be stored does not fail a run whose files are written', async () => {
  const whole = start()
  const { calls, fileSystem } = createFaultFileSystem()
  await applyEdits(whole.plan(), whole.host, fileSystem)
  const at = calls.findIndex(({ path }) => path.includes('consents.json'))
  expect(at).toBeGreaterThan(0)
  const other = start()
  const fault = createFaultFileSystem({ kind: 'fail', at, code: 'ENOSPC' })
  await expect(applyEdits(other.plan(), other.host, fault.fileSystem)).resolves.toMatchObject({
    state: 'done',
  })
  expect(fault.fired()).toBe(true)
  expect(findConsent(other.host, origin)).toBeUndefined()
  expect(existsSync(other.file)).toBe(true)
})

describe('once nothing is set up with its origin', () => {
  const later = { ...consent, agreedAt: '2027-01-01T00:00:00.000Z' }

  async function left() {
    const machine = start()
    await applyEdits(machine.plan(), machine.host)
    const leave = () => request(machine.host, [edit(machine.file)], [])
    return { ...machine, leave }
  }

  it('is no longer valid, and a new one replaces it', async () => {
    const { host, leave, plan } = await left()
    await applyEdits(leave(), host)
    expect(findConsent(host, origin)).toBeUndefined()
    await applyEdits({ ...plan(), consent: later }, host)
    expect(findConsent(host, origin)).toEqual(later)
  })

  it('is valid again when that is undone', async () => {
    const { host, leave } = await left()
    await applyEdits(leave(), host)
    const undo = await planUndo(host)
    if (undo === 'nothing-to-undo') throw new Error(undo)
    await applyEdits(undo.request, host)
    expect(findConsent(host, origin)).toEqual(consent)
  })

  it('is removed with the run that removes the setup, or not at all, whichever call fails', async () => {
    const whole = await left()
    const { calls, fileSystem } = createFaultFileSystem()
    await applyEdits(whole.leave(), whole.host, fileSystem)
    const ends = new Set<boolean>()
    for (let at = 0; at < calls.length; at++) {
      const { host, file, leave } = await left()
      const fault = createFaultFileSystem({ kind: 'fail', at, code: 'EACCES' })
      await applyEdits(leave(), host, fault.fileSystem).catch(() => {})
      const counts = findConsent(host, origin) !== undefined
      expect(existsSync(file)).toBe(counts)
      ends.add(counts)
    }
    expect(ends).toEqual(new Set([true, false]))
  })
})
