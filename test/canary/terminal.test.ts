import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { en } from '../../src/texts/en.ts'
import { zhCN } from '../../src/texts/zh-CN.ts'
import { keys, startTerminal, type TerminalRun } from '../support/terminal.ts'
import { canaryKey as key } from './canary-keys.ts'
import { startGateways } from './echoing-gateway.ts'
import { dropPlace, type Files, keyring, makePlace, type Place, watcher } from './place.ts'
import { searchRun, tally } from './search-run.ts'

const { enter, down, ctrlC, ctrlT } = keys
const { origins, close } = await startGateways()
afterAll(async () => {
  await close()
  console.log(`canary search on terminals: ${JSON.stringify(tally)}`)
})

function start(args: readonly string[], files: Files = {}, env: Readonly<Record<string, string>> = {}) {
  const place = makePlace(files)
  onTestFinished(() => dropPlace(place))
  const { home, temporary, records } = place
  const watched = { TMPDIR: temporary, CANARY_RECORDS: records, DEBUG: '*' }
  const options = `--require=${keyring} --require=${watcher} --trace-uncaught`
  const run = startTerminal({ home, args, env: { ...watched, NODE_OPTIONS: options, ...env } })
  return { place, run }
}

/** Searches all that was sent to the terminal, what stands on it, and everything else. */
async function search(place: Place, run: TerminalRun): Promise<number> {
  const exit = await run.exit
  expect(searchRun(place, { exit, stdout: run.sent(), stderr: run.screen() }, false), run.screen()).toEqual(
    [],
  )
  return exit
}

describe('no terminal shows the key', () => {
  it.each([
    ['typed', en, {}, [...key]],
    ['pasted', en, {}, [`\x1b[200~${key}\x1b[201~`]],
    ['in Chinese', zhCN, { LANG: 'zh_CN.UTF-8' }, [key]],
    ['without colours', en, { NO_COLOR: '1' }, [key]],
  ])('that it is typed into: %s', async (_, texts, env, pressed) => {
    const { place, run } = start(
      ['--tool', 'codex', '--gateway', origins.good, '--timeout', '60'],
      { key: '' },
      env,
    )
    await run.question(texts['ask.key-store'])
    run.press(enter)
    await run.question(texts['ask.key'])
    for (const sign of pressed) run.press(sign)
    run.press(ctrlT, ctrlT, enter)
    await run.question(texts['ask.models'])
    run.press(enter)
    await run.question(texts['ask.confirm'])
    run.press(enter)
    expect(await search(place, run)).toBe(0)
  })

  it.each(['refusing', 'broken', 'chatty', 'models'] as const)(
    'before a gateway that is %s',
    async (which) => {
      const { place, run } = start(
        ['--tool', 'codex', '--gateway', origins[which]],
        {},
        { QCODE_API_KEY: key },
      )
      // A refused key is asked for again until the user leaves.
      let presses = 0
      const leave = setInterval(() => run.press(++presses < 12 ? enter : ctrlC), 300)
      await run.exit
      clearInterval(leave)
      await search(place, run)
    },
  )

  it.each([
    ['Ctrl-C', ctrlC],
    ['a wrong key, then Ctrl-C', ` ${key} ${key}${enter}${ctrlC}`],
  ])('that is left by %s while it is typed', async (_, pressed) => {
    const { place, run } = start(['--tool', 'codex', '--no-check'])
    await run.question(en['ask.region'])
    run.press(down, enter)
    await run.question(en['ask.key-store'])
    run.press(enter)
    await run.question(en['ask.key'])
    run.press(key.slice(0, 40))
    await run.waitFor('*'.repeat(40))
    run.press(pressed)
    expect(await search(place, run)).toBe(130)
  })

  it('at a conflict, and at the prompt of key set', async () => {
    const aider = { '.aider.conf.yml': `env-file: ${key}\nopenai-api-key: ${key}\n` }
    const conflict = start(['--tool', 'aider', '--region', 'eu', '--no-check'], aider, { QCODE_API_KEY: key })
    await conflict.run.question(en['ask.key-store'])
    conflict.run.press(enter)
    await conflict.run.question(en['ask.conflict'])
    conflict.run.press(enter)
    await conflict.run.question(en['ask.confirm'])
    conflict.run.press(enter)
    await search(conflict.place, conflict.run)

    const { place, run } = start(['key', 'set'])
    await run.question(en['ask.key'])
    run.press(key, enter)
    await run.question(en['ask.confirm'])
    run.press(enter)
    expect(await search(place, run)).toBe(0)
  })
})
