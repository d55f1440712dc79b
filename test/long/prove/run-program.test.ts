import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { kill, platform } from 'node:process'
import { describe, expect, it } from 'vitest'
import type { RunOptions } from '../../../src/host/host.ts'
import { runProgram } from '../../../src/host/run-program.ts'
import { isAlive } from '../../support/is-alive.ts'

const node = process.execPath
const env = { PATH: process.env.PATH, MARK: 'mine' }
const onExit = () => () => {}
const control = { kill, endTree: () => {}, platform, env, onExit }

function run(script: string, options: RunOptions = {}) {
  return runProgram(node, ['-e', script], { alone: true, env, ...options }, control)
}

/** Prints the id of a process that outlives its parent and holds the parent's output open. */
const leaving = (detached: boolean) => `
  const { spawn } = require('node:child_process')
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit', detached: ${detached} })
  console.log(child.pid)
  child.unref()
  process.exit()`

async function expectGone(pid: number): Promise<void> {
  await expect.poll(() => isAlive(pid), { timeout: 60_000 }).toBe(false)
}

describe('a program that is asked to end before it is made to', () => {
  const start = (script: string, ended: number[] = []) => {
    const [stop, insist] = [new AbortController(), new AbortController()]
    const endTree = (pid: number) => {
      ended.push(pid)
      kill(pid, 'SIGKILL')
    }
    const options = { env, stop: stop.signal, insist: insist.signal }
    const onWindows = { ...control, platform: 'win32', endTree } as const
    return { stop, insist, ended, running: runProgram(node, ['-e', script], options, onWindows) }
  }

  it('on Windows hears of it from the console, and is ended with all that it has started', async () => {
    const { stop, insist, ended, running } = start('setInterval(() => {}, 1000)')
    stop.abort()
    expect(ended).toEqual([])
    insist.abort()
    expect(await running).toMatchObject({ exit: null })
    expect(ended).toHaveLength(1)
  })

  it('is left alone once it has ended: its number may be that of another one', async () => {
    const { stop, insist, ended, running } = start('')
    expect(await running).toMatchObject({ exit: 0 })
    stop.abort()
    insist.abort()
    expect(ended).toEqual([])
  })
})

describe('a program that is run alone', () => {
  it('has just the environment that it was given, and nothing to read', async () => {
    const { stdout } = await run(`
      const { QCODE_SETUP_RUN, __CF_USER_TEXT_ENCODING, ...rest } = process.env
      console.log(JSON.stringify({ names: Object.keys(rest), input: require('node:fs').readFileSync(0, 'utf8') }))`)
    expect(JSON.parse(stdout)).toEqual({ names: Object.keys(env), input: '' })
  })

  it.skipIf(platform === 'win32')('leaves no process of its group behind', async () => {
    const { exit, stdout } = await run(leaving(false))
    expect(exit).toBe(0)
    await expectGone(Number(stdout))
  })

  it.skipIf(platform !== 'linux')('leaves none that has left its group either', async () => {
    const { exit, stdout } = await run(leaving(true))
    expect(exit).toBe(0)
    await expectGone(Number(stdout))
  })

  it.skipIf(platform === 'win32')(
    'is stopped when its time is over, though it does not want to end',
    async () => {
      // A shell has said its number long before the end of its time, also on a busy machine.
      const script = "trap '' TERM; echo $$; while :; do sleep 1; done"
      const options = { alone: true, env, timeoutMs: 3000 }
      const result = await runProgram('/bin/sh', ['-c', script], options, control)
      expect(result).toMatchObject({ exit: null, timedOut: true })
      expect(isAlive(Number(result.stdout))).toBe(false)
    },
  )

  it('is stopped by a signal from outside', async () => {
    const controller = new AbortController()
    const running = run('setInterval(() => {}, 1000)', { stop: controller.signal })
    controller.abort()
    expect(await running).toMatchObject({ exit: null, timedOut: false })
  })

  it('gives exit null where there is no such program', async () => {
    const result = await runProgram('/nowhere/at/all', [], { alone: true, env }, control)
    expect(result).toMatchObject({ exit: null, stdout: '' })
  })
})

