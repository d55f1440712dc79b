import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { say } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { httpPoints } from '../../../src/ui/plain-http-texts.ts'
import { displayWidth } from '../../../src/ui/render-table.ts'
import { keys, startTerminal, type TerminalOptions, type TerminalRun } from '../../support/terminal.ts'
import { createHome, fileIn, pictureOf } from '../../support/terminal-home.ts'
import { testKey } from '../../support/test-host.ts'

const { enter, ctrlC } = keys
const china = 'http://103.236.53.153'
const ledger = '.local/state/qcode-setup/ledger.json'
const withKey = { QCODE_API_KEY: testKey }
const toChina = ['--tool', 'codex', '--region', 'china', '--no-check']
const toRelay = ['--tool', 'codex', '--gateway', 'http://relay.example.com', '--allow-http', '--no-check']

let home = ''

function start(options: Omit<TerminalOptions, 'home'>): TerminalRun {
  return startTerminal({ home, env: withKey, ...options })
}

/** Says yes to everything, as far as the first file is written. */
async function setUp(args: readonly string[]): Promise<void> {
  const run = start({ args })
  await run.question(en['ask.use-anyway'])
  run.press('y', enter)
  if (args === toChina) {
    await run.question('Optional for Codex CLI')
    run.press(enter)
  }
  await run.question(en['ask.confirm'])
  run.press(enter)
  expect(await run.exit).toBe(0)
}

describe('an origin without TLS on a terminal', () => {
  it('is asked about once on a machine: the next run shows one line, whatever the command', async () => {
    home = createHome()
    await setUp(toChina)
    expect(JSON.parse(fileIn(home, ledger).text)).toMatchObject({
      setups: [{ gateway: china, agreedAt: expect.any(String) }],
    })
    const second = start({ args: ['--tool', 'claude-code', '--region', 'china', '--no-check'] })
    await second.question(en['ask.confirm'])
    expect(second.screen()).not.toContain(en['ask.use-anyway'])
    second.press(enter)
    expect(await second.exit).toBe(0)
    expect(second.screen()).toContain(`${say('http.title', { origin: china })} You agreed to this on 20`)
    expect(second.screen()).not.toContain(en['http.point-2'])
  })

  it.each([
    ['--region', toChina],
    ['--gateway', toRelay],
  ])('named by %s is left by a no, and nothing was written anywhere', async (_, args) => {
    home = createHome()
    const run = start({ args })
    await run.question(en['ask.use-anyway'])
    run.press(enter)
    expect(await run.exit).toBe(130)
    expect(pictureOf(home)).toEqual({})
  })

  it('is not remembered when the changes are refused after the yes, so it is asked about again', async () => {
    home = createHome()
    const run = start({ args: toChina })
    await run.question(en['ask.use-anyway'])
    run.press('y', enter)
    await run.question('Optional for Codex CLI')
    run.press(enter)
    await run.question(en['ask.confirm'])
    run.press('n', enter)
    expect(await run.exit).toBe(130)
    expect(pictureOf(home)).toEqual({})
    await setUp(toChina)
  })

  it('is asked about by switch as well, where Ctrl-C writes nothing', async () => {
    home = createHome()
    expect(await start({ args: ['--tool', 'codex', '--region', 'eu', '--no-check', '--yes'] }).exit).toBe(0)
    const before = pictureOf(home)
    const left = start({ args: ['switch', 'china', '--no-check'] })
    await left.question(en['ask.use-anyway'])
    left.press(ctrlC)
    expect(await left.exit).toBe(130)
    expect(pictureOf(home)).toEqual(before)
    const taken = start({ args: ['switch', 'china', '--no-check'] })
    await taken.question(en['ask.use-anyway'])
    taken.press('y', enter)
    await taken.question(en['ask.confirm'])
    taken.press(enter)
    expect(await taken.exit).toBe(0)
    expect(JSON.parse(fileIn(home, ledger).text).setups[0].agreedAt).toMatch(/^20/)
    expect(readFileSync(join(home, '.codex/config.toml'), 'utf8')).toContain(`${china}/openai`)
  })

  it('is asked about again once nothing was set up with it any more', async () => {
    home = createHome()
    await setUp(toChina)
    const left = start({ args: ['switch', 'eu', '--no-check', '--yes'] })
    expect(await left.exit).toBe(0)
    expect(left.screen().replace(/\s+/g, ' ')).toContain(
      `You will be asked again before ${china} is used next time.`,
    )
    await setUp(['--tool', 'claude-code', '--region', 'china', '--no-check'])
  })

  it.each([
    ['en_US.UTF-8', en, ['Global', 'United States', 'Europe', 'Asia', 'Mainland China']],
    ['zh_CN.UTF-8', zhCN, ['全球', '美国', '欧洲', '亚洲', '中国大陆']],
  ])('is explained with its table in a window of 40 columns: %s', async (locale, texts, regions) => {
    home = createHome()
    const run = start({ args: toChina, columns: 40, env: { ...withKey, LANG: locale } })
    await run.question(texts['ask.use-anyway'])
    const screen = run.screen()
    const told = screen.replace(/\s+/g, '')
    for (const point of httpPoints) expect(told).toContain(point.in(texts).replace(/\s+/g, ''))
    const rows = screen.split('\n').filter((line) => line.includes(texts['http.not-measured']))
    const encrypted = regions.map((_, index) => texts[index < 4 ? 'http.yes' : 'http.no'])
    expect(rows.map((row) => row.split(/ {2,}/).slice(0, 2))).toEqual(
      regions.map((region, index) => [region, encrypted[index]]),
    )
    expect(Math.max(...screen.split('\n').map(displayWidth))).toBeLessThanOrEqual(40)
    run.press(ctrlC)
    expect(await run.exit).toBe(130)
    expect(pictureOf(home)).toEqual({})
  })
})

describe('what is told before a question that can be gone back from', () => {
  it('goes with the question at Esc, and stands there once when it is asked again and answered', async () => {
    home = createHome()
    const point = httpPoints[0]?.in(en) ?? ''
    const told = () => run.screen().replace(/\s+/g, ' ').split(point.replace(/\s+/g, ' ')).length - 1
    const run = start({ args: ['--tool', 'codex', '--no-check'] })
    for (const isLast of [false, false, true]) {
      await run.question(en['ask.region'])
      expect(told()).toBe(0)
      // The last one in the list.
      run.press(keys.up, enter)
      await run.question(en['ask.use-anyway'])
      expect(told()).toBe(1)
      if (isLast) run.press('y', enter)
      else run.press(keys.escape)
    }
    await run.question('Optional for Codex CLI')
    expect(told()).toBe(1)
    run.press(ctrlC)
    expect(await run.exit).toBe(130)
    expect(pictureOf(home)).toEqual({})
  })
})
