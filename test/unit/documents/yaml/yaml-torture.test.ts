import { describe, expect, it } from 'vitest'
import { yamlFormat } from '../../../../src/documents/yaml/yaml-format.ts'
import { pathsOf, setIn, tablePathsOf, unsetIn } from '../json/data.ts'

const documents = [
  '',
  '\n',
  '\n\n\n',
  '   ',
  '\t\n',
  '\ufeff',
  '# c',
  '# c\r\n# d\r\n',
  '\ufeff# c\n',
  '---',
  '---\n',
  '--- # c\n# d\n',
  '...\n',
  '---\n...\n',
  '# c\n---\n# d\n...\n# e\n',
  '%YAML 1.2\n---\n',
  '%YAML 1.1\n---\na: yes\n',
  '{}',
  '--- {}\n',
  '{ }\n',
  '{\n}\n',
  '{ # c\n}\n',
  '{a: 1}',
  '{a: 1,}',
  '{a, b: , "c":3, ? d : 4, e: {f: {}}}',
  '{\n  "a": 1, # c\n  "b": [1,\n 2] # d\n}\n',
  '{\r\n\t"a": 1,\r\n\t"b": {\r\n\t}\r\n}\r\n',
  'a: 1',
  'a: 1\n\n\n',
  'a: 1\n...\n',
  '  a: 1\n  b: 2\n',
  'a: 1\r\nb:\r\n  c: 2\r\n',
  'a: 1\nb: 2\r\nc: 3\n',
  'a:\nb: # c\nc:\n',
  'a:\n  b:\n    c:\n      d: 1\n',
  'a:\n    b: 1\n    # c\n\n# d\ne: 2\n',
  'a:\n- x\n- y\nb:\n  - x\n\n  - y # c\n  # d\n',
  'a:\n  - b: 1\n    c: 2\n  - - x\n    - y\nd: 1\n',
  'a: |\n  x\n\n  y\nb: >\n  x\n',
  'a: |+\n  x\n\n\nb: >-\n  x\n',
  'a: |2-\n    x\n   y\nb: 1\n',
  'a: |\n  # not a comment\n# a comment\nb: 1\n',
  'a: one\n  two\n\n  three\nb: "one\n  two"\nc: \'one\n\n  two\'\n',
  'a:\n  one\n  two # c\nb: 1\n',
  'a:   1   # c\nb :\t2\n"c"  :  3\n\'d\': 4\n',
  'a: 012\nb: 0o14\nc: 1_000\nd: 1.0\ne: .5\nf: 0x1F\ng: 1:30\nh: 2026-01-01\n',
  'a: yes\nb: No\nc: ~\nd: null\ne: True\nf: .inf\n',
  'a: "#"\nb: x#y # c\nc: "\\u0041\\x42\\n"\nd: \'it\'\'s: #\'\n',
  'a: http://x/y?z#w\nb: -x\nc: a:b\nd: [a:b, http://x]\n',
  '? a\n: 1\n? b\n: - x\n  - y\n',
  '? a # c\n: # d\n  b: 1\n',
  'a: &x 1\nb: &y\n  c: 2\nd: &z [1]\n',
  'a: !!str 12\nb: !!map\n  c: !!int "3"\n',
  'a:\n  &x\n  b: 1\n',
  '--- &root\na: 1\n',
  '&k a: 1\n!!str b: 2\n',
  '1: a\n1.5: b\ntrue: c\nnull: d\n',
  ': 0\n',
  '"": 1\n" ": 2\n"a\\nb": 3\n',
  '__proto__:\n  x: 1\nconstructor: {prototype: {}}\ntoString: 1\n',
  'ключ: значение\n😀: 1\n',
  `long: ${'x'.repeat(5000)}\nb: "${'y '.repeat(5000)}"\n`,
  '##\n## Sample\n##\n\n#model: xxx\n\n## Keys:\n\n#openai-api-key: xxx\n',
  'model: gpt-5 # main\nread:\n  - CONVENTIONS.md\n#read: [a]\n\nauto-commits: no\n',
]

describe.each(documents)('%j', (text) => {
  const data = yamlFormat.referee(text)

  it('comes out as it went in', () => {
    expect(yamlFormat.open(text, 'f').toText()).toBe(text)
    expect(yamlFormat.open(text, 'f').get([])).toEqual(data)
  })

  it('takes new keys in every mapping and gives them back', () => {
    for (const holder of tablePathsOf(data)) {
      const document = yamlFormat.open(text, 'f')
      document.set([...holder, 'new', 'inner'], 'v')
      expect(yamlFormat.referee(document.toText())).toEqual(setIn(data, [...holder, 'new', 'inner'], 'v'))
      document.set([...holder, 'other'], ['w'])
      document.unset([...holder, 'new'])
      document.unset([...holder, 'other'])
      expect(document.toText()).toBe(text)
    }
  })

  it('replaces and loses every key alone', () => {
    for (const path of pathsOf(data)) {
      for (const value of ['yes', ['x', '- y'], { z: { q: 1 } }]) {
        const document = yamlFormat.open(text, 'f')
        document.set(path, value)
        expect(yamlFormat.referee(document.toText())).toEqual(setIn(data, path, value))
      }
      const document = yamlFormat.open(text, 'f')
      document.unset(path)
      expect(yamlFormat.referee(document.toText())).toEqual(unsetIn(data, path))
    }
  })

  it('loses all its keys one by one', () => {
    const document = yamlFormat.open(text, 'f')
    for (const key of Object.keys(data as object)) document.unset([key])
    expect(yamlFormat.referee(document.toText())).toEqual({})
  })
})
