import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isLocked, type LockProgram, makeLockProgram } from './lock-holder.ts'

let program: LockProgram
let home: string

beforeAll(async () => {
  program = await makeLockProgram()
})
afterAll(() => program.drop())
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-locks-')))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const hour = 3_600_000
const clocks: [string, number[]][] = [
  ['an hour ahead', [hour]],
  ['an hour behind', [-hour]],
  ['ten years ahead', [10 * 365 * 24 * hour]],
  ['back and forth', [0, hour, -hour, 10 * 365 * 24 * hour]],
]
const atOnce = { holdMs: 0, waitMs: 0 }

/** Sets the times of everything that the lock is made of. */
function touchLock(time: Date): void {
  const lock = join(home, '.local/state/qcode-setup/lock')
  for (const name of readdirSync(lock)) utimesSync(join(lock, name), time, time)
  utimesSync(lock, time, time)
}

describe('the lock of a run that was killed', () => {
  test.each(clocks)('is taken over at once, the clock being %s', async (_name, jumps) => {
    const holder = program.start(home, { waitMs: 0 })
    await holder.until('in')
    holder.process.kill('SIGKILL')
    await holder.ended()
    expect(isLocked(home)).toBe(true)
    rmSync(join(home, 'somebody-is-in'))
    expect(await program.start(home, { ...atOnce, jumps }).ended()).toEqual(['in', 'out'])
    expect(isLocked(home)).toBe(false)
  })

  test('given a time in the future, is taken over at once', async () => {
    const holder = program.start(home, { waitMs: 0 })
    await holder.until('in')
    holder.process.kill('SIGKILL')
    await holder.ended()
    touchLock(new Date(Date.now() + 10 * hour))
    rmSync(join(home, 'somebody-is-in'))
    expect(await program.start(home, atOnce).ended()).toEqual(['in', 'out'])
  })
})

describe('the lock of a run whose process is alive', () => {
  test.each(clocks)('is not taken, the clock of the waiter being %s', async (_name, jumps) => {
    const holder = program.start(home, { waitMs: 0 })
    await holder.until('in')
    touchLock(new Date(0))
    expect(await program.start(home, { holdMs: 0, waitMs: 300, jumps }).ended()).toEqual(['locked'])
    holder.process.kill('SIGKILL')
    await holder.ended()
  })

  test('is not taken while its process is stopped, however long; once continued, the run ends whole', async () => {
    const holder = program.start(home, { waitMs: 0 })
    await holder.until('in')
    holder.process.kill('SIGSTOP')
    // Longer than a lock out of sight may stand still.
    expect(await program.start(home, { holdMs: 0, waitMs: 6_000 }).ended()).toEqual(['locked'])
    holder.process.kill('SIGCONT')
    holder.release()
    expect(await holder.ended()).toEqual(['in', 'out'])
    expect(await program.start(home, atOnce).ended()).toEqual(['in', 'out'])
  })
})

test('given clocks that jump in all processes, never two hold the lock at once, and each gets its turn', async () => {
  mkdirSync(join(home, '.local'))
  const holders = clocks.map(([, jumps]) =>
    program.start(home, { rounds: 25, holdMs: 5, waitMs: 120_000, jumps }),
  )
  const words = (await Promise.all(holders.map((holder) => holder.ended()))).flat()
  expect(words.filter((word) => word === 'in')).toHaveLength(100)
  expect(words.filter((word) => word !== 'in' && word !== 'out')).toEqual([])
  expect(isLocked(home)).toBe(false)
})
