import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { expect, it } from 'vitest'
import { en } from '../../../src/texts/en.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { keys, type Span, startTerminal } from '../../support/terminal.ts'
import { createHome } from '../../support/terminal-home.ts'
import { drawTerminal, pictureThemes } from '../../support/terminal-picture.ts'
import { projectFolder } from '../../support/test-catalog.ts'
import { testKey } from '../../support/test-host.ts'

// UPDATE_DOCS=1 records them anew.
const columns = 100

it.each([
  ['', 'en_US.UTF-8', en],
  ['.zh-CN', 'zh_CN.UTF-8', zhCN],
] as const)(
  'docs/wizard-*%s.svg shows the wizard as a terminal shows it',
  async (suffix, language, texts) => {
    const home = createHome({
      '.codex/config.toml':
        '# my settings\nmodel_provider = "openai" # for now\n\n[tui]\nnotifications = true # keep\n',
    })
    const run = startTerminal({ home, args: ['--no-check'], columns, env: { LANG: language } })
    await run.question(texts['ask.tools'])
    run.press(keys.enter)
    await run.question(texts['ask.region'])
    run.press(keys.down, keys.down, keys.enter)
    await run.question(texts['ask.key'])
    run.press(testKey, keys.enter)
    await run.question(texts['ask.confirm'])
    run.press(keys.enter)
    expect(await run.exit).toBe(0)
    const rows = [
      typed('$ npx qcode-setup'),
      ...run.rows().map((row) => row.map((span) => inHome(span, home))),
    ]
    const filled = rows.slice(0, rows.findLastIndex((row) => row.some(({ text }) => text.trim() !== '')) + 1)
    for (const [theme, colors] of Object.entries(pictureThemes)) {
      const file = join(projectFolder, `docs/wizard-${theme}${suffix}.svg`)
      const picture = drawTerminal(filled, columns, colors, texts['help.about'])
      if (env.UPDATE_DOCS) writeFileSync(file, picture)
      expect(readFileSync(file, 'utf8')).toBe(picture)
    }
  },
)

function typed(text: string): Span[] {
  return [{ column: 0, text, width: text.length, color: undefined, bold: true, dim: false }]
}

/** The folder of this test is nobody's home. */
function inHome(span: Span, home: string): Span {
  const text = span.text.replaceAll(home, '/home/you')
  return { ...span, text, width: span.width - (span.text.length - text.length) }
}
