import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { step, untilLetGo } from '../../../src/apply/file-system.ts'
import { keepHidden } from '../../../src/apply/replace-file.ts'
import type { Host } from '../../../src/host/host.ts'

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

const attrib = 'D:\\Win\\System32\\attrib.exe'

it.each([
  ['hidden', 'A   H        C:\\a\r\n', ['+H']],
  ['hidden and of the system', 'A  SH                C:\\a\r\n', ['+S', '+H']],
  ['hidden, on a share', '    H        \\\\server\\a\r\n', ['+H']],
  ['plain', 'A            C:\\a\r\n', []],
  ['plain, on a drive called H', 'A            H:\\a\r\n', []],
  ['not to be asked about', '', []],
])('what takes the place of a file that is %s is so too', async (_, stdout, flags) => {
  const started: (readonly string[])[] = []
  const run = async (...[program, args]: Parameters<Host['run']>) => {
    started.push([program, ...args])
    return { exit: 0, stdout, stderr: '' }
  }
  const file = makeFile()
  await keepHidden(file, 'new', { env: { SystemRoot: 'D:\\Win' }, run } as unknown as Host)
  expect(started).toEqual([[attrib, file], ...(flags.length > 0 ? [[attrib, ...flags, 'new']] : [])])
})

it('nothing is asked about a file that is not there', async () => {
  await keepHidden(`${makeFile()}.none`, 'new', {
    run: () => Promise.reject(new Error('asked')),
  } as unknown as Host)
})
