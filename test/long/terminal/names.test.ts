import { describe, expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { runProgram, sampleKey } from '../../support/run-program.ts'
import { keys, startTerminal } from '../../support/terminal.ts'
import { createHome, fileIn, pictureOf } from '../../support/terminal-home.ts'
import { testKey } from '../../support/test-host.ts'

const { enter, up } = keys
const relay = 'https://relay.example.com'

async function homeWithNames(): Promise<string> {
  const home = createHome()
  const done = async (input: string, ...args: readonly string[]) =>
    expect((await runProgram([...args, '--key-file', '-', '--yes'], { home, input })).exit).toBe(0)
  await done(sampleKey, '--tool', 'codex', '--region', 'us', '--no-check')
  await done(testKey, 'key', 'set', '--name', 'work', '--gateway', relay)
  return home
}

describe.each([
  ['en', en],
  ['zh-CN', zhCN],
] as const)('on a terminal, in %s', (lang, texts) => {
  const startSwitch = async (home: string) => {
    const args = ['switch', '--no-check', '--lang', lang]
    const run = startTerminal({ home, args, columns: 80, lines: 24 })
    await run.question(texts['ask.switch'])
    return run
  }

  it('switch without an argument offers the names beside the regions', async () => {
    const home = await homeWithNames()
    const run = await startSwitch(home)
    await run.waitFor(`work  ${relay}`)
    run.press(up, enter)
    await run.question(texts['ask.confirm'])
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.codex/config.toml').text).toContain(relay)
    expect(fileIn(home, '.codex/.env').text).toContain(testKey)
  })

  it('a region is chosen as before, and what has a name is left alone, which is no success', async () => {
    const home = await homeWithNames()
    expect((await runProgram(['switch', 'work', '--yes', '--no-check'], { home })).exit).toBe(0)
    const before = pictureOf(home)
    const run = await startSwitch(home)
    run.press(enter)
    await run.question(texts['ask.region'])
    run.press(enter)
    expect(await run.exit).toBe(3)
    expect(run.screen()).toContain('qcode-setup switch global --name work')
    expect(pictureOf(home)).toEqual(before)
  })
})
