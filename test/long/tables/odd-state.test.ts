import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Host } from '../../../src/host/host.ts'
import { everyoneCanReach } from '../../support/everyone-can-reach.ts'
import { readTree } from '../../support/home-tree.ts'
import { type Ended, runInProcess } from '../../support/run-in-process.ts'
import { programPath, runProgram } from '../../support/run-program.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

const stranger = 65_533
const nobody = 65_534
const isRoot = process.getuid?.() === 0

const servers: Server[] = []
const homes: string[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
  for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true })
})

/** Parts of the state folder, and what each is needed for: every command of the list ends with this code. */
const parts: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  folder: { status: 1, lint: 1, doctor: 3, undo: 1, setup: 1, switch: 1, rotate: 1, remove: 1 },
  'ledger.json': { status: 1, lint: 1, doctor: 3, undo: 1, setup: 1, switch: 1, rotate: 1, remove: 1 },
  lock: { undo: 1, setup: 1, switch: 1, rotate: 1, remove: 1 },
  // The record of the newest run: that one cannot be undone.
  'journal.json': { undo: 1 },
  // Nor where its copies are not to be had; and one that cannot be read may hold the old key.
  'backup-0': { undo: 1, rotate: 1 },
  // Of version 0.1.0: needed by who has to know what was agreed to.
  'consents.json': { setup: 1 },
}

/** In this order: a command that is not kept from its work changes the state for those after it. */
const lines: Readonly<Record<string, string>> = {
  status: 'status',
  lint: 'lint',
  doctor: 'doctor --no-check',
  get: 'key get',
  undo: 'undo --yes',
  setup: 'setup --tool openai-sdk --region china --allow-http --key-file - --yes --no-check',
  switch: 'switch eu --yes --no-check',
  rotate: 'key rotate --key-file - --yes --no-check',
  remove: 'remove --yes',
}

type Kind = (path: string, home: string) => void | Promise<void>

const isFolder = (path: string) => lstatSync(path).isDirectory()

/** What stood there is beside the home's other files, whole, so that following a link would work. */
function moveAside(path: string, home: string): string {
  const aside = join(home, 'aside')
  renameSync(path, aside)
  return aside
}

const kinds: Readonly<Record<string, Kind>> = {
  'a link': (path, home) => {
    const documents = join(home, 'Documents')
    const isLockOrTop = isFolder(path)
    const aside = moveAside(path, home)
    symlinkSync(isLockOrTop ? documents : aside, path)
  },
  'a socket': async (path, home) => {
    moveAside(path, home)
    const server = createServer()
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(path, resolve))
  },
  'of another kind': (path, home) => {
    const isNow = isFolder(path)
    moveAside(path, home)
    if (isNow) writeFileSync(path, 'precious')
    else mkdirSync(path)
  },
  'open to the group': (path) => chmodSync(path, isFolder(path) ? 0o770 : 0o660),
  'open to all': (path) => chmodSync(path, isFolder(path) ? 0o777 : 0o666),
}

const ofStrangers: Readonly<Record<string, Kind>> = {
  'another user’s': (path) => chownSync(path, stranger, stranger),
  'a link of another user’s': (path, home) => {
    symlinkSync(moveAside(path, home), path)
    lchownSync(path, stranger, stranger)
  },
}

/** One for each home, so that no id is given twice. */
const hosts = new Map<string, Host>()
function hostOf(home: string): Host {
  const host = hosts.get(home) ?? createTestHost(home, { uid: process.geteuid?.() })
  hosts.set(home, host)
  return host
}

/** For `key rotate`. */
const otherKey = async () => Buffer.from(`cr_${'fedcba9876543210'.repeat(4)}`)

/** A home in which two runs were made, the second without TLS, and a file of the user's; gives the path of a part. */
async function makeState(part: string): Promise<{ home: string; path: string }> {
  const home = mkdtempSync(join(tmpdir(), 'q-'))
  homes.push(home)
  mkdirSync(join(home, 'Documents'))
  writeFileSync(join(home, 'Documents', 'thesis.txt'), 'precious')
  mkdirSync(join(home, '.codex'))
  writeFileSync(join(home, '.codex', 'config.toml'), 'model = "mine"\n')
  const host = hostOf(home)
  const flags = '--key-file - --yes --no-check'
  await runInProcess(`setup --tool codex ${flags}`, host)
  const { exit, text } = await runInProcess(`setup --tool codex --region china --allow-http ${flags}`, host)
  expect(exit, text).toBe(0)
  const state = join(home, '.local/state/qcode-setup')
  const agreedAt = host.now().toISOString()
  const consents = { version: 1, plainHttp: [{ origin: 'http://103.236.53.153', agreedAt }] }
  if (part === 'consents.json') writeFileSync(join(state, part), JSON.stringify(consents), { mode: 0o600 })
  const newest = readdirSync(join(state, 'runs')).sort().at(-1) ?? ''
  if (part === 'lock') mkdirSync(join(state, 'lock'), { mode: 0o700 })
  const isOfRun = part === 'journal.json' || part === 'backup-0'
  return { home, path: part === 'folder' ? state : join(state, isOfRun ? join('runs', newest) : '', part) }
}

const precious = (home: string) => readTree(join(home, 'Documents'))

