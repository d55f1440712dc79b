import { describe, expect, it } from 'vitest'
import { commandNames } from '../../../src/commands/command-table.ts'
import { fieldsOf } from '../../../src/request/fields.ts'
import { renderHelp, renderOverview } from '../../../src/ui/render-help.ts'
import { displayWidth } from '../../../src/ui/render-table.ts'
import { commandTable } from '../../support/command-table.ts'
import { testCatalog } from '../../support/test-catalog.ts'
import { createTestHost } from '../../support/test-host.ts'

function hostOf(columns: number) {
  const host = createTestHost('/nowhere')
  return { ...host, terminal: { ...host.terminal, columns } }
}

/** Of a command, or of one of its verbs: `key rotate`. */
function helpOf(name: string, columns = 100): string {
  const spec = commandTable.find((candidate) => candidate.name === name.split(' ')[0])
  if (!spec) throw new Error(`no command ${name}`)
  return renderHelp(spec, name, { host: hostOf(columns), catalog: testCatalog })
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
      '--key-store STORE write the key into the files, leave it to variables that you set yourself (env), or keep it in the keychain (one of file, env, keychain; default file)',
    )
    expect(helpOf('setup')).toMatch(/--tool ID \.\.\. /)
    expect(helpOf('setup').replace(/\s+/g, ' ')).toContain('default global')
  })

  it('tells the arguments', () => {
    expect(helpOf('print')).toContain('Usage: qcode-setup print TOOL [flags]')
    expect(helpOf('undo')).toContain('Usage: qcode-setup undo [RUN] [flags]')
  })

  it('tells of a command with verbs what each does, and which flag only some take', () => {
    const help = helpOf('key').replace(/\s+/g, ' ')
    expect(help).toContain('VERB is one of: set Store your key in')
    expect(help).toContain('--no-check do not contact the gateway (only with rotate)')
    expect(help).toContain('--yes ask nothing (only with set, rotate, forget)')
    expect(help).toMatch(
      /--json one JSON document on standard output --lang LANGUAGE .* \(one of en, zh-CN\) Examples/,
    )
  })

  it('tells of one verb its own flags and examples', () => {
    const help = helpOf('key get')
    expect(help).toContain('qcode-setup key get: Print the key')
    expect(help).toContain('Usage: qcode-setup key get [flags]')
    expect(help.match(/^ {2}(--\S+|\S*qcode-setup.*)/gm)).toEqual([
      '  --json',
      '  --lang',
      '  qcode-setup key get',
    ])
  })

  it('puts what a flag means below it on a narrow terminal', () => {
    expect(helpOf('setup', 40)).toContain('  --yes\n      ask nothing')
    const flags = helpOf('setup', 40).split('Examples:')[0] ?? ''
    for (const line of flags.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(40)
  })
})

describe('renderOverview', () => {
  it('names every command and says what it does', () => {
    const overview = renderOverview(commandNames, hostOf(100))
    for (const { name, summary } of commandTable)
      expect(overview.replace(/\s+/g, ' ')).toContain(` ${name} ${summary}`)
  })
})
