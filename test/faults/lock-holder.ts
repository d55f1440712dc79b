import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'rolldown'
import { withFullPaths } from '../support/with-full-paths.ts'

/**
 * Holds the lock of a home, as often as it is told, for so many milliseconds or until its input ends, and says `in` and
 * `out`. Says `two` when somebody else is in at the same time.
 */
const source = `
import { once } from 'node:events'
import { openSync, closeSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createFileSystem } from './src/apply/file-system.ts'
import { withStateLock } from './src/apply/state-lock.ts'
import { createNodeHost } from './src/host/node.ts'

const [home, rounds, holdMs, waitMs] = process.argv.slice(2)
const host = { ...createNodeHost('/'), home, env: {} }
const marker = join(home, 'somebody-is-in')
const hold = async () => {
  try {
    closeSync(openSync(marker, 'wx'))
  } catch {
    console.log('two')
    return
  }
  console.log('in')
  await (holdMs === 'released' ? once(process.stdin.resume(), 'end') : setTimeout(Number(holdMs)))
  unlinkSync(marker)
  console.log('out')
}
for (let round = 0; round < Number(rounds); round++) {
  await withStateLock(host, createFileSystem('linux'), hold, { waitMs: Number(waitMs), stillMs: 5_000 }).catch(
    (error) => console.log(error.code),
  )
}
`

export interface LockProgram {
  /** Starts a process that takes the lock of a home; `clock` as in preload.mjs. */
  start(home: string, options: HoldOptions): Holder
  drop(): void
}

export interface HoldOptions {
  readonly rounds?: number
  /** Left out: until it is released. */
  readonly holdMs?: number
  readonly waitMs: number
  readonly jumps?: readonly number[]
}

export interface Holder {
  readonly process: ChildProcess
  /** Everything that it said so far. */
  said(): readonly string[]
  /** Ends a hold without a time of its own. */
  release(): void
  /** When it has said a word. */
  until(word: string): Promise<void>
  ended(): Promise<readonly string[]>
}

/** Bundles the program once. */
export async function makeLockProgram(): Promise<LockProgram> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'qcode-holder-')))
  const input = join(folder, 'holder.ts')
  writeFileSync(input, withFullPaths(source))
  await build({
    input,
    platform: 'node',
    external: ['@napi-rs/keyring'],
    output: { file: join(folder, 'holder.mjs'), format: 'esm', codeSplitting: false },
  })
  return {
    start: (home, options) => startHolder(join(folder, 'holder.mjs'), home, options),
    drop: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function startHolder(program: string, home: string, options: HoldOptions): Holder {
  const { rounds = 1, holdMs = 'released', waitMs, jumps = [0] } = options
  const preload = join(import.meta.dirname, 'preload.mjs')
  const words = [rounds, holdMs, waitMs].map(String)
  const child = spawn(process.execPath, ['--import', preload, program, home, ...words], {
    env: { FAULTS_CLOCK: JSON.stringify({ jumps }) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk) => {
    text += chunk
  })
  const said = () => text.split('\n').filter((line) => line !== '')
  const closed = once(child, 'close')
  return {
    process: child,
    said,
    release: () => child.stdin.end(),
    until: async (word) => {
      while (!said().includes(word))
        await Promise.race([once(child.stdout, 'data'), closed.then(failed(word))])
    },
    ended: async () => {
      await closed
      return said()
    },
  }
}

function failed(word: string) {
  return () => {
    throw new Error(`the holder ended without "${word}"`)
  }
}

/** Whether a lock stands in a home. */
export function isLocked(home: string): boolean {
  return existsSync(join(home, '.local/state/qcode-setup/lock'))
}
