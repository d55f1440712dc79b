import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, statSync, symlinkSync, truncateSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { assertWritable, isOfTheSystem, whatKeepsFromChanging } from '../../../src/host/ownership.ts'
import { readFileState } from '../../../src/host/read-file-state.ts'
import { refusalOf } from '../../support/refusal-of.ts'
import { put } from './machine.ts'
import { makeHome } from './make-home.ts'

describe('readFileState', () => {
  test('a file: bytes, mode, owner, hash', () => {
    const path = join(makeHome(), 'file')
    put(path, 'abc', 0o640)
    expect(readFileState(path)).toMatchObject({
      kind: 'file',
      path,
      resolvedPath: path,
      mode: 0o640,
      uid: process.getuid?.(),
      gid: process.getgid?.(),
      bytes: Buffer.from('abc'),
      hash: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    })
  })

  test('a link, through other links, and below a linked folder', () => {
    const home = makeHome()
    put(join(home, 'real/file'), 'abc')
    symlinkSync('real/file', join(home, 'one'))
    symlinkSync(join(home, 'one'), join(home, 'two'))
    symlinkSync('real', join(home, 'folder'))
    const resolvedPath = join(home, 'real/file')
    expect(readFileState(join(home, 'two'))).toMatchObject({ kind: 'link', resolvedPath })
    expect(readFileState(join(home, 'folder/file'))).toMatchObject({ kind: 'file', resolvedPath })
  })

  test('how many names it has', () => {
    const home = makeHome()
    put(join(home, 'one'), 'abc')
    expect(readFileState(join(home, 'one'))).toMatchObject({ names: 1 })
    linkSync(join(home, 'one'), join(home, 'two'))
    const { ino: inode } = statSync(join(home, 'two'))
    expect(readFileState(join(home, 'one'))).toMatchObject({ names: 2, inode })
  })

  test('an absent file, below what exists and through links', () => {
    const home = makeHome()
    mkdirSync(join(home, 'real'))
    symlinkSync('real', join(home, 'folder'))
    const path = join(home, 'folder/new/file')
    expect(readFileState(path)).toEqual({ kind: 'absent', path, resolvedPath: join(home, 'real/new/file') })
    expect(readFileState('/nowhere/at/all')).toMatchObject({ resolvedPath: '/nowhere/at/all' })
  })

  const refusals: [string, string, (home: string) => string][] = [
    ['a folder', 'is-directory', (home) => home],
    ['a link to a folder', 'is-directory', (home) => link(home, home)],
    ['a pipe', 'not-regular', (home) => pipe(home)],
    ['a device', 'not-regular', () => '/dev/null'],
    ['a link to nothing', 'dangling-link', (home) => link(home, 'nothing')],
    ['a link to a link to nothing', 'dangling-link', (home) => link(home, link(home, 'nothing', 'other'))],
    ['a link to itself', 'dangling-link', (home) => link(home, 'link')],
    ['a file below a link to nothing', 'dangling-link', (home) => join(link(home, 'nothing'), 'a/file')],
    ['a file below a link to itself', 'dangling-link', (home) => join(link(home, 'link'), 'a/file')],
    ['a link to below a file', 'dangling-link', (home) => link(home, join(file(home), 'x'))],
    ['a file below a file', 'not-a-directory', (home) => join(file(home), 'x')],
    ['a file deep below a file', 'not-a-directory', (home) => join(file(home), 'x/y')],
    ['a file below a link to a file', 'not-a-directory', (home) => join(link(home, file(home)), 'x')],
    ['a file of 10 MiB and a byte', 'too-large', (home) => sized(home, 10 * 1024 * 1024 + 1)],
  ]
  test.each(refusals)('%s: %s', (_name, code, make) => {
    const path = make(makeHome())
    const error = refusalOf(() => readFileState(path))
    expect(error).toMatchObject({ code, exit: 1, hint: expect.stringContaining('ls -ld') })
    // A broken link on the way is named itself.
    expect(path.startsWith(error.where?.file ?? '?')).toBe(true)
  })

  test('a file of 10 MiB is read', () => {
    expect(readFileState(sized(makeHome(), 10 * 1024 * 1024)).kind).toBe('file')
  })
})

