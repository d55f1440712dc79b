import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createFileSystem, step, untilLetGo } from '../../../src/apply/file-system.ts'

function refused(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'rename' })
}

function makeFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qcode-held-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'file'), '')
  return join(folder, 'file')
}

/** Refuses so many times, then works. */
function heldFor(times: number, code = 'EPERM') {
  return vi.fn(async () => {
    if (times-- > 0) throw refused(code)
    return 'done'
  })
}

it.each(['EPERM', 'EACCES', 'EBUSY'])(
  'a file that another program holds for a moment is waited for: %s',
  async (code) => {
    const work = heldFor(2, code)
    expect(await untilLetGo(makeFile(), work)).toBe('done')
    expect(work).toHaveBeenCalledTimes(3)
  },
)

it('a file that is held on and on is given up after two seconds, with what may hold it', async () => {
  const file = makeFile()
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 1000 })
  onTestFinished(() => void vi.useRealTimers())
  const failed = step(file, () => untilLetGo(file, heldFor(1000))).catch(String)
  await vi.advanceTimersByTimeAsync(3000)
  expect(await failed).toContain('another program has it open')
})

it.each([
  ['of another kind', () => makeFile(), 'ENOSPC'],
  ['of a folder, which may be a lock that somebody holds', () => tmpdir(), 'EPERM'],
])('a refusal %s is an answer at once', async (_, path, code) => {
  const work = heldFor(1, code)
  await expect(untilLetGo(path(), work)).rejects.toMatchObject({ code })
  expect(work).toHaveBeenCalledTimes(1)
})

it('on Windows a file begins as a copy of the one whose place it takes, so that it is hidden as that is', async () => {
  const like = makeFile()
  writeFileSync(like, 'what was there')
  chmodSync(like, 0o640)
  const { createFile, write, close } = createFileSystem('win32')
  const file = await createFile(`${like}.tmp`, 0o600, like)
  await write(file, Buffer.from('new'))
  await close(file)
  expect(readFileSync(`${like}.tmp`, 'utf8')).toBe('new')
  // Of all that Windows copies this system has the mode.
  expect(statSync(`${like}.tmp`).mode & 0o777).toBe(0o640)
  await expect(createFile(`${like}.tmp`, 0o600, like)).rejects.toMatchObject({ code: 'EEXIST' })
})
