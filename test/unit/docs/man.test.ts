import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { env } from 'node:process'
import { describe, expect, it } from 'vitest'
import type { CommandSpec } from '../../../src/command.ts'
import { type Field, fieldsOf } from '../../../src/request/fields.ts'
import { en } from '../../../src/texts/en.ts'
import { exitCodes, usageOf, variablesOf } from '../../../src/ui/render-help.ts'
import { commandTable } from '../../support/command-table.ts'
import { howToRenew } from '../../support/docs-tables.ts'
import { projectFolder, testCatalog } from '../../support/test-catalog.ts'

// `npm run man` writes the page anew, out of what `--help` is made of.
const file = join(projectFolder, 'man/qcode-setup.1')

/** A page has to have a day: that on which its form was last changed. */
const writtenOn = '2026-11-29'

/** Columns of the file; roff joins the lines again. */
const width = 78

/** A text of a page: nothing in it is a command of roff, and dashes stay what is typed. */
function text(words: string): string {
  const safe = words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('"', '\\(dq')
    .replaceAll('`', '\\(ga')
  return safe.replace(/^(?=[.'])/gm, '\\&')
}

/** The same in lines of that width. */
function paragraph(words: string): string {
  const lines = ['']
  for (const word of words.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trimStart()
    if (longer.length > width - 10) lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines.map(text).join('\n')
}

function section(title: string, lines: readonly string[]): string {
  return [`.SH ${title}`, ...lines].join('\n')
}

/** Terms, each with what it means. */
function terms(rows: readonly (readonly [term: string, meaning: string])[]): string[] {
  return rows.map(([term, meaning]) => `.TP\n.B ${text(term)}\n${paragraph(meaning)}`)
}

function flagTerms(own: readonly Field[]): string[] {
  return terms(
    own.map(({ flag, value, many, summary, choices, default: standard }) => {
      const facts = [
        ...(choices ? [en['help.one-of']({ values: choices(testCatalog) })] : []),
        ...(standard === undefined ? [] : [en['help.default']({ value: standard })]),
      ]
      const meaning =
        facts.length === 0 ? `${summary}.` : en['help.facts']({ summary: String(summary), facts })
      return [[`--${flag}`, value, many && '...'].filter(Boolean).join(' '), meaning] as const
    }),
  )
}

/** Flags that nearly every command has stand once, at the end. */
const common = ['json', 'lang']

function commandSection(spec: CommandSpec): string[] {
  const { name, summary, positional, examples } = spec
  const own = fieldsOf(name, testCatalog).map(([, field]) => field)
  const verbs = Object.entries(positional?.choices ?? {}).map(
    ([verb, meaning]) => [verb, `${meaning}.`] as const,
  )
  return [
    `.SS qcode\\-setup ${text(usageOf(spec.name, testCatalog))}`,
    paragraph(`${summary}.`),
    ...terms(verbs),
    ...flagTerms(own.filter(({ flag }) => !common.includes(flag))),
    ...examples.flatMap(([line, meaning]) => [
      ...(meaning === undefined ? [] : ['.PP', paragraph(`${meaning}:`)]),
      '.PP',
      '.EX',
      `    ${text(line)}`,
      '.EE',
    ]),
  ]
}

function manPage(): string {
  const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'))
  const setup = fieldsOf('setup', testCatalog).map(([, field]) => field)
  return `${[
    '.\\" Made from the program itself by npm run man.',
    `.TH QCODE\\-SETUP 1 ${writtenOn} "qcode\\-setup ${text(version)}"`,
    section('NAME', ['qcode\\-setup \\- configure AI coding tools to use the QCode.cc gateway']),
    section('SYNOPSIS', ['.B qcode\\-setup', '.RI [ command ]', '.RI [ flags ]']),
    section('DESCRIPTION', [paragraph(en['help.about']), '.PP', paragraph(en['help.of-command'])]),
    section('COMMANDS', commandTable.flatMap(commandSection)),
    section('COMMON FLAGS', [
      ...flagTerms(setup.filter(({ flag }) => common.includes(flag))),
      ...terms([['--help', `${en['flag.help']}.`]]),
    ]),
    section(
      'ENVIRONMENT',
      terms(variablesOf(testCatalog).map(([names, id]) => [names, `${en[`variable.${id}`]}.`])),
    ),
    section('EXIT STATUS', terms(exitCodes.map((code) => [String(code), `${en[`exit.${code}`]}.`]))),
  ].join('\n')}\n`
}

describe('the man page', () => {
  it('says what the program says', () => {
    const wanted = manPage()
    if (env.UPDATE_DOCS) {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, wanted)
    }
    expect(readFileSync(file, 'utf8'), howToRenew).toBe(wanted)
  })

  const reader = ['/usr/bin/mandoc', '/usr/local/bin/mandoc'].find(existsSync)
  it.skipIf(reader === undefined)(
    'is read by mandoc without a warning, every command and flag with it',
    () => {
      const read = (...args: readonly string[]) =>
        execFileSync(reader ?? '', [...args, file], { encoding: 'utf8' })
      expect(read('-T', 'lint', '-W', 'warning,stop')).toBe('')
      const shown = read('-T', 'utf8', '-O', 'width=78').replace(/.\x08/g, '')
      for (const { name } of commandTable) {
        expect(shown).toContain(`qcode-setup ${name}`)
        for (const [, { flag }] of fieldsOf(name, testCatalog)) expect(shown).toContain(`--${flag}`)
      }
    },
  )

  it('is named in the package', () => {
    const { man, files } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'))
    expect(man).toBe('man/qcode-setup.1')
    expect(files).toContain('man')
  })
})
