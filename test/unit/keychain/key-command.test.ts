import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chooseShell } from '../../../src/request/choose-tools.ts'
import { keyCommand, keyProgram } from '../../../src/secrets/keychain.ts'
import { refusalOf } from '../../support/refusal-of.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const manifest = JSON.stringify({ version: '1.2.3', peerDependencies: { '@napi-rs/keyring': '^4.5.6' } })

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'qcode-key-command-'))
  for (const folder of ['bin', 'project/node_modules/.bin', 'package']) {
    mkdirSync(join(root, folder), { recursive: true })
    writeFileSync(join(root, folder, 'qcode-setup'), '', { mode: 0o755 })
  }
  writeFileSync(join(root, 'package/package.json'), manifest)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function hostWith(folders: readonly string[], platform: NodeJS.Platform = 'linux') {
  const PATH = folders.map((folder) => join(root, folder)).join(delimiter)
  return { env: { PATH }, platform, packageFolder: join(root, 'package') }
}

const byNpx = [
  'npx',
  '--yes',
  '--prefer-offline',
  '--package=qcode-setup@1.2.3',
  '--package=@napi-rs/keyring@4.5.6',
  'qcode-setup',
  'key',
  'get',
]

describe('the command that prints the key', () => {
  it('is the name of the program where PATH leads to it, else npx with this version', () => {
    expect(keyCommand(hostWith(['nowhere', 'bin']))).toEqual(['qcode-setup', 'key', 'get'])
    expect(keyCommand(hostWith(['nowhere']))).toEqual(byNpx)
    expect(keyCommand({ ...hostWith([]), env: {} })).toEqual(byNpx)
  })

  it('is not a copy in PATH that exists only while npx runs this one', () => {
    expect(keyCommand(hostWith(['project/node_modules/.bin']))).toEqual(byNpx)
    expect(keyCommand(hostWith(['project/node_modules/.bin', 'bin']))).toEqual(['qcode-setup', 'key', 'get'])
  })

  it('is led to on macOS, where neither the Dock nor .zshenv knows the folders of npm', () => {
    const PATH = `PATH=${join(root, 'bin')}:/usr/bin:/bin`
    expect(keyCommand(hostWith(['bin'], 'darwin'))).toEqual([
      ...['/usr/bin/env', PATH, 'qcode-setup', 'key', 'get'],
    ])
    expect(keyProgram(hostWith(['bin'], 'darwin'))).toEqual(keyCommand(hostWith(['bin'], 'darwin')))
    expect(keyCommand(hostWith(['nowhere'], 'darwin'))).toEqual(byNpx)
  })

  it('finds the program and Node.js with an environment that has neither, as it is written on macOS', () => {
    mkdirSync(join(root, 'node'), { recursive: true })
    writeFileSync(join(root, 'node/node'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 })
    writeFileSync(join(root, 'bin/qcode-setup'), '#!/usr/bin/env node\n', { mode: 0o755 })
    const [program = '', ...args] = keyCommand(hostWith(['bin', 'node'], 'darwin'))
    const printed = execFileSync(program, args, { env: {}, encoding: 'utf8' })
    expect(printed).toBe(`${join(root, 'bin/qcode-setup')} key get\n`)
  })

  it('goes through cmd.exe on Windows for clients that use no shell', () => {
    expect(keyProgram(hostWith([]))).toEqual(byNpx)
    expect(keyProgram(hostWith([], 'win32'))).toEqual(['cmd.exe', '/d', '/c', ...byNpx])
  })
})

describe('the shell that is written for where none is named', () => {
  it.each([
    ['win32', 'file', {}, 'windows'],
    ['win32', 'env', { MSYSTEM: 'MINGW64', SHELL: '/usr/bin/bash' }, 'windows'],
    ['win32', 'keychain', {}, 'powershell'],
    ['win32', 'keychain', { MSYSTEM: 'MINGW64', SHELL: '/usr/bin/bash' }, 'bash'],
    ['linux', 'file', { MSYSTEM: 'MINGW64', SHELL: '/usr/bin/fish' }, 'fish'],
  ] as const)('on %s with the key in %s and %j it is %s', (platform, keyStore, env, id) => {
    const host = { platform, env, ...(platform === 'win32' && { registry: new Map() }) }
    expect(chooseShell(undefined, keyStore, testCatalog, host).id).toBe(id)
  })

  it('is a profile in a throw-away home, which has no registry', () => {
    expect(chooseShell(undefined, 'file', testCatalog, { platform: 'win32', env: {} }).id).toBe('powershell')
  })

  it('is refused by name where a variable of Windows would have to run a command', () => {
    const host = { platform: 'win32', env: {}, registry: new Map() } as const
    const refusal = refusalOf(() => chooseShell('windows', 'keychain', testCatalog, host))
    expect(refusal).toMatchObject({ code: 'keychain-needs-profile', exit: 2 })
  })

  it('is none of another system, nor named in the hint', () => {
    const host = { platform: 'linux', env: {} } as const
    const refusal = refusalOf(() => chooseShell('windows', 'file', testCatalog, host))
    expect(String(refusal.hint)).not.toContain('windows')
  })
})
