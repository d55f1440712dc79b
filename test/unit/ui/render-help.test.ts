import { describe, expect, it } from 'vitest'
import { commandNames } from '../../../src/commands/command-table.ts'
import { fieldsOf } from '../../../src/request/fields.ts'
import { verbNames } from '../../../src/request/request.ts'
import { en } from '../../../src/texts/en.ts'
import type { Texts } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { renderHelp, renderOverview, usageOf } from '../../../src/ui/render-help.ts'
import { displayWidth } from '../../../src/ui/render-table.ts'
import { commandTable } from '../../support/command-table.ts'
import { halfWidthMarks, latinSentences } from '../../support/latin-sentences.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'

function hostOf(columns: number) {
  const host = createTestHost('/nowhere')
  return { ...host, terminal: { ...host.terminal, columns } }
}

/** Of a command, or of one of its verbs: `key rotate`. */
function helpOf(name: string, columns = 100, texts: Texts = en): string {
  const spec = commandTable.find((candidate) => candidate.name === name.split(' ')[0])
  if (!spec) throw new Error(`no command ${name}`)
  return renderHelp(spec, name, { host: { ...hostOf(columns), texts }, catalog: testCatalog })
}

describe('renderHelp', () => {
  it.each(commandTable.map(({ name }) => name))(
    '%s: has every flag of the command and its examples',
    (name) => {
      const help = helpOf(name)
      for (const [, field] of fieldsOf(name, testCatalog)) expect(help).toContain(`  --${field.flag}`)
      const spec = commandTable.find((candidate) => candidate.name === name)
      for (const [line] of spec?.examples ?? []) expect(help).toContain(line)
    },
  )

  it('tells values, choices and defaults', () => {
    expect(helpOf('setup').replace(/\s+/g, ' ')).toContain(
      `--key-store STORE ${en['flag.key-store']}. One of: file, env, keychain. Default: file.`,
    )
    expect(helpOf('setup')).toMatch(/--tool ID \.\.\. /)
    expect(helpOf('setup').replace(/\s+/g, ' ')).toContain('Default: global.')
  })

  it('tells the arguments', () => {
    expect(helpOf('print')).toContain('Usage: qcode-setup print TOOL [flags]')
    expect(helpOf('undo')).toContain('Usage: qcode-setup undo [RUN] [flags]')
  })

  it('tells the tools that may be named without a flag', () => {
    expect(helpOf('setup')).toContain('Usage: qcode-setup setup [TOOL ...] [flags]')
    expect(helpOf('switch')).toContain('Usage: qcode-setup switch [REGION] [TOOL ...] [flags]')
  })

  it.each(commandTable.map((spec) => [spec.name, spec.positional] as const))(
    '%s: names the arguments that the command reads',
    (name, positional) => {
      const named = positional?.name
      const usage = usageOf(name, testCatalog).replace(/ \[(TOOL|-- ARGUMENT) ...\]/, '')
      expect(usage.replace(/[[\]]| \.\.\./g, '')).toBe([name, named].filter(Boolean).join(' '))
      expect(usage.includes('[')).toBe(positional?.required === false)
    },
  )

  it('tells of a command with verbs what each does, and which flag only some take', () => {
    const help = helpOf('key').replace(/\s+/g, ' ')
    expect(help).toContain('VERB is one of: set Store your key in')
    expect(help).toContain(`--no-check ${en['flag.no-check']}. Applies to: rotate.`)
    expect(help).toContain(`--yes ${en['flag.yes']}. Applies to: set, rotate, forget.`)
    expect(help).toContain(`--json ${en['flag.json']} --lang LANGUAGE ${en['flag.lang']}.`)
  })

  it('tells of one verb its own flags and examples', () => {
    const help = helpOf('key get')
    expect(help).toContain('qcode-setup key get: Print the key')
    expect(help).toContain('Usage: qcode-setup key get [flags]')
    expect(help.match(/^ {2}(--\S+|\S*qcode-setup.*)/gm)).toEqual([
      '  --name',
      '  --quiet,',
      '  --json',
      '  --lang',
      '  qcode-setup key get',
    ])
  })

  it('puts what a flag means below it on a narrow terminal', () => {
    expect(helpOf('setup', 40)).toContain(`  --yes\n      ${en['flag.yes']}`)
    const flags = helpOf('setup', 40).split('Examples:')[0] ?? ''
    for (const line of flags.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(40)
  })
})

describe('renderOverview', () => {
  const overview = renderOverview(commandNames, { host: hostOf(100), catalog: testCatalog })

  it('names every command and says what it does', () => {
    for (const { name, summary } of commandTable)
      expect(overview.replace(/\s+/g, ' ')).toContain(` ${usageOf(name, testCatalog)} ${summary}`)
  })

  it.each(['QCODE_API_KEY', 'QCODE_LANG', 'QCODE_DEBUG', 'NO_COLOR', 'XDG_STATE_HOME', 'CODEX_HOME'])(
    'names the variable %s',
    (name) => {
      expect(overview).toContain(name)
    },
  )

  it('says what each exit code means', () => {
    const ids = Object.keys(en).filter((id) => id.startsWith('exit.'))
    for (const id of ids) expect(overview).toContain(en[id as 'exit.0'])
    expect(overview.match(/^ {2}\d+ /gm)).toHaveLength(ids.length)
  })
})

describe('in Chinese', () => {
  const notChinese = (text: string) => [...latinSentences([], text), ...halfWidthMarks([], text)]

  it.each([...commandNames, ...verbNames])('the help of %s is Chinese', (name) => {
    for (const columns of [40, 100]) expect(notChinese(helpOf(name, columns, zhCN))).toEqual([])
  })

  it('the overview is Chinese', () => {
    const host = { ...hostOf(100), texts: zhCN }
    expect(notChinese(renderOverview(commandNames, { host, catalog: testCatalog }))).toEqual([])
  })
})
