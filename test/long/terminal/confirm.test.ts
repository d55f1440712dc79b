import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { keys, startTerminal, type TerminalOptions, type TerminalRun } from '../../support/terminal.ts'
import { createHome, fileIn, pictureOf, tellingPart } from '../../support/terminal-home.ts'
import { testKey } from '../../support/test-host.ts'

const { enter, down, up, escape: esc } = keys
const codexBefore = '# mine\nmodel_provider = "openai"\n[tui]\ntheme = "dark"\n'
const show = down + enter
const given = ['--tool', 'claude-code', '--tool', 'codex', '--region', 'eu', '--no-check']

let home = ''

function start(options: Omit<TerminalOptions, 'home'>): TerminalRun {
  return startTerminal({ home, ...options })
}

/** A program of the home's own, first in PATH. */
function program(name: string, script: string): string {
  const folder = join(home, 'programs')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
  return `${folder}:/usr/bin:/bin`
}

/** At the question whether to write. */
async function atConfirm(options: Omit<TerminalOptions, 'home'> = {}): Promise<TerminalRun> {
  const run = start({ args: given, ...options, env: { QCODE_API_KEY: testKey, ...options.env } })
  await run.question((options.env?.LANG === 'zh_CN.UTF-8' ? zhCN : en)['ask.confirm'])
  return run
}

describe('the summary before anything is written', () => {
  it.each([
    [80, 24, 'en_US.UTF-8', en],
    [80, 24, 'zh_CN.UTF-8', zhCN],
    [40, 20, 'en_US.UTF-8', en],
    [40, 20, 'zh_CN.UTF-8', zhCN],
  ])(
    'fits a screen of %i columns and %i lines with the question, in %s',
    async (columns, lines, LANG, texts) => {
      home = createHome({ '.codex/config.toml': codexBefore })
      const run = await atConfirm({ columns, lines, env: { LANG } })
      await run.waitFor(texts['ask.quit'])
      const shown = run.window().replace(/\s+/g, '')
      for (const part of [
        texts['summary.uses']({
          tool: 'Claude Code',
          baseUrl: 'https://eu.qcode.cc/api',
          key: 'cr_…cdef',
          model: texts['summary.default-model'],
        }),
        texts['summary.replaces'],
        'model_provider',
        '"openai"',
        texts['summary.files'],
        '~/.claude/settings.json',
        texts['ask.confirm'],
        texts['ask.confirm.apply'],
        texts['ask.confirm.show'],
        texts['ask.quit'],
      ])
        expect(shown).toContain(part.replace(/\s+/g, ''))
      expect(run.screen()).not.toContain('@@ ')
      expect(run.sent()).not.toMatch(tellingPart)
    },
  )

  it('says how many more there are where a small window cannot hold all of them', async () => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const run = await atConfirm({
      columns: 40,
      lines: 20,
      args: ['--tool', 'all', '--region', 'eu', '--no-check'],
    })
    await run.waitFor(en['ask.quit'])
    expect(run.window()).toMatch(/… and \d+ more/)
    expect(run.window()).toContain(en['summary.files'])
  })

  it('names no value of ours among those of the user that are replaced', async () => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const first = start({ args: [...given, '--yes'], env: { QCODE_API_KEY: testKey } })
    expect(await first.exit).toBe(0)
    const run = start({ args: ['switch', 'us', '--no-check'] })
    await run.question(en['ask.confirm'])
    expect(run.screen()).toContain(`Codex CLI → https://us.qcode.cc/openai, ${en['summary.key-kept']}`)
    expect(run.screen()).not.toContain(en['summary.replaces'])
  })
})

