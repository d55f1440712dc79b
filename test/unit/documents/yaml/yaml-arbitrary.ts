import fc from 'fast-check'
import type { Pick } from '../json/json-arbitrary.ts'

export const keys = [
  'a',
  'b-c',
  'd_e',
  'x.y',
  'two words',
  '',
  '__proto__',
  'yes',
  '12',
  "it's",
  'k: #',
  'ключ',
]

const flowScalars = [
  '1',
  '012',
  '1.0',
  'yes',
  '~',
  'null',
  'gpt-5',
  'http://x/y#z',
  '"# no: comment"',
  "'it''s'",
  '"\\u0041\\n"',
  '1:30',
  '{}',
  '[]',
  '[1, [x], {y: 2}]',
]

interface Look {
  readonly pick: Pick
  readonly newline: string
}

/** A YAML text of nested block and flow mappings, every kind of scalar, and comments anywhere they may stand. */
export const wildYaml: fc.Arbitrary<string> = fc
  .gen()
  .map((g) => wildYamlText((choices) => g(fc.constantFrom, ...choices) as never))

export function wildYamlText(pick: Pick): string {
  const look: Look = { pick, newline: pick(['\n', '\r\n']) }
  const { newline } = look
  const mark = pick(['', '', '\ufeff'])
  const start = pick(['', '', '---', '# head', '# head\n---', '--- # start', '%YAML 1.2\n---'])
  const head = start && start.replace('\n', newline) + newline
  const body = pick([flow(look, 2) + newline, '', ...['', ' ', '', ''].map((root) => block(look, root, 3))])
  const tail = pick(['', '# tail', `  # tail${newline}`, `...`, `# tail${newline}...${newline}# end`])
  const text = mark + head + body + tail
  return tail === '' && pick([false, true]) ? withoutFinalBreak(text) : text + pick(['', newline])
}

/** A block of text keeps its final line break: without it readers disagree on its value. */
function withoutFinalBreak(text: string): string {
  return /[|>][-+]?\r?\n(?: .*\r?\n)+(?:\r?\n)*$/.test(text) ? text : text.replace(/\r?\n$/, '')
}

function block(look: Look, indent: string, depth: number): string {
  return names(look, [1, 2, 3])
    .map((name) => above(look, indent) + indent + pair(look, name, indent, depth))
    .join('')
}

function pair(look: Look, name: string, indent: string, depth: number): string {
  const { pick, newline } = look
  const colon = `${key(look, name)}${pick(['', '', ' '])}:`
  const inner = indent + pick(['  ', '    '])
  const rest = comment(look) + newline
  const kinds = ['flow', 'flow', 'empty', 'mapping', 'mapping', 'list', 'text', 'lines', 'anchor']
  switch (depth === 0 ? 'flow' : pick(kinds)) {
    case 'empty':
      return colon + rest
    case 'mapping':
      return colon + rest + block(look, inner, depth - 1)
    case 'list':
      return colon + rest + list(look, pick([indent, inner]))
    case 'text':
      return `${colon} ${pick(['|', '>', '|-', '>+', '|+'])}${newline}${inner}text # no comment${newline}${pick(['', newline])}`
    case 'lines':
      return (
        colon + pick([' one~  two', ' "one~  two"', " 'one~~  two'"]).replaceAll('~', newline + inner) + rest
      )
    case 'anchor':
      return `${colon} ${pick(['&x', '!!str', '&x !!str'])} ${pick(['1', '"2"'])}${rest}`
    default:
      return `${colon}${pick([' ', ' ', '   '])}${flow(look, 2)}${rest}`
  }
}

function list({ pick, newline }: Look, indent: string): string {
  const items = Array.from({ length: pick([1, 2]) }, () => {
    const item = pick([...flowScalars, `x: 1${newline}${indent}  y: 2`, `- z${newline}${indent}  - w`])
    return `${indent}- ${item}${pick(['', ' # item'])}${newline}`
  })
  return items.join(pick(['', newline, `${indent}# between${newline}`]))
}

function flow(look: Look, depth: number): string {
  const { pick } = look
  if (depth === 0 || pick([true, false]))
    return depth === 2 ? pick(['{}', '{ }', pick(flowScalars.slice(-3, -2))]) : pick(flowScalars)
  const entries = names(look, [0, 1, 2, 3]).map((name) => {
    return `${pick(['', ' '])}${key(look, name)}: ${flow(look, depth - 1)}${pick(['', ' '])}`
  })
  const trailing = entries.length > 0 ? pick(['', '', ',', ' , ']) : ''
  return `{${entries.join(pick([',', ', ']))}${trailing}${pick(['', ' '])}}`
}

function names({ pick }: Look, lengths: readonly number[]): string[] {
  return [...new Set(Array.from({ length: pick(lengths) }, () => pick(keys)))]
}

function key({ pick }: Look, name: string): string {
  const plain = /^[a-z]+[-_.a-z ]*$/.test(name) && name !== 'yes' ? [name] : []
  return pick([...plain, ...plain, JSON.stringify(name), `'${name.replaceAll("'", "''")}'`])
}

function comment({ pick }: Look): string {
  return pick(['', '', '', ' # c', '  # a: 1', ' '])
}

function above({ pick, newline }: Look, indent: string): string {
  return pick(['', '', '', newline, `${indent}# above${newline}`, `# b: 2${newline}${newline}`])
}
