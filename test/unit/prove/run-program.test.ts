import { kill, platform } from 'node:process'
import { describe, expect, it } from 'vitest'
import type { RunOptions } from '../../../src/host/host.ts'
import { runProgram } from '../../../src/host/run-program.ts'
import { isAlive } from '../../support/is-alive.ts'

const node = process.execPath
const env = { PATH: process.env.PATH, MARK: 'mine' }

function run(script: string, options: RunOptions = {}) {
  return runProgram(node, ['-e', script], { alone: true, env, ...options }, { kill, platform, env })
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
      const result = await runProgram('/bin/sh', ['-c', script], options, { kill, platform, env })
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
    const result = await runProgram('/nowhere/at/all', [], { alone: true, env }, { kill, platform, env })
    expect(result).toMatchObject({ exit: null, stdout: '' })
  })
})

describe('a program that needs no key', () => {
  const key = `cr_${'89abcdef'.repeat(8)}`
  const ours = { PATH: process.env.PATH, QCODE_API_KEY: 'of-any-look', OPENAI_API_KEY: key, PLAIN: 'x' }
  const printEnv = ['-e', 'console.log(JSON.stringify(process.env))']

  it('is given none: no variable that holds one', async () => {
    const { stdout } = await runProgram(node, printEnv, {}, { kill, platform, env: ours })
    expect(Object.keys(JSON.parse(stdout))).toEqual(expect.arrayContaining(['PATH', 'PLAIN']))
    expect(stdout).not.toMatch(/API_KEY/)
  })

  it('gets another environment where the caller says so', async () => {
    const { stdout } = await runProgram(node, printEnv, { env: ours }, { kill, platform, env: {} })
    expect(JSON.parse(stdout)).toMatchObject(ours)
  })
})
