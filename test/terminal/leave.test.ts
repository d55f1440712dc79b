import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pid } from 'node:process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { messagesEn as messages } from '../../src/ui/messages-en.ts'
import { keys, startTerminal, type TerminalOptions, type TerminalRun } from '../support/terminal.ts'
import { testKey } from '../support/test-host.ts'
import { createHome, fileIn, pictureOf, removeHome } from './home.ts'

const { ctrlC, ctrlD, down, enter, space } = keys
const cancelled = 'Cancelled; nothing was written.'

let home = ''
let runs: TerminalRun[] = []
afterEach(() => {
  for (const run of runs) run.stop()
  runs = []
  removeHome(home)
})

function start(options: Omit<TerminalOptions, 'home'>): TerminalRun {
  const run = startTerminal({ home, ...options })
  runs.push(run)
  return run
}

/** A gateway that lists one model, and one that never answers. */
let gateway: Server
let silent: Server
beforeAll(async () => {
  gateway = createServer((_, reply) => reply.end('{"data":[{"id":"gpt-9"}]}'))
  silent = createServer(() => {})
  for (const server of [gateway, silent]) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  }
})
afterAll(() => {
  for (const server of [gateway, silent]) {
    server.closeAllConnections()
    server.close()
  }
})
const originOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

/** One question, and how to come to it. */
interface Step {
  readonly question: string
  readonly files?: Record<string, string>
  readonly args?: () => string[]
  readonly answers?: readonly (readonly [question: string, pressed: string])[]
}

const withKey = { QCODE_API_KEY: testKey }
const tick = [messages.tools.question, space + enter] as const
const given = ['--tool', 'codex', '--region', 'eu', '--no-check']
const aider = ['--tool', 'aider', '--region', 'eu', '--no-check']
const ownEnvFile = { '.aider.conf.yml': 'env-file: mine.env # mine\n' }

const steps: Record<string, Step> = {
  tools: { question: messages.tools.question },
  region: { question: messages.region.question, answers: [tick] },
  'region without TLS': {
    question: messages.region.useAnyway,
    answers: [tick, [messages.region.question, down.repeat(4) + enter]],
  },
  key: { question: messages.key.question, answers: [tick, [messages.region.question, enter]] },
  model: {
    question: messages.model.question('Codex CLI'),
    args: () => ['--tool', 'codex', '--gateway', originOf(gateway)],
    answers: [[messages.key.question, testKey + enter]],
  },
  conflict: {
    question: messages.conflict.question,
    files: ownEnvFile,
    args: () => aider,
    answers: [[messages.key.question, testKey + enter]],
  },
  confirm: {
    question: messages.confirm,
    args: () => given,
    answers: [[messages.key.question, testKey + enter]],
  },
}

async function goTo({ question, files, args, answers = [] }: Step): Promise<TerminalRun> {
  home = createHome(files)
  const run = start({ args: args?.() ?? ['--no-check'] })
  for (const [asked, pressed] of answers) {
    await run.question(asked)
    run.press(pressed)
  }
  await run.question(question)
  return run
}

describe.each(Object.entries(steps))('the question %s', (_, step) => {
  it.each([
    ['Ctrl-C', ctrlC],
    ['Ctrl-D', ctrlD],
  ])('is left by %s with exit 130, and nothing was written anywhere', async (_name, pressed) => {
    const run = await goTo(step)
    const before = pictureOf(home)
    run.press(pressed)
    expect(await run.exit).toBe(130)
    expect(run.screen()).toContain(cancelled)
    expect(Object.keys(before)).toEqual(Object.keys(step.files ?? {}))
    expect(pictureOf(home)).toEqual(before)
  })
})

describe('leaving', () => {
  it('by Ctrl-C while the gateway does not answer writes nothing', async () => {
    home = createHome()
    const asked = new Promise((resolve) => silent.once('request', resolve))
    const run = start({ args: ['--tool', 'codex', '--gateway', originOf(silent)], env: withKey })
    await asked
    run.press(ctrlC)
    expect(await run.exit).toBe(130)
    expect(pictureOf(home)).toEqual({})
  })

  it.each([
    ['a no to the changes', given, messages.confirm, 'n'],
    ['the choice to stop at a conflict', aider, messages.conflict.question, down + down],
  ])('by %s is the same as Ctrl-C', async (_, args, question, pressed) => {
    home = createHome(ownEnvFile)
    const before = pictureOf(home)
    const run = start({ args, env: withKey })
    await run.question(question)
    run.press(pressed, enter)
    expect(await run.exit).toBe(130)
    expect(run.screen()).toContain(cancelled)
    expect(pictureOf(home)).toEqual(before)
  })

  it('the confirmation of undo keeps what was set up', async () => {
    home = createHome()
    expect(await start({ args: [...given, '--yes'], env: withKey }).exit).toBe(0)
    const before = pictureOf(home)
    const undo = start({ args: ['undo'] })
    await undo.question(messages.confirm)
    undo.press(ctrlC)
    expect(await undo.exit).toBe(130)
    expect(pictureOf(home)).toEqual(before)
  })

  it('the question for a restart is a no, since the files are written by then', async () => {
    home = createHome({ '.codex/app-server-daemon/daemon.pid': JSON.stringify({ pid }) })
    const run = start({ args: given, env: withKey })
    await run.question(messages.confirm)
    run.press(enter)
    await run.question(messages.restart.question('codex app-server daemon restart'))
    run.press(ctrlC)
    expect(await run.exit).toBe(0)
    expect(run.screen()).not.toContain(cancelled)
    expect(run.screen()).toContain('still has the old settings')
    expect(fileIn(home, '.codex/.env').text).toContain(testKey)
  })
})

describe('a run that was stopped half-way', () => {
  /** A run that has written all its files and was killed before it could say so. */
  async function killedRun(): Promise<void> {
    home = createHome()
    expect(await start({ args: [...given, '--yes'], env: withKey }).exit).toBe(0)
    const folder = join(home, '.local/state/qcode-setup/runs')
    const journal = join(folder, readdirSync(folder)[0] ?? '', 'journal.json')
    writeFileSync(
      journal,
      JSON.stringify({ ...JSON.parse(readFileSync(journal, 'utf8')), state: 'committing' }),
    )
  }

  const other = ['--tool', 'claude-code', '--region', 'eu', '--no-check']

  it('is left as it is by Ctrl-C', async () => {
    await killedRun()
    const before = pictureOf(home)
    const run = start({ args: other, env: withKey })
    await run.question(messages.recovery.question)
    run.press(ctrlC)
    expect(await run.exit).toBe(130)
    expect(pictureOf(home)).toEqual(before)
  })

  it.each([
    ['taken back', enter, false],
    ['finished', down + enter, true],
  ])('is %s as the user says, before anything else is written', async (_, pressed, remains) => {
    await killedRun()
    const run = start({ args: other, env: withKey })
    await run.question(messages.recovery.question)
    run.press(pressed)
    await run.question(messages.confirm)
    expect(Object.keys(pictureOf(home)).includes('.codex/config.toml')).toBe(remains)
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(Object.keys(pictureOf(home))).toContain('.claude/settings.json')
  })
})
