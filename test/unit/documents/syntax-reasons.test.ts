import { describe, expect, it } from 'vitest'
import { type FormatId, loadFormats } from '../../../src/documents/formats.ts'
import { type SyntaxText, say } from '../../../src/texts/message.ts'
import { zhCN } from '../../../src/texts/zh-CN.ts'
import { refusalOf } from '../../support/refusal-of.ts'

const formats = await loadFormats(['json', 'jsonc', 'toml', 'yaml'])

/** The parsers have their words in English alone, and some quote the file: ours take their place. */
const broken: Partial<Record<FormatId, readonly (readonly [text: string, reason: SyntaxText])[]>> = {
  json: [
    ['{"a": nope}', 'syntax.other'],
    ['{"a": 1.}', 'syntax.number'],
    ['{"a": 1, b: 2}', 'syntax.other'],
    ['{"a": 1,}', 'syntax.key'],
    ['[1,]', 'syntax.value'],
    ['{"a" 1}', 'syntax.colon'],
    ['{"a": 1 "b": 2}', 'syntax.comma'],
    ['{"a": 1', 'syntax.bracket'],
    ['[1', 'syntax.bracket'],
    ['{} {}', 'syntax.end'],
    ['{} // mine', 'syntax.comment'],
    ['{"a": "b', 'syntax.string'],
    ['{"a": "\\x"}', 'syntax.escape'],
    ['{"a": "\\u12"}', 'syntax.escape'],
    ['{"a": "\u0001"}', 'syntax.control'],
  ],
  jsonc: [['{} /* mine', 'syntax.open-comment']],
  toml: [
    ['a = 1\na = 2', 'syntax.twice'],
    ['[a]\n[a]', 'syntax.twice'],
    ['a = "\u0001"', 'syntax.control'],
    ['a = "\\y"', 'syntax.escape'],
    ['a = "\\u00"', 'syntax.escape'],
    ['a = 2026-13-45', 'syntax.date'],
    ['a b = 1', 'syntax.key'],
    ['= 1', 'syntax.key'],
    ['"""a""" = 1', 'syntax.key'],
    ['a = 01', 'syntax.number'],
    ['a = 1__0', 'syntax.number'],
    ['a = 1 b = 2', 'syntax.line-end'],
    ['a = [1 2]', 'syntax.comma'],
    ['a = "b', 'syntax.string'],
    ['a = [1', 'syntax.comma'],
    ['a = {b = 1', 'syntax.comma'],
    ['[[a]', 'syntax.bracket'],
    ['a = nope', 'syntax.value'],
    ['a =', 'syntax.value'],
    ['a = 1\rb = 2', 'syntax.return'],
    ['\ufeff\ufeffa = 1', 'syntax.mark'],
  ],
  yaml: [
    ['a: *b', 'syntax.alias'],
    ['a: &x &y 1', 'syntax.alias'],
    ['a: "\\y"', 'syntax.escape'],
    ['a:\n  b: 1\n c: 2', 'syntax.indent'],
    ['a: @b', 'syntax.value'],
    ['a: b: c', 'syntax.key'],
    ['a: "b', 'syntax.character'],
    ['a:\n\tb: 1', 'syntax.tab'],
    ['a: !!x !!y 1', 'syntax.tag'],
    ['a: ]', 'syntax.other'],
  ],
}

const table = Object.entries(broken).flatMap(([id, texts]) =>
  texts.map(([text, reason]) => [id as FormatId, text, reason] as const),
)

describe('a text that does not parse', () => {
  it.each(table)('given %s %j, then its fault is %s', (id, text, reason) => {
    const error = refusalOf(() => formats.get(id)?.open(text, '/home/me/file'))
    const said = { file: '/home/me/file', format: id.toUpperCase(), reason: say(reason) }
    expect(error.text.in(zhCN)).toBe(say('error.does-not-parse', said).in(zhCN))
    expect(error.hintText?.in(zhCN)).toContain(`/home/me/file:${error.where?.line}:${error.where?.column}`)
  })
})