describe('a program that needs no key', () => {
  const key = `cr_${'89abcdef'.repeat(8)}`
  const ours = { PATH: process.env.PATH, QCODE_API_KEY: 'of-any-look', OPENAI_API_KEY: key, PLAIN: 'x' }
  const printEnv = ['-e', 'console.log(JSON.stringify(process.env))']

  it('is given none: no variable that holds one', async () => {
    const { stdout } = await runProgram(node, printEnv, {}, { ...control, env: ours })
    expect(Object.keys(JSON.parse(stdout))).toEqual(expect.arrayContaining(['PATH', 'PLAIN']))
    expect(stdout).not.toMatch(/API_KEY/)
  })

  it('gets another environment where the caller says so', async () => {
    const { stdout } = await runProgram(node, printEnv, { env: ours }, { ...control, env: {} })
    expect(JSON.parse(stdout)).toMatchObject(ours)
  })
})

/** What a client's `--version` was seen to do, or could; each prints a version first, and this program's own limits end it. */
const badPrograms = [
  { what: 'leaves a child that holds its output', script: 'sleep 600 & echo 3.0.65', ends: { exit: 0 } },
  {
    what: 'leaves many such children',
    script: 'for i in 1 2 3; do sleep 600 & done; echo 3.0.65',
    ends: { exit: 0 },
  },
  {
    what: 'leaves one that has left its group',
    script: "setsid sh -c 'echo $$ >&2; exec sleep 20' & sleep 0.2; echo 3.0.65",
    ends: { exit: 0 },
    survivor: true,
  },
  { what: 'hangs', script: 'echo 3.0.65; exec sleep 600', ends: { exit: null, timedOut: true } },
  { what: 'hangs in a child', script: 'echo 3.0.65; sleep 600; true', ends: { exit: null, timedOut: true } },
  {
    what: 'hangs and does not want to end',
    script: "trap '' TERM; echo 3.0.65; while :; do sleep 1; done",
    ends: { exit: null, timedOut: true },
  },
  {
    what: 'prints without end',
    script: 'echo 3.0.65; while :; do echo 0123456789abcdef; done',
    ends: { exit: null },
  },
  {
    what: 'prints without end in a child',
    script: 'echo 3.0.65; yes 0123456789abcdef; true',
    ends: {},
  },
  {
    what: 'prints errors without end',
    script: 'echo 3.0.65; yes 0123456789abcdef >&2; true',
    ends: {},
  },
]

describe.skipIf(platform === 'win32')('a program that is asked for its version and', () => {
  it.each(badPrograms)('$what is not waited for, and what it printed is kept', async (bad) => {
    const marked = { ...env, OWN_MARK: crypto.randomUUID() }
    const run = await runProgram('/bin/sh', ['-c', bad.script], { timeoutMs: 2000, env: marked }, control)
    expect(run).toMatchObject(bad.ends)
    expect(run.stdout.slice(0, 6).trim()).toBe('3.0.65')
    expect(Math.max(run.stdout.length, run.stderr.length)).toBeLessThanOrEqual(8 * 1024 * 1024)
    if (platform !== 'linux') return
    if (bad.survivor) kill(Number(run.stderr), 'SIGKILL')
    await expect.poll(() => withMark(marked.OWN_MARK), { timeout: 60_000 }).toEqual([])
  })
})

/** The processes that have inherited this value. */
function withMark(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark)
    } catch {
      return false
    }
  })
}

describe.skipIf(platform === 'win32')('a program that is to leave something running', () => {
  it('leaves it, and is not waited for longer than itself', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'qcode-left-')), 'pid')
    const script = `sleep 600 & echo $! >${file}`
    const run = await runProgram('/bin/sh', ['-c', script], { mayLeave: true }, control)
    expect(run.exit).toBe(0)
    const left = Number(readFileSync(file, 'utf8'))
    expect(isAlive(left)).toBe(true)
    kill(left, 'SIGKILL')
    rmSync(dirname(file), { recursive: true })
  })
})

describe.skipIf(platform === 'win32')('when this program ends while another one runs', () => {
  it('that one ends as well', async () => {
    let end: (() => void) | undefined
    const onExit = (stop: () => void) => {
      end = stop
      return () => {}
    }
    const running = runProgram('/bin/sh', ['-c', 'sleep 600; true'], {}, { ...control, onExit })
    await expect.poll(() => end, { timeout: 60_000 }).toBeDefined()
    end?.()
    expect(await running).toMatchObject({ exit: null, timedOut: false })
  })
})
