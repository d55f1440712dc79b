import { describe, expect, it } from 'vitest'
import { fieldsOf } from '../../../src/request/fields.ts'
import { parseArguments } from '../../../src/request/parse-arguments.ts'
import { joined, say } from '../../../src/texts/message.ts'
import { commandTable } from '../../support/command-table.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const own: Readonly<Record<string, readonly string[]>> = {
  'key set': ['key-file', 'recover', 'yes', 'dry-run', 'diff', 'json', 'lang'],
  'key get': ['json', 'lang'],
  'key forget': ['recover', 'yes', 'dry-run', 'json', 'lang'],
  'key rotate': [
    'key-file',
    'on-conflict',
    'allow-tracked',
    'gitignore',
    'allow-problems',
    'recover',
    'restart-daemons',
    'yes',
    'dry-run',
    'diff',
    'timeout',
    'no-check',
    'json',
    'lang',
  ],
}

function parse(...[name, ...args]: readonly string[]) {
  const spec = commandTable.find((each) => each.name === name)
  if (!spec) throw new Error(`no command ${name}`)
  return parseArguments(args, spec, testCatalog)
}

/** The flags of `key`, each with a value that it takes. */
const given = fieldsOf('key', testCatalog).map(([, field]) => ({
  flag: field.flag,
  words: [`--${field.flag}`, ...(field.value ? [field.choices?.(testCatalog)[0] ?? '5'] : [])],
}))

describe.each(Object.entries(own))('%s', (name, flags) => {
  const [command = '', verb = ''] = name.split(' ')

  it.each(given)('takes --$flag, or refuses it and names what it has', ({ flag, words }) => {
    for (const line of [
      [command, verb, ...words],
      [command, ...words, verb],
    ]) {
      if (flags.includes(flag)) expect(parse(...line).positionals).toEqual([verb])
      else {
        const said = say('unknown.flag', { flag: `--${flag}`, command: name })
        const message = expect.stringContaining(String(said))
        const valid = say('usage.valid', { values: flags.map((each) => `--${each}`) })
        const hint = String(joined([valid, say('usage.help', { command: name })]))
        const refused = expect.objectContaining({ code: 'unknown-flag', exit: 2, message, hint })
        expect(() => parse(...line)).toThrow(refused)
      }
    }
  })
})

describe('the verb', () => {
  it('is not the value of a flag', () => {
    expect(parse('key', '--key-file', 'get', 'set')).toMatchObject({ values: { keyFile: ['get'] } })
    expect(() => parse('key', '--key-file', 'set')).toThrow(
      'Missing subcommand: set, get, rotate, or forget.',
    )
  })

  it('is a verb of the table, never a name of Object.prototype', () => {
    expect(() => parse('key', 'constructor')).toThrow('Unknown subcommand "constructor".')
  })
})
