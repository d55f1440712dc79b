import { describe, expect, it } from 'vitest'
import { commandNames } from '../../../src/commands/command-table.ts'
import { printFormats } from '../../../src/plan/print-tool.ts'
import { fieldsOf } from '../../../src/request/fields.ts'
import { verbNames } from '../../../src/request/request.ts'
import { formatsOf, positionalValues, readLine, suggestWords } from '../../../src/request/suggest-words.ts'
import { commandTable } from '../../support/command-table.ts'
import { choiceOf, docsContext } from '../../support/docs-tables.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const { tools, gateway } = testCatalog
const ids = tools.map(({ id }) => id)
const regions = gateway.regions.map(({ id }) => id)
const context = {
  catalog: testCatalog,
  commands: commandNames,
  setUp: ['codex', 'gone'],
  names: ['home', 'work'],
}

function valuesFor(line: string): readonly string[] | 'path' {
  const found = suggestWords(line, context)
  return found === 'path' ? found : found.map(({ value }) => value)
}

describe('what is suggested behind a line', () => {
  it.each([
    ['qcode-setup ', commandNames],
    ['qcode-setup sw', ['switch']],
    ['  /usr/local/bin/qcode-setup sw', ['switch']],
    ['qcode-setup.cmd sw', ['switch']],
    ['KEY=1 sudo qcode-setup sw', ['switch']],
    ['qcode-setup foo', []],
    ['qcode-setup switch ', [...regions, 'home', 'work']],
    ['qcode-setup switch w', ['work']],
    ['qcode-setup switch --name ', ['home', 'work', 'default']],
    ['qcode-setup run codex --name h', ['home']],
    ['qcode-setup undo --name=w', ['--name=work']],
    ['qcode-setup key rotate --name d', ['default']],
    ['qcode-setup lint --name ', 'path'],
    ['qcode-setup switch e', ['eu']],
    ['qcode-setup switch eu ', valuesFor('qcode-setup switch eu --')],
    ['qcode-setup print ', [...ids, ...testCatalog.byHand.map(({ id }) => id)]],
    ['qcode-setup print zed --format ', ['steps', 'zed-claude', 'zed-gpt']],
    ['qcode-setup run clau', ids.filter((id) => id.startsWith('clau'))],
    ['qcode-setup run codex -- ', 'path'],
    ['qcode-setup key ', ['set', 'get', 'rotate', 'forget']],
    ['qcode-setup key rotate --on-conflict s', ['stop', 'skip']],
    ['qcode-setup completion install ', ['bash', 'zsh', 'fish', 'powershell', 'nushell']],
    ['qcode-setup completion uninstall n', ['nushell']],
    ['qcode-setup lint ', 'path'],
    ['qcode-setup lint one ', 'path'],
    ['qcode-setup --key-file ', 'path'],
    ['qcode-setup --key-file=', 'path'],
    ['qcode-setup --region ', [...regions, 'auto']],
    ['qcode-setup print codex --region ', regions],
    ['qcode-setup --region=e', ['--region=eu']],
    ['qcode-setup --tool ', [...ids, 'all', 'detected']],
    ['qcode-setup --tool codex,al', ['codex,all']],
    ['qcode-setup --tool codex,c', ids.filter((id) => /^c(?!odex)/.test(id)).map((id) => `codex,${id}`)],
    ['qcode-setup remove --tool ', ['codex', 'gone', 'all', 'detected']],
    ['qcode-setup --method ', ['file', 'env']],
    ['qcode-setup --lang z', ['zh-CN']],
    ['qcode-setup --model codex', ['codex=', 'codex:review=']],
    ['qcode-setup --gateway ', []],
    ['qcode-setup --timeout ', []],
    ['qcode-setup --yes=', []],
    ['qcode-setup --nothing=', []],
    ['qcode-setup print codex --format t', ['toml']],
    ['qcode-setup lint --format ', ['sarif', 'github']],
    ['qcode-setup --yes --ye', []],
    ['qcode-setup --tool codex --too', ['--tool']],
    ['qcode-setup undo --li', ['--list']],
    ['qcode-setup undo --tool ', valuesFor('qcode-setup undo --')],
    ['qcode-setup check --region ', regions],
    ['qcode-setup --tool "cod', ['codex']],
    ["qcode-setup print 'cod", ['codex']],
    ['qcode-setup switch $(touch x)', []],
    ['', commandNames],
  ] as const)('%s', (line, wanted) => {
    expect(valuesFor(line)).toEqual(wanted)
  })
})

describe('a line in words', () => {
  it.each([
    ['qcode-setup a b', ['a'], 'b'],
    ['qcode-setup a  ', ['a'], ''],
    ["qcode-setup 'a b' c", ['a b'], 'c'],
    ['qcode-setup "a b', [], 'a b'],
    ['qcode-setup a\\ b c', ['a b'], 'c'],
    ['qcode-setup a` b c', ['a b'], 'c'],
    ["qcode-setup '' x", [''], 'x'],
    ['qcode-setup \\', [], ''],
    ['other a b', ['a'], 'b'],
    ['中文 qcode-setup 中', [], '中'],
  ])('%s', (line, words, begun) => {
    expect(readLine(line)).toEqual({ words, begun })
  })
})

it.each([...commandNames, ...verbNames])('%s: every flag of it is suggested, and --help', (name) => {
  const flags = fieldsOf(name, testCatalog).map(([, { flag }]) => `--${flag}`)
  expect(valuesFor(`qcode-setup ${name} -`)).toEqual([...flags, '--help'])
})

it('what may follow a command is known for each that takes something without a flag', () => {
  const taking = commandTable.filter(({ positional }) => positional && !positional.choices)
  // An id of a change is known to the machine alone.
  const others = taking.map(({ name }) => name).filter((name) => name !== 'undo')
  expect(Object.keys(positionalValues).sort()).toEqual(others.sort())
})

it.each(tools.map((tool) => [tool.id, tool] as const))(
  'the formats of %s are those of print',
  async (_, tool) => {
    expect(formatsOf(tool)).toEqual(printFormats(await choiceOf(tool), docsContext))
  },
)
