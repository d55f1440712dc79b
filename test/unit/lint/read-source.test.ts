import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lintFiles } from '../../../src/checks/lint/lint-files.ts'
import { readSource } from '../../../src/checks/lint/walk-sources.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'
import { ledgerOf } from './lint-at.ts'

const wanted = /qcode/i
const wrong = 'ANTHROPIC_BASE_URL=https://api.qcode.cc/v1\n'

let folder: string
const server = createServer()
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qcode-read-'))
  execFileSync('mkfifo', [join(folder, 'pipe.py')])
  mkdirSync(join(folder, 'folder.py'))
  await new Promise<void>((resolve) => server.listen(join(folder, 'socket.py'), resolve))
})
afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

const write = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const lint = (...paths: string[]) => {
  const host = createTestHost(folder, { cwd: folder })
  return lintFiles({ paths, project: false }, testCatalog, host, ledgerOf())
}
const reasonOf = (path: string) => {
  const source = readSource(path, wanted)
  return source !== undefined && 'unread' in source ? source.unread : source
}

describe('what is no file that can be read', () => {
  it.each([
    ['a pipe on which nobody writes', () => join(folder, 'pipe.py'), 'not-regular'],
    ['a socket', () => join(folder, 'socket.py'), 'not-regular'],
    ['a device without an end', () => '/dev/zero', 'not-regular'],
    ['a folder', () => join(folder, 'folder.py'), 'is-folder'],
    ['a name that is too long', () => join(folder, 'x'.repeat(300)), 'too-long'],
    ['a path that is too long', () => join(folder, 'x/'.repeat(3000)), 'too-long'],
    ['nothing', () => join(folder, 'gone'), 'not-readable'],
    ['what lies below a file', () => join(write('file', ''), 'x'), 'not-readable'],
    ['a program with an address in it', () => write('a.bin', Buffer.from('\0qcode\0')), 'not-text'],
  ])('%s is told of, not waited for: %#', (_, path, reason) => {
    expect(reasonOf(path())).toBe(reason)
  })

  it('counts as not read, and as nothing clean', async () => {
    const paths = ['pipe.py', 'socket.py', 'x'.repeat(300)].map((name) => join(folder, name))
    const { files, failures, problems } = await lint(...paths, write('a.env', wrong))
    expect([files, failures.length, problems.length]).toEqual([1, 3, 1])
    expect(failures.map(({ level }) => level)).toEqual(['failed', 'failed', 'failed'])
  })

  it('in a folder that is searched does not end the search, however deep the folder is', async () => {
    const deep = join(folder, 'deep')
    const script = `import os\nos.makedirs(${JSON.stringify(deep)}); os.chdir(${JSON.stringify(deep)})\nfor i in range(30): os.mkdir('e'*200); os.chdir('e'*200)\nopen('a.env','w').write('x')`
    execFileSync('python3', ['-c', script])
    write('deep/b.env', wrong)
    execFileSync('mkfifo', [join(deep, 'c.py')])
    const { files, failures, problems } = await lint(deep)
    expect([files, problems.length]).toEqual([1, 1])
    expect(failures.map(({ message }) => String(message).length < 500)).toEqual([true, true])
    execFileSync('rm', ['-rf', deep])
  })
})

describe('a file of more than a few bytes', () => {
  const mebi = 1024 * 1024

  it('of two MiB is read to its end where it is a tool’s own', () => {
    const path = write('big.env', `${'# x\n'.repeat(mebi / 2)}${wrong}`)
    expect(reasonOf(path)).toBe('too-large')
    const source = readSource(path, wanted, 10 * mebi)
    expect(source).toMatchObject({ isUtf8: true, text: expect.stringContaining(wrong) })
  })

  it.each([
    ['at its end', (text: string) => text + wrong],
    ['where two pieces meet', (text: string) => `${text.slice(0, mebi - 3)}qcode${text.slice(mebi + 2)}`],
  ])('of 11 MiB that names the gateway %s is not read, and is told of', (_, make) => {
    expect(reasonOf(write('huge.env', make('# no\n'.repeat((11 * mebi) / 5))))).toBe('too-large')
  })

  it('of 11 MiB that does not name it has nothing to be found', () => {
    expect(readSource(write('huge.env', '# no\n'.repeat((11 * mebi) / 5)), wanted)).toBeUndefined()
  })

  it('of a terabyte of nothing is not read', () => {
    truncateSync(write('holes.env', ''), 1024 * 1024 * mebi)
    expect(reasonOf(join(folder, 'holes.env'))).toBe('too-large')
  })
})

describe('a text in UTF-16, as editors on Windows leave it', () => {
  it.each([
    ['little end first', 'utf16le', (bytes: Buffer) => bytes],
    ['big end first', 'utf16le', (bytes: Buffer) => bytes.swap16()],
  ] as const)('is read: %s', async (_, encoding, turn) => {
    const path = write('wide.env', turn(Buffer.from(`\ufeff${wrong}`, encoding)))
    const { problems, files } = await lint(path)
    expect([files, problems.length > 0]).toEqual([1, true])
    // It could not be written back as it was.
    expect(problems.map(({ finding }) => finding.fix)).toEqual(problems.map(() => null))
  })
})
