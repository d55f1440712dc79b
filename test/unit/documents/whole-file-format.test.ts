import { describe, expect, it } from 'vitest'
import { wholeFileFormat } from '../../../src/documents/whole-file-format.ts'

const texts = ['a\n', 'a', '\uFEFFa\r\nb\r\n', ' \ta\n\n', '# script\nif x; then\n\ty\nfi\n']
const blanks = ['', '\n', ' \n\t\n', '\uFEFF', '\uFEFF\r\n']

describe('a file that is ours as a whole', () => {
  it.each([...texts, ...blanks])('given %j, a text that is set is all that stands there', (before) => {
    const document = wholeFileFormat.open(before, 'file')
    document.set(['content'], 'ours\n')
    expect(document.toText()).toBe('ours\n')
    expect(document.get(['content'])).toBe('ours\n')
    expect(document.get([])).toEqual({ content: 'ours\n' })
    document.unset(['content'])
    expect(document.toText()).toBe('')
  })

  it.each(texts)('given %j, it is one value, spelled as it is', (text) => {
    const document = wholeFileFormat.open(text, 'file')
    expect(document.get(['content'])).toBe(text)
    expect(document.excerpt?.(['content'])).toBe(text)
    expect(wholeFileFormat.parseStrict(text)).toEqual({ content: text })
  })

  it.each(blanks)('given %j, there is no value', (text) => {
    expect(wholeFileFormat.open(text, 'file').get(['content'])).toBeUndefined()
    expect(wholeFileFormat.parseStrict(text)).toEqual({})
  })

  it.each([
    [['content'], ''],
    [['content'], ' \n'],
    [['content'], 1],
    [['content', 'x'], 'a'],
    [['other'], 'a'],
    [[], 'a'],
  ])('at %j nothing but a text with something in it can be set: %j', (path, value) => {
    const document = wholeFileFormat.open('mine\n', 'file')
    expect(() => document.set(path, value)).toThrow(expect.objectContaining({ code: 'value-not-writable' }))
    document.unset(['other'])
    expect(document.toText()).toBe('mine\n')
  })
})
