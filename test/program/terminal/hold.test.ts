import { EventEmitter, once } from 'node:events'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { type Faulty, startFaulty } from '../../support/faulty-gateway.ts'
import { keys, startTerminal, type TerminalRun } from '../../support/terminal.ts'
import { createHome } from '../../support/terminal-home.ts'
import { projectFolder } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'

const { enter, ctrlC } = keys
const pasted = `cr_${'fedcba9876543210'.repeat(4)}`

/** It says that it was asked, and never answers. */
let gateway: Faulty
const events = new EventEmitter()
beforeAll(async () => {
  gateway = await startFaulty(() => void events.emit('asked'))
})
afterAll(() => gateway.close())

/** At the moment in which the key is tested, and no question stands. */
async function betweenQuestions(): Promise<TerminalRun> {
  const asked = once(events, 'asked')
  const run = startTerminal({ home: createHome(), args: ['--tool', 'codex', '--gateway', gateway.origin] })
  await run.question(en['ask.key'])
  run.press(testKey + enter)
  await asked
  return run
}

describe('between two questions', () => {
  it('nothing of a key that is pasted is shown', async () => {
    const run = await betweenQuestions()
    run.press(pasted)
    run.press(ctrlC)
    expect(await run.exit).toBe(130)
    expect(run.sent()).not.toContain(pasted.slice(0, 12))
    expect(run.screen()).not.toContain(pasted.slice(0, 12))
  })

  it('Enter, typed twice for the question before, answers no question about changes', async () => {
    const run = startTerminal({ home: createHome(), args: ['--tool', 'codex', '--no-check'] })
    await run.question(en['ask.region'])
    run.press(enter)
    await run.question(en['ask.key'])
    run.press(testKey + enter + enter + enter)
    await run.question(en['ask.confirm'])
    run.press('n', enter)
    expect(await run.exit).toBe(130)
    expect(run.screen()).toContain('Nothing was written.')
  })

  it('Ctrl-C leaves, though the terminal makes no signal of it', async () => {
    const run = await betweenQuestions()
    run.press(ctrlC)
    expect(await run.exit).toBe(130)
    expect(run.screen()).toContain('Cancelled. Nothing was written.')
  })
})

/** A shell in a pseudo-terminal, in which the built program is called `q`. */
function startShell() {
  const home = createHome()
  const program = `"${process.execPath}" "${join(projectFolder, 'bin/qcode-setup.js')}"`
  const shell = spawn('/bin/bash', ['--norc', '-i'], {
    cwd: home,
    env: { HOME: home, PATH: '/usr/bin:/bin', TERM: 'xterm', PS1: 'ready> ', NO_COLOR: '1' },
  })
  onTestFinished(() => shell.kill('SIGKILL'))
  let sent = ''
  let last = ''
  let wake = () => {}
  shell.onData((data) => {
    sent += data
    wake()
  })
  const waitFor = async (text: string) => {
    while (!sent.includes(text)) await new Promise<void>((resolve) => (wake = resolve))
    const end = sent.indexOf(text) + text.length
    last = sent.slice(0, end)
    sent = sent.slice(end)
  }
  /** Whether the terminal shows what is typed and gives whole lines, as a shell's commands find it. */
  const modes = async () => {
    shell.write("stty -a; echo en''d\r")
    await waitFor('speed')
    await waitFor('end')
    return [' echo ', ' icanon ', 'isig '].every((mode) => last.includes(mode)) ? 'sane' : last
  }
  const pid = async () => {
    await waitFor('pid=')
    await waitFor('.')
    return Number(last.slice(0, -1))
  }
  const type = (text: string) => shell.write(text)
  const run = (args: string) => type(`sh -c 'echo "p""id=$$."; exec ${program} ${args}'\r`)
  return { type, waitFor, modes, pid, run }
}

describe('the terminal is as it was', () => {
  it.each([
    ['Ctrl-C', ctrlC],
    ['the end of the input', '\x04'],
  ])('after %s at a question', async (_, pressed) => {
    const shell = startShell()
    shell.run('--no-check')
    await shell.waitFor(en['ask.tools'])
    shell.type(pressed)
    await shell.waitFor('Cancelled.')
    // What is typed before the shell is there again may be lost with the program's end.
    await shell.waitFor('ready> ')
    expect(await shell.modes()).toBe('sane')
  })

  it.each(['SIGTERM', 'SIGHUP', 'SIGINT'])('after a %s from outside', async (signal) => {
    const shell = startShell()
    shell.run('--no-check')
    const pid = await shell.pid()
    await shell.waitFor(en['ask.tools'])
    process.kill(pid, signal)
    await shell.waitFor('Cancelled.')
    // What is typed before the shell is there again may be lost with the program's end.
    await shell.waitFor('ready> ')
    expect(await shell.modes()).toBe('sane')
  })

  it('when the program ends by itself', async () => {
    const shell = startShell()
    shell.run('--tool codex --region eu --no-check')
    await shell.waitFor(en['ask.key'])
    shell.type(testKey + enter)
    await shell.waitFor(en['ask.confirm'])
    shell.type(enter)
    await shell.waitFor('ready> ')
    expect(await shell.modes()).toBe('sane')
  })

  it('while it is suspended, and the question is answered after fg', async () => {
    const shell = startShell()
    shell.run('--tool codex --region eu --no-check')
    await shell.waitFor(en['ask.key'])
    shell.type('\x1a')
    await shell.waitFor('Stopped')
    expect(await shell.modes()).toBe('sane')
    shell.type('fg\r')
    await shell.waitFor('qcode-setup.js')
    shell.type(testKey + enter)
    await shell.waitFor(en['ask.confirm'])
    shell.type(ctrlC)
    await shell.waitFor('Cancelled.')
    // What is typed before the shell is there again may be lost with the program's end.
    await shell.waitFor('ready> ')
    expect(await shell.modes()).toBe('sane')
  })
})

it('--key-file - on a terminal asks for the key, masked, whatever the command is and though --yes is given', async () => {
  for (const args of [
    ['print', 'codex', '--with-key', '--key-file', '-'],
    ['--tool', 'codex', '--yes', '--no-check', '--dry-run', '--key-file', '-'],
  ]) {
    const run = startTerminal({ home: createHome(), args })
    await run.question(en['ask.key'])
    run.press(testKey)
    await run.waitFor('*'.repeat(20))
    expect(run.sent()).not.toContain(testKey.slice(0, 12))
    run.press(enter)
    expect(await run.exit).toBe(0)
  }
})
