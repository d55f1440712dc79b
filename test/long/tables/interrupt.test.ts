import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createFileSystem } from '../../../src/apply/file-system.ts'
import { withStateLock } from '../../../src/apply/state-lock.ts'
import { Interruption } from '../../../src/host/interruption.ts'
import { createNodeHost } from '../../../src/host/node.ts'
import { startFaulty } from '../../support/faulty-gateway.ts'
import { readTree, stateBelowHome, usersPart } from '../../support/home-tree.ts'
import { opened } from '../../support/opened.ts'
import {
  makeHome,
  noKeychain,
  programPath,
  projectPath,
  type Ran,
  runProgram,
  sampleKey,
} from '../../support/run-program.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function newHome(): string {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  return home
}

/** The program at work, and how it ended. */
interface Running {
  readonly child: ChildProcess
  readonly ran: Promise<Ran & { readonly signal: NodeJS.Signals | null }>
}

function start(home: string, ...args: readonly string[]): Running {
  return startWith({ QCODE_API_KEY: sampleKey }, home, ...args)
}

function startWith(
  more: Readonly<Record<string, string>>,
  home: string,
  ...args: readonly string[]
): Running {
  const env = { HOME: home, PATH: '', SHELL: '/bin/bash', ...noKeychain, ...more }
  const child = spawn(process.execPath, [programPath, ...args], { cwd: home, env })
  child.stdin.end()
  onTestFinished(() => void child.kill('SIGKILL'))
  const said = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].on('data', (chunk) => {
      said[stream] += chunk
    })
  }
  const ran = once(child, 'close').then(([exit, signal]) => ({ exit: exit ?? undefined, signal, ...said }))
  return { child, ran }
}

/** A gateway that takes every request and answers none; `asked` comes with the first. */
async function silentGateway(): Promise<{ origin: string; asked: Promise<unknown> }> {
  const requests = new EventEmitter()
  const asked = once(requests, 'request')
  const { origin } = await opened(startFaulty(() => requests.emit('request')))
  return { origin, asked }
}

const oneLine = (text: string) => text.replace(/\s+/g, ' ')

describe.each(signals)('%s', (signal) => {
  it('ends a wait for the gateway: nothing was written, exit 130', async () => {
    const home = newHome()
    const gateway = await silentGateway()
    const { child, ran } = start(
      home,
      '--tool',
      'codex',
      '--gateway',
      gateway.origin,
      '--yes',
      '--timeout',
      '500',
    )
    await gateway.asked
    child.kill(signal)
    expect(await ran).toMatchObject({ exit: 130, stdout: '' })
    expect((await ran).stderr).toContain('Cancelled. Nothing was written.')
    expect(readTree(home)).toEqual({})
  })

  it('is one JSON document where JSON is asked for', async () => {
    const home = newHome()
    const gateway = await silentGateway()
    const args = ['--tool', 'codex', '--gateway', gateway.origin, '--timeout', '500', '--json']
    const { child, ran } = start(home, ...args)
    await gateway.asked
    child.kill(signal)
    const { exit, stdout } = await ran
    expect([exit, JSON.parse(stdout).error.code]).toEqual([130, 'cancelled'])
  })

  it('ends the wait for another run: nothing was written, exit 130', async () => {
    const home = newHome()
    mkdirSync(join(home, '.local/state'), { recursive: true })
    const host = { ...createNodeHost(projectPath), home, env: {}, interruption: new Interruption() }
    await withStateLock(host, createFileSystem(host.platform), async () => {
      const before = usersPart(readTree(home))
      const { child, ran } = start(home, '--tool', 'codex', '--yes', '--no-check')
      // By then it waits; before that the same has to come of it.
      await setTimeout(1500)
      child.kill(signal)
      expect(await ran).toMatchObject({ exit: 130, stdout: '' })
      expect((await ran).stderr).toContain('Cancelled. Nothing was written.')
      expect(usersPart(readTree(home))).toEqual(before)
    })
  })

  it('during the write leaves nothing or all of it, and the exit code says which', async () => {
    const home = newHome()
    const { child, ran } = start(home, '--tool', 'codex,claude-code,aider,cline', '--yes', '--no-check')
    const lock = join(home, stateBelowHome, 'lock')
    while (!existsSync(lock) && child.exitCode === null) await setTimeout(0)
    child.kill(signal)
    const { exit, stdout, stderr } = await ran
    expect([0, 130], stderr).toContain(exit)
    if (exit === 130) {
      expect(stderr).toContain('Cancelled. Nothing was written.')
      expect(usersPart(readTree(home))).toEqual({})
      return
    }
    expect(stdout).toContain('.codex/config.toml')
    expect(oneLine(stderr)).toContain('To undo: qcode-setup undo')
    expect(readFileSync(join(home, '.codex/.env'), 'utf8')).toContain(sampleKey)
  })

  it('after the write ends the check, and tells what is written: exit 4', async () => {
    const home = newHome()
    const flags = ['--tool', 'claude-code', '--key-store', 'env', '--yes', '--no-check']
    expect((await runProgram(flags, { home })).exit).toBe(0)
    const gateway = await silentGateway()
    // Without a key in a file or at hand, the gateway is asked only once everything is written.
    const args = ['switch', '--gateway', gateway.origin, '--yes', '--timeout', '500']
    const { child, ran } = startWith({}, home, ...args)
    await gateway.asked
    child.kill(signal)
    const { exit, stdout, stderr } = await ran
    expect(exit, stderr).toBe(4)
    expect(stdout).toContain('.claude/settings.json')
    expect(oneLine(stderr)).toContain('To undo: qcode-setup undo')
    expect(oneLine(stderr)).toContain('The check was interrupted')
    expect(readFileSync(join(home, '.claude/settings.json'), 'utf8')).toContain(gateway.origin)
  })
})
