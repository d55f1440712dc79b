import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import type { Texts } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { wrapText } from '../../../src/ui/render-table.ts'
import { faults, startFaulty } from '../../support/faulty-gateway.ts'
import { opened } from '../../support/opened.ts'
import { keys, startTerminal, type TerminalOptions, type TerminalRun } from '../../support/terminal.ts'
import { createHome, fileIn, pictureOf, tellingPart } from '../../support/terminal-home.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'

const { enter, down, ctrlT } = keys
const codexBefore = '# mine\r\n[tui]\r\ntheme = "dark"\r\n'

/** A client that says where it is led, and repeats a line. */
const toy = `#!/bin/sh
told=$(echo "$*"; env; for word in "$@"; do [ -f "$word" ] && cat "$word"; done)
modes=$(stty -a | grep -o -- '-\\?icanon\\|-\\?echo\\b' | tr '\\n' ' ')
echo "with $(echo "$told" | grep -o 'https://eu.qcode.cc' | head -1), $modes"
read line
echo "heard $line"
exit 3
`

let home = ''

function start(options: Omit<TerminalOptions, 'home'>): TerminalRun {
  return startTerminal({ home, ...options })
}

/** Answers every question: the tool that was found, the region, the key, and yes. */
async function answerAll(run: TerminalRun, texts: Texts = en): Promise<void> {
  await run.question(texts['ask.tools'])
  run.press(enter)
  await run.question(texts['ask.region'])
  run.press(down, down, enter)
  await run.question(texts['ask.key'])
  run.press(testKey)
  await run.waitFor('*'.repeat(testKey.length))
  run.press(ctrlT, enter)
  await run.question(texts['ask.confirm'])
  run.press(enter)
}

function expectCodexSetUp(): void {
  const config = fileIn(home, '.codex/config.toml').text
  expect(config).toContain('base_url = "https://eu.qcode.cc/openai"')
  expect(config).toContain('# mine\r\n')
  expect(fileIn(home, '.codex/.env')).toEqual({ text: expect.stringContaining(testKey), mode: 0o600 })
}

