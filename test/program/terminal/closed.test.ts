import { readdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { keys, startTerminal, type TerminalRun } from '../../support/terminal.ts'
import { createHome } from '../../support/terminal-home.ts'
import { testKey } from '../../support/test-host.ts'

const { down, enter, space } = keys
const given = ['--tool', 'codex', '--no-check']

interface Moment {
  readonly at: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly comeThere: (run: TerminalRun) => Promise<void>
}

const moments: readonly Moment[] = [
  {
    at: 'the question for the tools',
    args: ['--no-check'],
    comeThere: (run) => run.question(en['ask.tools']),
  },
  {
    at: 'the question for the tools, some of them chosen',
    args: ['--no-check'],
    comeThere: async (run) => {
      await run.question(en['ask.tools'])
      run.press(down, space)
    },
  },
  {
    at: 'the question for the key',
    args: [...given, '--region', 'eu'],
    comeThere: (run) => run.question(en['ask.key']),
  },
  {
    at: 'the question for the key, the key typed',
    args: [...given, '--region', 'eu'],
    comeThere: async (run) => {
      await run.question(en['ask.key'])
      run.press(testKey)
      await run.waitFor('*')
    },
  },
  {
    at: 'the last question',
    args: [...given, '--region', 'eu'],
    env: { QCODE_API_KEY: testKey },
    comeThere: (run) => run.question(en['ask.confirm']),
  },
  {
    at: 'the moment behind the last answer',
    args: [...given, '--region', 'eu'],
    env: { QCODE_API_KEY: testKey },
    comeThere: async (run) => {
      await run.question(en['ask.confirm'])
      run.press(enter)
    },
  },
]

/** 134 would be 128 and SIGABRT: the system then may write the whole memory to a file, the key in it. */
it.each(moments)(
  'a terminal that is closed at $at ends the program, and never by a crash',
  async (moment) => {
    const home = createHome()
    const run = startTerminal({ home, args: moment.args, ...(moment.env && { env: moment.env }) })
    await moment.comeThere(run)
    run.close()
    // 129: the hangup itself, where it comes while the program is leaving.
    expect([0, 129, 130]).toContain(await run.exit)
    expect(readdirSync(home).filter((name) => name.startsWith('core'))).toEqual([])
  },
)
