import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { keys, startTerminal, type TerminalOptions, type TerminalRun } from '../../support/terminal.ts'
import { createHome, fileIn, pictureOf } from '../../support/terminal-home.ts'
import { testKey } from '../../support/test-host.ts'

const { ctrlC, ctrlD, down, enter } = keys
const args = ['--tool', 'codex', '--region', 'eu', '--no-check']
const withKey = { QCODE_API_KEY: testKey }

let home = ''

function start(options: Partial<TerminalOptions> = {}): TerminalRun {
  return startTerminal({ home, args, env: withKey, ...options })
}

/** A home whose owner keeps it in git. */
function dotfiles(): void {
  home = createHome({ '.gitignore': '*.log' })
  execFileSync('git', ['init', '-q', home])
}

describe('a key that git would take, on a terminal', () => {
  it('is hidden by the first choice, with the line in the diff and the flag in the same command', async () => {
    dotfiles()
    const run = start()
    await run.question(en['ask.git'])
    expect(run.screen()).toContain('/.codex/.env')
    run.press(enter)
    await run.question(en['ask.confirm'])
    run.press(keys.down, enter)
    await run.waitFor('+/.codex/.env')
    await run.waitFor(en['ask.quit'])
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.gitignore').text).toBe('*.log\n/.codex/.env')
    expect(run.screen()).toContain('--region eu --gitignore --yes --no-check')
    execFileSync('git', ['-C', home, 'check-ignore', '.codex/.env'])

    const again = start({ args: [...args, '--model', 'gpt-x'] })
    await again.question(en['ask.confirm'])
    expect(again.screen()).not.toContain(en['ask.git'])
    again.press(enter)
    expect(await again.exit).toBe(0)

    for (let runs = 0; runs < 2; runs++) expect(await start({ args: ['undo', '--yes'] }).exit).toBe(0)
    expect(fileIn(home, '.gitignore').text).toBe('*.log')
    expect(existsSync(join(home, '.codex'))).toBe(false)
  })

  it.each([
    ['Ctrl-C', ctrlC],
    ['Ctrl-D', ctrlD],
    ['the choice to stop', down + enter],
  ])('is left by %s, and nothing was written anywhere', async (_, pressed) => {
    dotfiles()
    const before = pictureOf(home)
    const run = start()
    await run.question(en['ask.git'])
    run.press(pressed)
    expect(await run.exit).toBe(130)
    expect(pictureOf(home)).toEqual(before)
  })

  it('is written all the same by the last choice', async () => {
    dotfiles()
    const run = start()
    await run.question(en['ask.git'])
    run.press(down, down, enter)
    await run.question(en['ask.confirm'])
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.gitignore').text).toBe('*.log')
    expect(fileIn(home, '.codex/.env').text).toContain(testKey)
    expect(run.screen()).toContain('--allow-tracked')
  })

  it.each([
    ['en_US.UTF-8', en],
    ['zh_CN.UTF-8', zhCN],
  ])('is asked about in a window of 40 columns: %s', async (locale, texts) => {
    dotfiles()
    const run = start({ columns: 40, env: { ...withKey, LANG: locale } })
    await run.question(texts['ask.git'])
    run.press(enter)
    await run.question(texts['ask.confirm'])
    await run.waitFor(texts['ask.keys.list'])
    // The question is longer than a line.
    const bare = (text: string) => text.replace(/\s+/g, '')
    const screen = run.screen()
    expect(bare(screen).split(bare(texts['ask.git']))).toHaveLength(2)
    expect(bare(screen)).toContain(`✔${bare(texts['ask.git'])}`)
    expect(screen.match(/❯|◉/g)).toEqual(['❯'])
    expect(screen).not.toContain(texts['ask.git.anyway'])
    run.press(ctrlC)
    expect(await run.exit).toBe(130)
  })
})