describe('the wizard on a terminal', () => {
  it('goes from the first question to written files, never shows the key, and can be undone', async () => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const run = start({ args: ['--no-check'] })
    await answerAll(run)
    expect(await run.exit).toBe(0)
    expectCodexSetUp()
    expect(run.sent()).not.toMatch(tellingPart)
    expect(run.screen()).toContain('  ~/.codex/config.toml (changed)')
    expect(run.screen()).not.toContain('+model_provider = "qcode"')
    expect(run.screen()).toContain('qcode-setup --tool codex --region eu --key-file - --yes --no-check')

    const undo = start({ args: ['undo'] })
    await undo.question(en['ask.restore'])
    undo.press(enter)
    expect(await undo.exit).toBe(0)
    expect(undo.sent()).not.toMatch(tellingPart)
    expect(fileIn(home, '.codex/config.toml').text).toBe(codexBefore)
    expect(existsSync(join(home, '.codex/.env'))).toBe(false)
  })

  it.each([40, 60, 80])('leaves each answer on one clean line in a window of %i columns', async (columns) => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const run = start({ args: ['--no-check'], columns })
    await answerAll(run)
    expect(await run.exit).toBe(0)
    expectCodexSetUp()
    const screen = run.screen()
    expect(screen.match(/^✔ .*/gm)).toEqual([
      `✔ ${en['ask.tools.short']} Codex CLI`,
      `✔ ${en['ask.region']} Europe`,
      `✔ ${en['ask.key.short']} cr_…cdef`,
      `✔ ${en['ask.confirm']} ${en['ask.confirm.apply']}`,
      // On a narrow screen it goes on in a second line.
      ...wrapText(`✔ ${en['verdict.configured']({ tools: ['Codex CLI'] })}`, columns - 2).slice(0, 1),
    ])
    expect(screen).not.toMatch(/^\? |❯|◉|United States/m)
    expect(run.sent()).not.toMatch(tellingPart)
  })

  it.each([40, 100])('speaks Chinese, in a window of %i columns', async (columns) => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const run = start({ args: ['--no-check'], columns, env: { LANG: 'zh_CN.UTF-8' } })
    await answerAll(run, zhCN)
    expect(await run.exit).toBe(0)
    expectCodexSetUp()
    expect(run.screen().match(/^✔ .*/gm)).toEqual([
      `✔ ${zhCN['ask.tools.short']} Codex CLI`,
      `✔ ${zhCN['ask.region']} 欧洲`,
      `✔ ${zhCN['ask.key.short']} cr_…cdef`,
      `✔ ${zhCN['ask.confirm']} ${zhCN['ask.confirm.apply']}`,
      `✔ ${zhCN['verdict.configured']({ tools: ['Codex CLI'] })}`,
    ])
    expect(run.screen()).not.toMatch(/^\? |❯|◉/m)
    expect(run.sent()).not.toMatch(tellingPart)
  })

  it('does not ask for a key that a file gives, and shows where it comes from', async () => {
    home = createHome({ 'key.txt': `${testKey}\n` })
    const run = start({ args: ['--tool', 'codex', '--region', 'eu', '--key-file', 'key.txt', '--no-check'] })
    await run.question(en['ask.confirm'])
    expect(run.screen()).toContain(`✔ ${en['ask.key.short']} cr_…cdef (from key.txt)`)
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.codex/.env').text).toContain(testKey)
    expect(run.screen()).toContain('qcode-setup --tool codex --region eu --key-file key.txt --yes --no-check')
  })

  it('asks once more for a key that cannot be one', async () => {
    home = createHome()
    const run = start({ args: ['--tool', 'codex', '--region', 'eu', '--no-check'] })
    await run.question(en['ask.key'])
    run.press('two words', enter)
    await run.waitFor('> The key contains a space, line break or control character')
    run.press('\x15', testKey, enter)
    await run.question(en['ask.confirm'])
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.codex/.env').text).toContain(testKey)
    expect(run.sent()).not.toContain('two words')
  })

  it('asks about a region without TLS, and offers the list again after a no', async () => {
    home = createHome()
    const run = start({ args: ['--tool', 'codex', '--no-check'], env: { QCODE_API_KEY: testKey } })
    const last = down.repeat(testCatalog.gateway.regions.length - 1)
    await run.question(en['ask.region'])
    run.press(last, enter)
    await run.question(en['ask.use-anyway'])
    run.press(enter)
    await run.question(en['ask.region'])
    run.press(last, enter)
    await run.question(en['ask.use-anyway'])
    run.press('y', enter)
    await run.question('Optional for Codex CLI')
    run.press(down, enter)
    await run.question(en['ask.confirm'])
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(run.screen()).toContain('--analytics-off')
    const { text } = fileIn(home, '.codex/config.toml')
    expect(text).toContain('base_url = "http://103.236.53.153/openai"')
    expect(text).toContain('[analytics]\nenabled = false')
  })

  it("offers the gateway's own models, and writes the chosen one", async () => {
    home = createHome()
    const models = '{"data":[{"id":"gpt-9"},{"id":"claude-9"}]}'
    const gateway = await opened(
      startFaulty((request, reply) =>
        request.method === 'GET' ? reply.end(models) : faults.none(request, reply),
      ),
    )
    const args = ['--tool', 'codex', '--gateway', gateway.origin, '--timeout', '60']
    const run = start({ args, env: { QCODE_API_KEY: testKey } })
    await run.question(en['ask.models'])
    run.press(down, enter)
    await run.question(en['ask.model']({ tool: 'Codex CLI' }))
    expect(run.screen()).not.toContain('claude-9')
    run.press(down, enter)
    await run.question(en['ask.confirm'])
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.codex/config.toml').text).toContain('model = "gpt-9"')
  })

  it.each([
    ['alone', ['claude'], [], 'Claude Code'],
    ['out of several', ['claude', 'codex'], [down], 'Codex CLI'],
  ])('tries an installed tool first, %s, and nothing is written', async (_, installed, moves, tool) => {
    home = createHome(Object.fromEntries(installed.map((name) => [`bin/${name}`, toy])))
    for (const name of installed) chmodSync(join(home, 'bin', name), 0o755)
    const before = pictureOf(home)
    const run = start({ args: ['--no-check'], env: { PATH: `${home}/bin:/usr/bin:/bin` } })
    await run.question(en['ask.tools'])
    run.press(enter)
    await run.question(en['ask.region'])
    run.press(down, down, enter)
    await run.question(en['ask.key'])
    run.press(testKey, enter)
    await run.question(en['ask.confirm'])
    run.press(down, down, enter)
    if (installed.length > 1) {
      await run.question(en['try.which'])
      // Going back leads to the decision.
      run.press(keys.escape)
      await run.waitFor(`${en['ask.confirm']} ${en['ask.confirm.try']}`)
      await run.question(en['ask.confirm'])
      run.press(down, down, enter)
      await run.question(en['try.which'])
      run.press(...moves, enter)
    }
    // The terminal is the client's own while it runs: lines as they are typed, and echoed.
    await run.waitFor('with https://eu.qcode.cc, icanon echo')
    run.press('hello', enter)
    await run.waitFor('heard hello')
    expect(await run.exit).toBe(3)
    expect(run.screen()).toContain(en['try.ended']({ tool }))
    const ids = installed.map((name) => (name === 'claude' ? '--tool claude-code' : '--tool codex'))
    const again = en['try.setup']({ command: `qcode-setup ${ids.join(' ')} --region eu --no-check` })
    expect(run.screen()).toContain(again)
    expect(run.sent()).not.toMatch(tellingPart)
    expect(Object.keys(pictureOf(home))).toEqual(Object.keys(before))
  })

  it.each([
    ['keeps it', down, 'env-file: mine.env\n'],
    ['replaces it', '', expect.stringMatching(/^env-file: .*aider\.env/)],
  ])("asks about a value that is the user's own, and %s", async (_, move, expected) => {
    home = createHome({ '.aider.conf.yml': 'env-file: mine.env\n' })
    const args = ['--tool', 'aider', '--region', 'eu', '--no-check']
    const run = start({ args, env: { QCODE_API_KEY: testKey } })
    await run.question(en['ask.conflict'])
    run.press(move, enter)
    await run.question(en['ask.confirm'])
    // Where the user's own value keeps Aider from ours, Enter means no.
    run.press('y', enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.aider.conf.yml').text).toEqual(expected)
  })

  it('ticks nothing where nothing was found, and wants one tick', async () => {
    home = createHome()
    const run = start({ args: ['--region', 'eu', '--no-check'], env: { QCODE_API_KEY: testKey } })
    await run.question(en['ask.tools'])
    run.press(enter)
    await run.waitFor(en['ask.tools.required'])
    // The one library among them needs no installing.
    run.press('langchain', enter, enter)
    await run.question(en['ask.confirm'])
    run.press('n', enter)
    expect(await run.exit).toBe(130)
  })

  it('has no colours with NO_COLOR', async () => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const run = start({ args: ['--no-check'], env: { NO_COLOR: '1' } })
    await answerAll(run)
    expect(await run.exit).toBe(0)
    expect(run.sent().match(/\x1b\[[\d;]*m/g)).toBeNull()
  })

  it('does nothing to files that are right already, and asks no more than it must', async () => {
    home = createHome({ '.codex/config.toml': codexBefore })
    const args = ['--tool', 'codex', '--region', 'eu', '--no-check']
    const first = start({ args, env: { QCODE_API_KEY: testKey } })
    await first.question(en['ask.confirm'])
    first.press(enter)
    expect(await first.exit).toBe(0)
    const before = pictureOf(join(home, '.codex'))
    const second = start({ args, env: { QCODE_API_KEY: testKey } })
    expect(await second.exit).toBe(0)
    expect(second.screen()).not.toContain(en['ask.confirm'])
    expect(pictureOf(join(home, '.codex'))).toEqual(before)
  })
})

