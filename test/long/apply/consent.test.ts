import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { applyEdits } from '../../../src/apply/apply-edits.ts'
import { findConsent } from '../../../src/apply/ledger-store.ts'
import { planUndo } from '../../../src/apply/plan-undo.ts'
import { type Setup, shareConsents } from '../../../src/ledger.ts'
import { createFaultFileSystem } from '../../support/fault-file-system.ts'
import { edit, makeHost, request } from '../../unit/apply/machine.ts'
import { makeHome } from '../../unit/apply/make-home.ts'

const origin = 'http://relay.example.com'
const agreedAt = '2026-11-23T12:13:14.156Z'

const setup: Setup = {
  tool: 'codex',
  region: 'custom',
  gateway: origin,
  scope: 'user',
  method: 'file',
  variant: 'current',
  agreedAt,
}

function start() {
  const home = makeHome()
  const host = makeHost(home)
  const file = join(home, 'settings.json')
  return { home, host, file, plan: () => request(host, [edit(file, '{}\n')], [setup]) }
}

it('is stored with the files of its run, for the owner alone', async () => {
  const { home, host, plan } = start()
  await applyEdits(plan(), host)
  const stored = join(home, '.local/state/qcode-setup/ledger.json')
  expect(statSync(stored).mode & 0o777).toBe(0o600)
  expect(findConsent(host, origin)).toEqual({ origin, agreedAt })
})

it('is stored where nothing else is to be written', async () => {
  const { host, file } = start()
  const { agreedAt: _, ...never } = setup
  await applyEdits(request(host, [edit(file, '{}\n')], [never]), host)
  expect(findConsent(host, origin)).toBeUndefined()
  const { before } = request(host, []).ledger
  const ledger = {
    before,
    after: { ...before, setups: shareConsents(before.setups, [{ origin, agreedAt }]) },
  }
  expect(await applyEdits({ ...request(host, []), ledger }, host)).toBeUndefined()
  expect(findConsent(host, origin)).toEqual({ origin, agreedAt })
})

it('that another run stored since the plan was made is kept', async () => {
  const { host, file } = start()
  const { agreedAt: _, ...never } = setup
  await applyEdits(request(host, [edit(file, '{}\n')], [never]), host)
  const planned = request(host, [edit(file, '{"a":1}\n')])
  const { before } = request(host, []).ledger
  const ledger = { before, after: { ...before, setups: [setup] } }
  await applyEdits({ ...request(host, []), ledger }, host)
  expect(await applyEdits(planned, host)).toMatchObject({ state: 'done' })
  expect(findConsent(host, origin)).toEqual({ origin, agreedAt })
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
    expect(findConsent(host, origin) !== undefined).toBe(existsSync(file))
  }
  expect(failed).toBeGreaterThan(10)
})