describe('assertWritable', () => {
  const check =
    (path: string, home = dirname(path)) =>
    () =>
      assertWritable(readFileState(path), { uid: process.geteuid?.(), env: {}, home })

  test('passes files, and new files in folders that exist or not', () => {
    const home = makeHome()
    expect(check(file(home))).not.toThrow()
    expect(check(join(home, 'a/b/c'))).not.toThrow()
  })

  test('says whose a folder is, and how to own it, where a change of its mode would be refused', () => {
    const home = makeHome()
    const stranger = { uid: (statSync(home).uid || 1_000) + 1, env: {} }
    const keeps = whatKeepsFromChanging(home, 'u+wx', stranger)
    expect(String(keeps.fault)).toContain('belongs to')
    expect(String(keeps.remedy)).toContain(`chown -R "$(id -u):$(id -g)" ${home}`)
    const owner = { uid: statSync(home).uid, env: {} }
    expect(String(whatKeepsFromChanging(home, 'u+wx', owner).remedy)).toContain(`chmod u+wx ${home}`)
  })

  test.each([
    ['/', '/home/ann'],
    ['/home', '/home/ann'],
    ['/usr/bin', '/usr/bin'],
    ['/etc', '/'],
  ])('never has %s given to a user whose home is %s', (path, home) => {
    const { remedy } = whatKeepsFromChanging(path, 'u+wx', { uid: 54_321, env: {}, home })
    expect(String(remedy)).not.toContain('chown')
    expect(String(remedy)).toContain('set HOME')
  })

  test.each([
    ['/home/ann/.codex', '/home/ann', false],
    ['/home/ann', '/home/ann', false],
    ['/var/lib/jenkins/.codex', '/var/lib/jenkins', false],
    ['/srv/project', '/home/ann', false],
    ['/opt', '/home/ann', true],
    ['/etc/xdg/qcode-setup', '/home/ann', true],
    ['/usr/share', '/usr/share', true],
    ['/dev/null', '/dev/null', true],
    ['/etc/passwd', '/', true],
    ['/', '/', true],
  ])('%s with the home %s: of the system %s', (path, home, expected) => {
    expect(isOfTheSystem(path, { home })).toBe(expected)
  })

  test('takes a missing owner write bit as the wish that nothing is written', () => {
    const path = join(makeHome(), 'file')
    put(path, '', 0o464)
    const refusal = { code: 'not-writable', exit: 1, hint: expect.stringContaining(`chmod u+w ${path}`) }
    expect(check(path)).toThrow(expect.objectContaining(refusal))
    const moved = link(makeHome(), dirname(path), 'home')
    expect(check(join(moved, 'file'), moved)).toThrow(expect.objectContaining({ code: 'not-writable' }))
  })

  /** As Nix has it: files that nobody may write, in folders that nobody may write. */
  function makeStore(): string {
    const store = join(makeHome(), 'store')
    put(join(store, 'file'), 'x', 0o444)
    chmodSync(store, 0o555)
    onTestFinished(() => chmodSync(store, 0o755))
    return store
  }

  test.each([
    ['a link to a file of a store', (home: string, store: string) => link(home, join(store, 'file'))],
    [
      'a link to another link there',
      (home: string, store: string) => link(home, link(home, join(store, 'file'), 'one')),
    ],
    [
      'a file behind a folder that is a link',
      (home: string, store: string) => join(link(home, store), 'file'),
    ],
    ['a new file behind such a folder', (home: string, store: string) => join(link(home, store), 'new')],
    ['a new folder behind such a folder', (home: string, store: string) => join(link(home, store), 'a/new')],
    [
      'a link to a locked file elsewhere',
      (home: string) => {
        put(join(home, 'elsewhere/file'), 'x', 0o444)
        return link(home, join(home, 'elsewhere/file'))
      },
    ],
  ])('refuses %s, and names no command that would open it', (_, make) => {
    const home = makeHome()
    const path = make(home, makeStore())
    const refusal = refusalOf(check(path, home))
    expect(refusal).toMatchObject({ code: 'not-replaceable', exit: 1, where: { file: path } })
    expect(String(refusal.hint)).not.toMatch(/chmod|chown/)
  })
})

function file(home: string): string {
  put(join(home, 'file'), 'x')
  return join(home, 'file')
}

function link(home: string, target: string, name = 'link'): string {
  symlinkSync(target, join(home, name))
  return join(home, name)
}

function pipe(home: string): string {
  execFileSync('mkfifo', [join(home, 'pipe')])
  return join(home, 'pipe')
}

function sized(home: string, bytes: number): string {
  truncateSync(file(home), bytes)
  return join(home, 'file')
}
