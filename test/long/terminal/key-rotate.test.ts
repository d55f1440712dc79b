import { describe, expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { runProgram, sampleKey } from '../../support/run-program.ts'
import { keys, startTerminal, type TerminalRun } from '../../support/terminal.ts'
import { createHome, fileIn, pictureOf, tellingPart } from '../../support/terminal-home.ts'
import { testKey } from '../../support/test-host.ts'

const { enter } = keys
const newKey = en['ask.key.new']

let home = ''

async function setUpHome(): Promise<void> {
  home = createHome()
  const args = ['--tool', 'codex', '--key-file', '-', '--yes', '--no-check']
  expect((await runProgram(args, { home, input: `${sampleKey}\n` })).exit).toBe(0)
}

function start(env: Record<string, string> = {}): TerminalRun {
  return startTerminal({ home, args: ['key', 'rotate', '--no-check'], env })
}

describe('key rotate on a terminal', () => {
  it.each([{}, { QCODE_API_KEY: sampleKey }])(
    'asks for the new key once, masked, shows the changes, and asks before it writes (%o)',
    async (env) => {
      await setUpHome()
      const run = start(env)
      await run.question(newKey)
      run.press(testKey)
      await run.waitFor('*'.repeat(testKey.length))
      run.press(enter)
      await run.question(en['ask.confirm'])
      expect(fileIn(home, '.codex/.env').text).toContain(sampleKey)
      run.press(enter)
      expect(await run.exit).toBe(0)
      expect(fileIn(home, '.codex/.env')).toEqual({ text: `QCODE_API_KEY=${testKey}\n`, mode: 0o600 })
      expect(run.sent()).not.toMatch(tellingPart)
    },
  )

  it('writes nothing when the user says no', async () => {
    await setUpHome()
    const before = pictureOf(home)
    const run = start({ QCODE_API_KEY: testKey })
    await run.question(en['ask.confirm'])
    run.press('n', enter)
    expect(await run.exit).toBe(130)
    expect(pictureOf(home)).toEqual(before)
  })

  it('names the tools that share the key with a named one before it asks', async () => {
    await setUpHome()
    const args = ['--tool', 'openai-sdk,langchain', '--key-file', '-', '--yes', '--no-check']
    await runProgram(args, { home, input: `${sampleKey}\n` })
    const run = startTerminal({
      home,
      args: ['key', 'rotate', 'openai-sdk', '--no-check'],
      env: { QCODE_API_KEY: testKey },
    })
    await run.question(en['ask.confirm'])
    const shared = en['key.shared']({ tools: ['LangChain (Python, JavaScript)'] })
    expect(run.screen().replace(/\s+/g, ' ')).toContain(shared)
    run.press('n', enter)
    expect(await run.exit).toBe(130)
  })
})
