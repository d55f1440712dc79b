import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { keys, startTerminal } from '../../support/terminal.ts'
import { createHome } from '../../support/terminal-home.ts'
import { projectFolder } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'

// UPDATE_README=1 records it anew.
const readme = join(projectFolder, 'README.md')
const marked = /(<!-- wizard -->\n)([\s\S]*?)(<!-- \/wizard -->)/

it('is the picture of the wizard that README.md shows', async () => {
  const home = createHome({
    '.codex/config.toml':
      '# my settings\nmodel_provider = "openai" # for now\n\n[tui]\nnotifications = true # keep\n',
  })
  const run = startTerminal({ home, args: ['--no-check'], columns: 150 })
  await run.question(en['ask.tools'])
  run.press(keys.enter)
  await run.question(en['ask.region'])
  run.press(keys.down, keys.down, keys.enter)
  await run.question(en['ask.key'])
  run.press(testKey, keys.enter)
  await run.question(en['ask.confirm'])
  run.press(keys.enter)
  expect(await run.exit).toBe(0)
  const screen = run
    .screen()
    .replaceAll(home, '/home/you')
    .replace(/[ \t]+$/gm, '')
  const picture = `\`\`\`text\n$ npx qcode-setup --no-check\n${screen}\n\`\`\`\n`
  if (env.UPDATE_README) {
    const text = readFileSync(readme, 'utf8')
    writeFileSync(
      readme,
      text.replace(marked, (_, open, __, close) => open + picture + close),
    )
  }
  expect(marked.exec(readFileSync(readme, 'utf8'))?.[2]).toBe(picture)
})