describe('the whole diff, on request', () => {
  it('is shown as it is where it fits, with every key masked, and the question comes again', async () => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const run = await atConfirm({ lines: 60 })
    run.press(show)
    await run.waitFor('+model_provider = "qcode"')
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(run.sent()).not.toMatch(tellingPart)
    expect(fileIn(home, '.codex/config.toml').text).toContain('model_provider = "qcode"')
  })

  it('goes through $PAGER with its arguments, which gets no key and leaves no file', async () => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const PATH = program(
      'my-pager',
      `printf 'pager %s %s\\n' "$1" "\${QCODE_API_KEY-none}"; cat; read key < /dev/tty; cat > "${home}/got"`,
    )
    const run = await atConfirm({ env: { PAGER: "my-pager '--two words'", PATH } })
    run.press(show)
    await run.waitFor('pager --two words none')
    await run.waitFor('+QCODE_API_KEY=cr_…cdef')
    // The pager alone reads the terminal until it ends.
    run.press('down', enter)
    await run.waitFor(`${en['ask.confirm']} ${en['ask.confirm.show']}`)
    await run.waitFor(en['ask.quit'])
    expect(run.sent()).not.toMatch(tellingPart)
    expect(existsSync(join(home, '.codex/.env'))).toBe(false)
    run.press(up, enter)
    expect(await run.exit).toBe(130)
  })

  it('goes through a usual pager where it is longer than the screen', async () => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const PATH = program('less', 'echo "the usual pager $LESS"; cat')
    const run = await atConfirm({ lines: 12, env: { PATH } })
    run.press(show)
    await run.waitFor('the usual pager FRX')
    await run.waitFor('+QCODE_API_KEY=cr_…cdef')
  })

  it.each([
    ['nothing', ''],
    ['blanks', '   '],
    ['no program', 'no-such-program --here'],
    ['a path that is not there', '/nowhere/pager'],
    ['a folder', '/usr/bin'],
    ['a command for a shell', 'cat; touch pwned'],
    ['a substitution', '$(touch pwned)'],
    ['a pipe', 'cat | tee pwned'],
    ['a variable before a program', 'LESS=R cat'],
    ['a quote that is not closed', '"no-such'],
    ['a flag', '--help'],
    ['one that fails', 'false'],
    ['one that reads nothing and fails', 'my-pager'],
  ])('is shown all the same where $PAGER is %s', async (_, PAGER) => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const PATH = program('my-pager', 'exec 0<&-; exit 3')
    const run = await atConfirm({ lines: 60, env: { PAGER, PATH } })
    run.press(show)
    await run.waitFor('+model_provider = "qcode"')
    await run.waitFor('+QCODE_API_KEY=cr_…cdef')
    run.press(up, enter)
    expect(await run.exit).toBe(130)
    expect(existsSync(join(home, 'pwned'))).toBe(false)
    expect(existsSync(join(home, '.codex/.env'))).toBe(false)
  })

  it('comes as often as it is asked for, and the question hears every key after it', async () => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const PATH = program('my-pager', 'cat; echo x >> "$HOME/times"; echo end $(wc -l < "$HOME/times")')
    const run = await atConfirm({ env: { PAGER: 'my-pager', PATH } })
    for (let times = 1; times <= 3; times += 1) {
      run.press(show)
      await run.waitFor(`end ${times}? ${en['ask.confirm']}`)
    }
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.codex/.env').text).toContain(testKey)
  })
})

describe('going back from the summary', () => {
  it.each([
    ['Esc', esc],
    ['its choice', down + down + enter],
  ])('by %s leads to the last question, whose other answer is then taken', async (_, pressed) => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const run = start({ args: ['--tool', 'codex', '--no-check'], env: { QCODE_API_KEY: testKey } })
    await run.question(en['ask.region'])
    run.press(enter)
    await run.question(en['ask.confirm'])
    run.press(pressed)
    await run.question(en['ask.region'])
    run.press(down, down, enter)
    await run.waitFor('https://eu.qcode.cc/openai')
    await run.question(en['ask.confirm'])
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.codex/config.toml').text).toContain('base_url = "https://eu.qcode.cc/openai"')
  })

  it('leads to a question about a value of the user, and from there to the one before', async () => {
    home = createHome({ '.aider.conf.yml': 'env-file: mine.env\n' })
    const run = start({ args: ['--tool', 'aider', '--no-check'], env: { QCODE_API_KEY: testKey } })
    await run.question(en['ask.region'])
    run.press(enter)
    await run.question(en['ask.conflict'])
    run.press(enter)
    await run.question(en['ask.confirm'])
    run.press(esc)
    await run.question(en['ask.conflict'])
    run.press(esc)
    await run.question(en['ask.region'])
    run.press(keys.ctrlC)
    expect(await run.exit).toBe(130)
    expect(fileIn(home, '.aider.conf.yml').text).toBe('env-file: mine.env\n')
  })

  it.each([
    ['region', 1, en['ask.region'], en['ask.confirm']],
    ['undo', 4, undefined, en['ask.restore']],
    ['remove', 5, undefined, en['ask.remove']],
  ])(
    'of %s leads to what was asked before it, and at last to what to do',
    async (_, step, question, last) => {
      home = createHome({ '.codex/config.toml': codexBefore })
      const first = start({ args: [...given, '--yes'], env: { QCODE_API_KEY: testKey } })
      expect(await first.exit).toBe(0)
      const before = pictureOf(home)
      const run = start({ args: ['--no-check'] })
      await run.question(en['ask.next'])
      run.press(down.repeat(step), enter)
      if (question !== undefined) {
        await run.question(question)
        // The list begins with the region that is set up.
        run.press(down, enter)
      }
      await run.question(last)
      run.press(esc)
      if (question !== undefined) {
        await run.question(question)
        run.press(esc)
      }
      await run.question(en['ask.next'])
      run.press(up, enter)
      expect(await run.exit).toBe(0)
      expect(pictureOf(home)).toEqual(before)
    },
  )

  it('is not offered where nothing was asked, and Esc does nothing then', async () => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const run = await atConfirm()
    expect(run.screen()).not.toContain(en['ask.back'])
    run.press(esc)
    run.press(up, enter)
    expect(await run.exit).toBe(130)
    expect(run.screen()).toContain('Cancelled. Nothing was written.')
    expect(run.screen()).not.toContain(en['error.label'])
    expect(readFileSync(join(home, '.codex/config.toml'), 'utf8')).toBe(codexBefore)
  })
})
