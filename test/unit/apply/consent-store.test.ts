import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { findConsent } from '../../../src/apply/consent-store.ts'
import { createFaultFileSystem } from '../../support/fault-file-system.ts'
import { edit, makeHost, request } from './machine.ts'
import { makeHome } from './make-home.ts'

const origin = 'http://relay.example.com'
const consent = { origin, agreedAt: '2026-11-23T12:13:14.156Z' }

function start() {
  const home = makeHome()
  const host = makeHost(home)
  const file = join(home, 'settings.json')
  return { home, host, file, plan: () => ({ ...request(host, [edit(file, '{}\n')]), consent }) }
}

it('is stored with the files of its run, for the owner alone; a newer one does not take its place', async () => {
  const { home, host, file, plan } = start()
  const { fileSystem, calls } = createFaultFileSystem()
  await applyEdits(plan(), host, fileSystem)
  const stored = join(home, '.local/state/qcode-setup/consents.json')
  expect(statSync(stored).mode & 0o777).toBe(0o600)
  expect(findConsent(host, origin)).toEqual(consent)
  const targets = calls.filter(({ verb }) => verb === 'rename').map(({ to }) => to)
  expect(targets.indexOf(stored)).toBeGreaterThan(targets.indexOf(file))
  const later = { ...consent, agreedAt: '2027-01-01T00:00:00.000Z' }
  await applyEdits({ ...request(host, [edit(file, '{"a":1}\n')]), consent: later }, host)
  expect(findConsent(host, origin)).toEqual(consent)
})

it('is there only where the whole run is: whichever call fails, both or neither', async () => {
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
