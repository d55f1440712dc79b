import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { geteuid } from 'node:process'
import { describe, expect, it, onTestFinished } from 'vitest'
import { refuseOthersCode } from '../../../src/host/node.ts'
import { refusalOf } from '../../support/refusal-of.ts'

const uid = geteuid?.() ?? 0
/** In the tests of root the user is another one, whom the files are given to. */
const user = { uid: uid === 0 ? 54321 : uid, env: {} }
const stranger = 54322

function install() {
  const root = mkdtempSync(join(tmpdir(), 'qcode-library-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const modules = join(root, 'node_modules')
  const own = join(modules, '@napi-rs/keyring')
  const native = join(modules, '@napi-rs/keyring-linux-x64-gnu')
  for (const folder of [own, native]) mkdirSync(folder, { recursive: true })
  writeFileSync(join(own, 'index.js'), '', { mode: 0o644 })
  writeFileSync(join(native, 'keyring.node'), '', { mode: 0o644 })
  const paths = [root, modules, join(modules, '@napi-rs'), own, native, join(own, 'index.js')]
  for (const path of [...paths, join(native, 'keyring.node')])
    if (uid === 0) chownSync(path, user.uid, user.uid)
  return { root, modules, own, native }
}

type Installed = ReturnType<typeof install>

describe('given the library that reaches the keychain', () => {
  it('that is the user’s own, it is loaded', () => {
    expect(() => refuseOthersCode([install().modules], user)).not.toThrow()
  })

  it('that is nowhere, nothing is looked at', () => {
    expect(() => refuseOthersCode(['/nowhere/node_modules'], user)).not.toThrow()
  })

  const writable: readonly (readonly [string, (installed: Installed) => string])[] = [
    ['its folder', ({ own }) => own],
    ['the folder of all packages', ({ modules }) => modules],
    ['the folder above', ({ root }) => root],
    ['the folder of its part for this machine', ({ native }) => native],
    ['its code', ({ own }) => join(own, 'index.js')],
    ['the code of its part for this machine', ({ native }) => join(native, 'keyring.node')],
  ]
  it.each(writable)('where others may write %s, it is not loaded, and the path is named', (_, of) => {
    const installed = install()
    const path = of(installed)
    chmodSync(path, 0o777)
    const { code, message, exit } = refusalOf(() => refuseOthersCode([installed.modules], user))
    expect([code, exit, message]).toEqual(['library-not-trusted', 1, expect.stringContaining(path)])
  })

  it('in folders of a group of the user’s own, as installers make them, it is loaded', () => {
    const { own, modules } = install()
    // Only root can give a folder to a group that is a user's own.
    if (uid === 0) for (const path of [own, modules]) chmodSync(path, 0o775)
    expect(() => refuseOthersCode([modules], user)).not.toThrow()
  })

  it.runIf(uid === 0).each(writable)('where %s belongs to somebody else, it is not loaded', (_, of) => {
    const installed = install()
    chownSync(of(installed), stranger, stranger)
    const { code, message } = refusalOf(() => refuseOthersCode([installed.modules], user))
    expect([code, message]).toEqual(['library-not-trusted', expect.stringContaining(of(installed))])
  })

  it('behind a link, it is looked at where the link leads', () => {
    const { own, modules, root } = install()
    const elsewhere = join(root, 'elsewhere')
    mkdirSync(elsewhere)
    if (uid === 0) chownSync(elsewhere, user.uid, user.uid)
    renameSync(own, join(elsewhere, 'keyring'))
    symlinkSync(join(elsewhere, 'keyring'), own)
    expect(() => refuseOthersCode([modules], user)).not.toThrow()
    chmodSync(elsewhere, 0o777)
    expect(refusalOf(() => refuseOthersCode([modules], user)).message).toContain(elsewhere)
  })
})