function expectEnding(name: string, part: string, path: string, { exit, text }: Ended): void {
  const wanted = parts[part]?.[name] ?? 0
  expect(exit, `${name}: ${text}`).toBe(wanted)
  if (wanted !== 0) expect(text, name).toContain(path)
}

describe('what others could have written is not believed', () => {
  const rows = Object.keys(parts).flatMap((part) =>
    Object.entries({ ...kinds, ...(isRoot ? ofStrangers : {}) }).map(([kind, make]) => ({
      part,
      kind,
      make,
    })),
  )
  test.each(rows)(
    'given $part is $kind, every command says so or does without it',
    async ({ part, make }) => {
      const { home, path } = await makeState(part)
      await make(path, home)
      const odd = lstatSync(path)
      const before = precious(home)
      const host = hostOf(home)
      await (await host.keychain()).set('default', testKey)
      for (const [name, line] of Object.entries(lines)) {
        const tree = readTree(home)
        const ended = await runInProcess(line, name === 'rotate' ? { ...host, readStdin: otherKey } : host)
        expectEnding(name, part, path, ended)
        if (ended.exit === 1) expect(readTree(home), name).toEqual(tree)
      }
      expect(precious(home)).toEqual(before)
      if (odd.isSymbolicLink()) expect(lstatSync(path).isSymbolicLink()).toBe(true)
    },
  )
})

/** In a process of its own, which can be ended when it waits for ever, and be of another user. */
describe('what cannot be read is no empty state', () => {
  const commands = ['status', 'doctor', 'undo', 'switch']

  async function expectProgram(part: string, home: string, path: string, uid?: number): Promise<void> {
    for (const name of commands) {
      const args = (lines[name] ?? '').split(' ')
      const { exit, stdout, stderr } = await runProgram(args, { home, ...(uid !== undefined && { uid }) })
      const text = `${stdout}${stderr}`.replace(/\n\s*/g, '')
      expectEnding(name, part, path.replaceAll(/\s/g, ''), { exit: exit ?? -1, text })
      expect(text).not.toContain('fault of qcode-setup')
    }
  }

  test.each(Object.keys(parts))('given a pipe in the place of %s, nothing waits for it', async (part) => {
    const { home, path } = await makeState(part)
    moveAside(path, home)
    execFileSync('mkfifo', [path])
    await expectProgram(part, home, path)
  })

  test
    .runIf(!isRoot || everyoneCanReach(programPath))
    .each(['folder', 'ledger.json', 'journal.json', 'backup-0'])(
    'given %s may not be read, it is told what keeps the program out',
    async (part) => {
      const { home, path } = await makeState(part)
      if (isRoot) {
        for (const name of ['.', ...Object.keys(readTree(home))]) lchownSync(join(home, name), nobody, nobody)
      }
      chmodSync(path, 0)
      await expectProgram(part, home, path, isRoot ? nobody : undefined)
    },
  )

  test('given the folder of all state is a file, that is told', async () => {
    const { home } = await makeState('folder')
    const file = join(home, 'Documents', 'thesis.txt')
    for (const name of commands) {
      const { exit, stdout, stderr } = await runProgram((lines[name] ?? '').split(' '), {
        home,
        env: { XDG_STATE_HOME: file },
      })
      const text = `${stdout}${stderr}`.replace(/\n\s*/g, '').replaceAll('~', home)
      expect([name, exit]).toEqual([name, parts.folder?.[name]])
      expect(text).toContain(`${file} is not a folder`)
    }
    expect(readFileSync(file, 'utf8')).toBe('precious')
  })
})

describe('given the ledger is of a newer version', () => {
  const newer: readonly [string, (ledger: Record<string, unknown>) => unknown, string][] = [
    ['in its form', (ledger) => ({ ...ledger, version: 99 }), ''],
    ['in its form alone', () => ({ version: 3, all: 'new' }), ''],
    ...(
      [
        ['shell', 'nu'],
        ['scope', 'organisation'],
        ['method', 'daemon'],
        ['keyStore', 'vault'],
        ['gateway', 'mesh'],
      ] as const
    ).map(([name, value]): (typeof newer)[number] => [
      `in the ${name} of a setup`,
      (ledger) => ({
        ...ledger,
        setups: (ledger.setups as object[]).map((setup) => ({ ...setup, [name]: value })),
      }),
      `(this one doesn't know ${name} ${value})`,
    ]),
  ]

  test.each(newer)('%s: one sentence, and nothing is lost', async (_, change, what) => {
    const { home, path } = await makeState('ledger.json')
    writeFileSync(path, JSON.stringify(change(JSON.parse(readFileSync(path, 'utf8')))))
    const tree = readTree(home)
    const names = [
      'status',
      'doctor',
      'setup',
      'switch',
      'rotate',
      'remove',
      ...(what === '' ? ['undo', 'lint'] : []),
    ]
    for (const name of names) {
      const { exit, text } = await runInProcess(lines[name] ?? '', hostOf(home))
      expect([name, exit], text).toEqual([name, name === 'doctor' ? 3 : 1])
      expect(text).toContain(`${path} was written by a newer version of qcode-setup`)
      expect(text).toContain(what)
    }
    expect(readTree(home)).toEqual(tree)
  })
})
