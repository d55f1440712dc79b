import { expect, it } from 'vitest'
import { jsoncFormat } from '../../../src/documents/json/json-format.ts'
import { sameValue } from '../../../src/documents/value.ts'

it('compares what objects hold, whatever their prototype', () => {
  const bare = Object.assign(Object.create(null), { a: '' })
  expect(sameValue(bare, { a: '' })).toBe(true)
  expect(sameValue({ x: [bare] }, { x: [{ a: '' }] })).toBe(true)
  expect(sameValue({ a: '1' }, { a: 1 })).toBe(false)
})

it('does not write an object without a prototype a second time', () => {
  const document = jsoncFormat.open('/* c */\n\t{"a":{},/* c */\n  "c":\nnull,}', 'file')
  const value = Object.assign(Object.create(null), { a: '' })
  document.set(['c'], value)
  const once = document.toText()
  document.set(['c'], value)
  expect(document.toText()).toBe(once)
})