describe('once nothing is set up with its origin', () => {
  const later = '2027-01-01T00:00:00.000Z'

  async function left() {
    const machine = start()
    await applyEdits(machine.plan(), machine.host)
    const leave = () => request(machine.host, [edit(machine.file)], [])
    return { ...machine, leave }
  }

  it('is no longer valid, and a new one replaces it', async () => {
    const { host, file, leave } = await left()
    await applyEdits(leave(), host)
    expect(findConsent(host, origin)).toBeUndefined()
    await applyEdits(request(host, [edit(file, '{}\n')], [{ ...setup, agreedAt: later }]), host)
    expect(findConsent(host, origin)).toEqual({ origin, agreedAt: later })
  })

  it('is valid again when that is undone', async () => {
    const { host, leave } = await left()
    await applyEdits(leave(), host)
    const undo = await planUndo(host)
    if (undo === 'nothing-to-undo') throw new Error(undo)
    await applyEdits(undo.request, host)
    expect(findConsent(host, origin)).toEqual({ origin, agreedAt })
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

describe('in the list of version 0.1.0', () => {
  const { agreedAt: _, ...first } = setup
  const list = (origins: readonly string[]) =>
    JSON.stringify({ version: 1, plainHttp: origins.map((one) => ({ origin: one, agreedAt, more: 1 })) })

  /** A machine with this list beside a ledger that has no consent. */
  async function old(text: string) {
    const machine = start()
    await applyEdits(request(machine.host, [edit(machine.file, '{}\n')], [first]), machine.host)
    const consents = join(machine.home, '.local/state/qcode-setup/consents.json')
    writeFileSync(consents, text, { mode: 0o600 })
    return { ...machine, consents }
  }

  it('is read with the ledger, stored with the next one, and the list is gone', async () => {
    const { host, file, consents } = await old(list([origin, 'http://other.example.com']))
    expect(findConsent(host, origin)).toEqual({ origin, agreedAt })
    expect(findConsent(host, 'http://other.example.com')).toBeUndefined()
    expect(existsSync(consents)).toBe(true)
    await applyEdits(request(host, [edit(file, '{"a":1}\n')]), host)
    expect(existsSync(consents)).toBe(false)
    expect(findConsent(host, origin)).toEqual({ origin, agreedAt })
  })

  it('comes back with a setup that was removed by that version', async () => {
    const { host, file, consents } = await old('')
    await applyEdits(request(host, [edit(file)], []), host)
    writeFileSync(consents, list([origin]), { mode: 0o600 })
    expect(findConsent(host, origin)).toBeUndefined()
    const undo = await planUndo(host)
    if (undo === 'nothing-to-undo') throw new Error(undo)
    await applyEdits(undo.request, host)
    expect(existsSync(consents)).toBe(false)
    expect(findConsent(host, origin)).toEqual({ origin, agreedAt })
  })

  it('stays, whichever call of the run after it fails', async () => {
    const change = ({ host, file }: Awaited<ReturnType<typeof old>>) =>
      request(host, [edit(file, '{"a":1}\n')])
    const whole = await old(list([origin]))
    const { calls, fileSystem } = createFaultFileSystem()
    await applyEdits(change(whole), whole.host, fileSystem)
    expect(calls.some(({ verb, path }) => verb === 'removeFile' && path === whole.consents)).toBe(true)
    for (let at = 0; at < calls.length; at++) {
      const machine = await old(list([origin]))
      const fault = createFaultFileSystem({ kind: 'fail', at, code: 'EACCES' })
      await applyEdits(change(machine), machine.host, fault.fileSystem).catch(() => {})
      expect(findConsent(machine.host, origin)).toEqual({ origin, agreedAt })
    }
  })

  it.each([
    ['is damaged', '{"version":1'],
    ['is empty', ''],
    ['is of another version', '{"version":2,"plainHttp":[]}'],
    ['holds a time that is none', '{"version":1,"plainHttp":[{"origin":"http://a","agreedAt":"yesterday"}]}'],
  ])('that %s stops who needs it and nothing else, and stays as it is', async (_, text) => {
    const { host, file, consents } = await old(text)
    expect(() => findConsent(host, origin)).toThrow(
      expect.objectContaining({ code: 'broken-consents', where: { file: consents } }),
    )
    await applyEdits(request(host, [edit(file, '{"a":1}\n')]), host)
    expect(readFileSync(consents, 'utf8')).toBe(text)
    await applyEdits(request(host, [edit(file, '{"a":2}\n')], [setup]), host)
    expect(findConsent(host, origin)).toEqual({ origin, agreedAt })
  })

  it('that cannot be a file stops nothing else', async () => {
    const { host, home, file } = start()
    const consents = join(home, '.local/state/qcode-setup/consents.json')
    await applyEdits(request(host, [edit(file, '{}\n')], [first]), host)
    mkdirSync(consents)
    await applyEdits(request(host, [edit(file, '{"a":1}\n')]), host)
    expect(() => findConsent(host, origin)).toThrow(expect.objectContaining({ code: 'state-not-trusted' }))
  })
})

it.each([
  ['text', '"yesterday"'],
  ['a number', '5'],
  ['nothing', 'null'],
])('that was stored as %s is none, and the ledger is read', async (_, value) => {
  const { home, host, plan } = start()
  await applyEdits(plan(), host)
  const stored = join(home, '.local/state/qcode-setup/ledger.json')
  const text = readFileSync(stored, 'utf8')
  writeFileSync(stored, text.replace(`"${agreedAt}"`, value))
  expect(readFileSync(stored, 'utf8')).not.toBe(text)
  expect(findConsent(host, origin)).toBeUndefined()
})
