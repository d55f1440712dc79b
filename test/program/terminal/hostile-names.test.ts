import { expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { manifestOf, ownTools, writeOwnTool } from '../../support/own-tool.ts'
import { keys, startTerminal } from '../../support/terminal.ts'
import { createHome } from '../../support/terminal-home.ts'
import { testKey } from '../../support/test-host.ts'

const evil = '\nFORGED\x1b[2J\x1b]0;owned\x07\x9b31m\u202e\u200b'
const inToml = '\\u000aFORGED\\u001b[2J\\u001b]0;owned\\u0007\\u009b31m\\u202e\\u200b'
/** The file of the user's is there, so the tool is found, and the value that it holds is asked about. */
const manifest = `${manifestOf('evil', `Evil ${inToml}`)}
protected = [["name"]]
[[notes]]
text = "Note {{ model }}, \\u001b[2J\\u001b]0;owned\\u0007\\u009b31m"
`
const content = JSON.stringify({
  name: `new ${evil}`,
  url: '{{ baseUrl }}',
  key: '{{ key }}',
  model: '{{ model }}',
})

it('the wizard asks about hostile names and values without letting one command the terminal', async () => {
  const home = createHome({
    '.evil/settings.json': JSON.stringify({ name: `old ${evil}`, [evil]: evil }, null, 1),
  })
  writeOwnTool(ownTools(home), { 'tool.toml': manifest, 'settings.json': content }, 'evil')
  const run = startTerminal({ home, args: ['--no-check', '--model', `evil=x${evil}`] })
  await run.question(en['ask.tools'])
  await run.waitFor('Evil \\x0aFORGED\\x1b[2J')
  run.press(keys.enter)
  await run.question(en['ask.region'])
  run.press(keys.enter)
  await run.question(en['ask.key'])
  run.press(testKey, keys.enter)
  await run.question(en['ask.conflict'])
  run.press(keys.enter)
  await run.question(en['ask.confirm'])
  run.press(keys.enter)
  expect(await run.exit).toBe(0)
  await run.waitFor('Note x\\x0aFORGED\\x1b[2J')
  for (const piece of ['\x1b[2J', '\x1b]', '\x07', '\x9b', '\u202e', '\u200b']) {
    expect(run.sent().includes(piece), JSON.stringify(piece)).toBe(false)
  }
  expect(run.sent()).toContain('FORGED')
  expect(run.sent()).not.toMatch(/^\W*FORGED/m)
})
