import { describe, expect, it } from 'vitest'
import type { KeyPath } from '../../../../src/documents/document.ts'
import { yamlFormat } from '../../../../src/documents/yaml/yaml-format.ts'
import { refusalOf } from '../../../support/refusal-of.ts'

describe('a text that is not opened', () => {
  it.each([
    ['a tab as indentation', 'a:\n\tb: 1\n', 'does-not-parse', 2, 1],
    ['an open quote', 'a: 1\nb: "x\n', 'does-not-parse', 3, 1],
    ['an open brace', 'a: {b: 1\n', 'does-not-parse', 2, 1],
    ['a list behind a colon', 'a: - b\n', 'does-not-parse', 1, 4],
    ['a mapping behind a scalar', 'a: b: c\n', 'does-not-parse', 1, 4],
    ['a line that is no key', 'a: 1\nb\n', 'does-not-parse', 2, 1],
    ['wrong indentation', 'a:\n    b: 1\n  c: 2\n', 'does-not-parse', 3, 1],
    ['a forbidden first character', 'a: @x\n', 'does-not-parse', 1, 4],
    ['an alias without an anchor', 'a: 1\nb: *x\n', 'does-not-parse', 2, 4],
    ['a directive alone', '%YAML 1.2\n', 'does-not-parse', 2, 1],
    ['the same key twice', 'a: 1\nb: 2\na: 3\n', 'duplicate-key', 3, 1],
    ['the same key in two spellings', 'a: 1\n"a": 2\n', 'duplicate-key', 2, 1],
    ['the same key as number and as text', 'x:\n  1: a\n  "1": b\n', 'duplicate-key', 3, 3],
    ['the same key twice in a list', '- {a: 1, a: 2}\n', 'duplicate-key', 1, 10],
    ['two documents', 'a: 1\n---\nb: 2\n', 'unsupported-yaml', 2, 1],
    ['an empty second document', 'a: 1\n---\n', 'unsupported-yaml', 2, 1],
    ['a local tag', 'a: !secret b\n', 'unsupported-yaml', 1, 12],
    ['a tag of another schema', 'a: !!binary aGk=\n', 'unsupported-yaml', 1, 13],
    ['a tag of a 1.1 document', '%YAML 1.1\n---\na: !!set {x}\n', 'unsupported-yaml', 3, 10],
    ['a mapping as key', '? {a: 1}\n: 2\n', 'unsupported-yaml', 1, 1],
    ['an alias as key', 'a: &x b\n*x : 2\n', 'unsupported-yaml', 2, 1],
    ['carriage returns as line ends', 'a: 1\rb: 2\r', 'unsupported-yaml', 1, 5],
    [
      'aliases that grow without end',
      'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c]\n',
      'unsupported-yaml',
      1,
      1,
    ],
  ])('%s', (_, text, code, line, column) => {
    const error = refusalOf(() => yamlFormat.open(text, 'f.yml'))
    expect(error).toMatchObject({ code, exit: 1, where: { file: 'f.yml', line, column } })
    expect(String(error.hint)).toContain('run the same command again')
  })
})

describe('an edit that is refused', () => {
  it.each<[string, string, KeyPath, string, number, number]>([
    ['a list as root', '- a\n', ['k'], 'path-taken', 1, 1],
    ['a scalar as root', '# c\ntext\n', ['k'], 'path-taken', 2, 1],
    ['a written null as root', '--- null\n', ['k'], 'path-taken', 1, 5],
    ['a scalar on the way', 'a:\n  b: 1\n', ['a', 'b', 'c'], 'path-taken', 2, 6],
    ['a list on the way', 'a: [x]\n', ['a', '0'], 'path-taken', 1, 4],
    ['nothing on the way', 'a: # c\n', ['a', 'b'], 'path-taken', 1, 4],
    ['an alias on the way', 'b: &b {x: 1}\na: *b\n', ['a', 'x'], 'unsupported-yaml', 2, 4],
    ['a mapping that is used elsewhere', 'b: &b {x: 1}\na: *b\n', ['b', 'x'], 'unsupported-yaml', 1, 7],
    ['a value that is used elsewhere', 'b: &b 1\na: *b\n', ['b'], 'unsupported-yaml', 1, 7],
    ['a list with a value that is used elsewhere', 'b: [&b 1]\na: *b\n', ['b'], 'unsupported-yaml', 1, 8],
    ['a key without a colon', '? a\n', ['a'], 'unsupported-yaml', 1, 1],
    ['a last block of text without a line break', 'a: |\n  x', ['k'], 'unsupported-yaml', 1, 4],
  ])('by %s', (_, text, path, code, line, column) => {
    const document = yamlFormat.open(text, 'f.yml')
    const error = refusalOf(() => document.set(path, 'v'))
    expect(error).toMatchObject({ code, exit: 1, where: { file: 'f.yml', line, column } })
    expect(document.toText()).toBe(text)
  })

  it.each<[string, string, KeyPath]>([
    ['an anchor is needed elsewhere', 'a:\n  b: &b 1\nc: *b\n', ['a']],
    ['the path leads through an alias', 'b: &b {x: 1}\na: *b\n', ['a', 'x']],
    ['the key stands behind another', '? x\n: b: 1\n  c: 2\n', ['x', 'b']],
    ['a mapping with a tag would be left empty', '--- !!map\na: 1\n', ['a']],
    ['blank lines would become text', 'a: |+\n  x\nb: >-\n  x\n\n', ['b']],
    ['a comment would become text', 'a: |\n  x\nb: 1\n  # c\nc: 2\n', ['b']],
  ])('because %s', (_, text, path) => {
    const document = yamlFormat.open(text, 'f.yml')
    expect(refusalOf(() => document.unset(path))).toMatchObject({ code: 'unsupported-yaml', exit: 1 })
    expect(document.toText()).toBe(text)
  })

  it('by numbers without digits and paths without keys', () => {
    const document = yamlFormat.open('', 'f')
    expect(() => document.set(['k'], Number.POSITIVE_INFINITY)).toThrow("can't hold Infinity")
    expect(() => document.set([], 'v')).toThrow(RangeError)
  })
})

it('a value that contains itself was handed out, and whoever walked it never came to an end', () => {
  const error = refusalOf(() => yamlFormat.open('a: 1\nd: &m\n  g:\n    h: *m\n', 'f'))
  expect(error).toMatchObject({ code: 'unsupported-yaml', where: { line: 4, column: 8 } })
})

it('an anchor and a tag without a value took a pair that could not be taken out again', () => {
  const document = yamlFormat.open('&x !!str', 'f')
  expect(refusalOf(() => document.set(['k'], 'v')).code).toBe('path-taken')
  expect(document.toText()).toBe('&x !!str')
})

it('never quotes the file', () => {
  const secret = 'cr_0123456789'
  const texts = [
    `k: "${secret}`,
    `${secret}: 1\n${secret}: 2\n`,
    `k: !${secret} x\n`,
    `k: *${secret}\n`,
    `k: @${secret}\n`,
  ]
  for (const text of texts) {
    const error = refusalOf(() => yamlFormat.open(text, 'f'))
    expect(error.message + error.hint).not.toContain(secret)
  }
  const taken = refusalOf(() => yamlFormat.open(`a: ${secret}\n`, 'f').set(['a', 'b'], 1))
  expect(taken.message + taken.hint).not.toContain(secret)
})
