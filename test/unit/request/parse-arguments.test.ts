import { describe, expect, it } from 'vitest'
import { fieldsOf } from '../../../src/request/fields.ts'
import { parseArguments } from '../../../src/request/parse-arguments.ts'
import { joined, say } from '../../../src/texts/message.ts'
import { commandTable } from '../../support/command-table.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const own: Readonly<Record<string, readonly string[]>> = {
  'key set': [
    'region',
    'gateway',
    'allow-http',
    'name',
    'key-file',
    'key-store',
    'recover',
    'yes',
    'dry-run',
    'diff',
    'quiet',
    'json',
    'lang',
  ],
  'key get': ['name', 'quiet', 'json', 'lang'],
  'key forget': ['name', 'recover', 'yes', 'dry-run', 'quiet', 'json', 'lang'],
  'key rotate': [
    'tool',
    'name',
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
    'quiet',
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

/** Commands that take tools, with what else has to be there. */
const takers = commandTable.flatMap((spec) => {
  const lines = spec.positional?.choices
    ? Object.keys(spec.positional.choices).map((verb) => [spec.name, verb])
    : [[spec.name]]
  return lines.flatMap((words) => {
    const field = fieldsOf(words.join(' '), testCatalog).find(([, { flag }]) => flag === 'tool')
    return field ? [{ line: words.join(' '), words, name: field[0], field: field[1] }] : []
  })
})

describe.each(takers)('given $line', ({ words, name, field }) => {
  const region = words[0] === 'switch' ? ['eu'] : []
  const verb = words.slice(1)

  it.each([
    [['codex'], ['codex']],
    [
      ['codex', 'aider'],
      ['codex', 'aider'],
    ],
    [['codex,aider'], ['codex,aider']],
    [
      ['--tool', 'aider', 'codex'],
      ['aider', 'codex'],
    ],
    [
      ['codex', '--tool', 'aider', '--json'],
      ['aider', 'codex'],
    ],
    [['-q', 'all'], ['all']],
    [['detected', '--quiet'], ['detected']],
  ])('and %j, these tools are meant', (more, tools) => {
    const { values, positionals } = parse(...words, ...region, ...more)
    expect(values[name]).toEqual(tools)
    expect(positionals).toEqual([...verb, ...region])
  })

  it('and a misspelled tool, the nearest is named, by the parser or by the command that knows its own', () => {
    const more = [...words, ...region, 'codxe']
    if (!field.choices) expect(parse(...more).values[name]).toEqual(['codxe'])
    else expect(() => parse(...more)).toThrow(/^Unknown tool "codxe"\. Did you mean codex\?$/)
  })
})

describe('a flag that is none of the command', () => {
  it.each([
    ['setup --tol', '--tool'],
    ['setup --remove', 'qcode-setup remove'],
    ['setup --doctor', 'qcode-setup doctor'],
    ['setup --models', '--model'],
    ['status --models', undefined],
    ['status --key', undefined],
    ['setup --frobnicate', undefined],
  ])('given %s, %s is suggested', (line, near) => {
    const [name = '', flag = ''] = line.split(' ')
    const message = `Unknown flag ${flag} for ${name}.${near === undefined ? '' : ` Did you mean ${near}?`}`
    expect(() => parse(name, flag)).toThrow(expect.objectContaining({ exit: 2, message }))
  })
})

describe('a word that is no tool', () => {
  it.each([
    ['setup europe', 'Unknown tool "europe". Did you mean --region eu?'],
    ['setup eu', 'Unknown tool "eu". Did you mean --region eu?'],
    ['setup claude', 'Unknown tool "claude". Did you mean claude-code?'],
    ['setup frobnicate', 'Unknown tool "frobnicate".'],
    ['setup codex,clin', 'Unknown tool "clin". Did you mean cline?'],
    ['demo codex', 'Unexpected argument "codex".'],
    ['print codex aider', 'Unexpected argument "aider".'],
    ['key get codex', 'Unexpected argument "codex".'],
    ['undo one two', 'Unexpected argument "two".'],
  ])('given %s, the error says: %s', (line, message) => {
    expect(() => parse(...line.split(' '))).toThrow(expect.objectContaining({ exit: 2, message }))
  })

  it.each([
    ['switch eu', ['eu'], undefined],
    ['switch codex', [], ['codex']],
    ['switch codex eu', ['eu'], ['codex']],
    ['switch eu codex,aider', ['eu'], ['codex,aider']],
    ['switch europe', ['europe'], undefined],
    ['switch eu codxe', ['eu'], ['codxe']],
    ['switch codxe', [], ['codxe']],
  ])('given %s, the region is %j and the tools are %j', (line, positionals, tools) => {
    const parsed = parse(...line.split(' '))
    expect(parsed.positionals).toEqual(positionals)
    expect(parsed.values.setUpTool).toEqual(tools)
  })
})