describe('the wizard where something is set up', () => {
  /** Codex set up for Europe. */
  async function setUp(): Promise<void> {
    home = createHome({ '.codex/config.toml': codexBefore })
    const first = start({
      args: ['--tool', 'codex', '--region', 'eu', '--yes', '--no-check'],
      env: { QCODE_API_KEY: testKey },
    })
    expect(await first.exit).toBe(0)
  }

  const steps = ['setup', 'region', 'key', 'check', 'undo', 'remove', 'quit']

  async function choose(step: string): Promise<TerminalRun> {
    await setUp()
    const run = start({ args: ['--no-check'] })
    await run.question(en['ask.next'])
    expect(run.screen()).toContain('- Codex CLI → Europe, cr_…cdef')
    run.press(down.repeat(steps.indexOf(step)), enter)
    return run
  }

  it('adds a tool with the region and the key that are set up', async () => {
    const run = await choose('setup')
    await run.question(en['ask.tools'])
    // The installed one is first, and ticked.
    run.press('langchain', enter, enter)
    await run.question(en['ask.region'])
    run.press(enter)
    await run.question(en['ask.key.short'])
    run.press(enter)
    await run.question(en['ask.confirm'])
    run.press(enter)
    expect(await run.exit).toBe(0)
    expectCodexSetUp()
    expect(run.screen()).toContain(`✔ ${en['ask.region']} Europe`)
    expect(run.sent()).not.toMatch(tellingPart)
  })

  it('switches the region', async () => {
    const run = await choose('region')
    await run.question(en['ask.region'])
    // The list begins with the region that is set up.
    run.press(keys.up, enter)
    await run.question(en['ask.confirm'])
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.codex/config.toml').text).toContain('base_url = "https://us.qcode.cc/openai"')
    expect(fileIn(home, '.codex/.env').text).toContain(testKey)
  })

  it.each([
    ['undo', 'ask.restore'],
    ['remove', 'ask.remove'],
  ] as const)('goes back to what was there before by %s, which the question says', async (step, question) => {
    const run = await choose(step)
    await run.question(en[question])
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.codex/config.toml').text).toBe(codexBefore)
    expect(existsSync(join(home, '.codex/.env'))).toBe(false)
  })

  it('replaces the key', async () => {
    const other = `cr_${'0f'.repeat(32)}`
    const run = await choose('key')
    await run.question(en['ask.key.new'])
    run.press(other, enter)
    await run.question(en['ask.confirm'])
    run.press(enter)
    expect(await run.exit).toBe(0)
    expect(fileIn(home, '.codex/.env').text).toContain(other)
    expect(run.sent()).not.toContain(other.slice(0, 12))
  })

  it('is left with nothing changed, and that is no error', async () => {
    const run = await choose('quit')
    expect(await run.exit).toBe(0)
    expectCodexSetUp()
  })

  it.each([['--tool', 'codex'], ['--dry-run']])(
    'does not ask what to do where %s says it',
    async (...args) => {
      await setUp()
      const run = start({ args: [...args, '--no-check'] })
      await run.question(args[0] === '--tool' ? en['ask.region'] : en['ask.tools'])
      expect(run.screen()).not.toContain(en['ask.next'])
      run.press(keys.ctrlC)
      expect(await run.exit).toBe(130)
      expect(run.screen()).not.toContain(en['error.label'])
    },
  )
})
