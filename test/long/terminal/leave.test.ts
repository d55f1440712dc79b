import { EventEmitter, once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pid } from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { type Faulty, startFaulty } from '../../support/faulty-gateway.ts'
import { opened } from '../../support/opened.ts'
import { keys, startTerminal, type TerminalOptions, type TerminalRun } from '../../support/terminal.ts'
import { createHome, fileIn, pictureOf } from '../../support/terminal-home.ts'
import { testKey } from '../../support/test-host.ts'

const { ctrlC, ctrlD, down, enter, up } = keys
const cancelled = 'Cancelled. Nothing was written.'

let home = ''

function start(options: Omit<TerminalOptions, 'home'>): TerminalRun {
  return startTerminal({ home, ...options })
}

/** It lists one model. */
let gateway: Faulty
beforeAll(async () => {
  gateway = await startFaulty((_, reply) => reply.end('{"data":[{"id":"gpt-9"}]}'))
})
afterAll(() => gateway.close())

/** One question, and how to come to it. */
interface Step {
  readonly question: string
  readonly files?: Record<string, string>
  readonly args?: () => string[]
  readonly answers?: readonly (readonly [question: string, pressed: string])[]
}

const withKey = { QCODE_API_KEY: testKey }
const tick = [en['ask.tools'], `langchain${enter}${enter}`] as const
const given = ['--tool', 'codex', '--region', 'eu', '--no-check']
const aider = ['--tool', 'aider', '--region', 'eu', '--no-check']
const ownEnvFile = { '.aider.conf.yml': 'env-file: mine.env # mine\n' }

const steps: Record<string, Step> = {
  tools: { question: en['ask.tools'] },
  region: { question: en['ask.region'], answers: [tick] },
  'region without TLS': {
    question: en['ask.use-anyway'],
    answers: [tick, [en['ask.region'], down.repeat(4) + enter]],
  },
  key: { question: en['ask.key'], answers: [tick, [en['ask.region'], enter]] },
  'all models': {
    question: en['ask.models'],
    args: () => ['--tool', 'codex', '--gateway', gateway.origin],
    answers: [[en['ask.key'], testKey + enter]],
  },
  'one model': {
    question: en['ask.model']({ tool: 'Codex CLI' }),
    args: () => ['--tool', 'codex', '--gateway', gateway.origin],
    answers: [
      [en['ask.key'], testKey + enter],
      [en['ask.models'], down + enter],
    ],
  },
  conflict: {
    question: en['ask.conflict'],
    files: ownEnvFile,
    args: () => aider,
    answers: [[en['ask.key'], testKey + enter]],
  },
  confirm: {
    question: en['ask.confirm'],
    args: () => given,
    answers: [[en['ask.key'], testKey + enter]],
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
    const requests = new EventEmitter()
    const asked = once(requests, 'request')
    const silent = await opened(startFaulty(() => requests.emit('request')))
    const run = start({ args: ['--tool', 'codex', '--gateway', silent.origin], env: withKey })
    await asked
    run.press(ctrlC)
    expect(await run.exit).toBe(130)
    expect(run.screen()).toContain(cancelled)
    expect(pictureOf(home)).toEqual({})
  })

  it.each([
    ['a no to the changes', given, en['ask.confirm'], up],
    ['the choice to stop at a conflict', aider, en['ask.conflict'], down + down],
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
    await undo.question(en['ask.restore'])
    undo.press(ctrlC)
    expect(await undo.exit).toBe(130)
    expect(pictureOf(home)).toEqual(before)
  })

  it('the question for a restart is a no, since the files are written by then', async () => {
    home = createHome({ '.codex/app-server-daemon/daemon.pid': JSON.stringify({ pid }) })
    const run = start({ args: given, env: withKey })
    await run.question(en['ask.confirm'])
    run.press(enter)
    await run.question(en['ask.restart']({ command: 'codex app-server daemon restart' }))
    run.press(ctrlC)
    expect(await run.exit).toBe(0)
    expect(run.screen()).not.toContain(cancelled)
    expect(run.screen()).toContain('still using the old settings')
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
    await run.question(en['ask.recovery'])
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
    await run.question(en['ask.recovery'])
    run.press(pressed)
    await run.question(en['ask.confirm'])
    expect(Object.keys(pictureOf(home)).includes('.codex/config.toml')).toBe(remains)
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(Object.keys(pictureOf(home))).toContain('.claude/settings.json')
  })
})
