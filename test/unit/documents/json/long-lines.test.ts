import { expect, it } from 'vitest'
import { jsonStyleOf } from '../../../../src/documents/json/json-nodes.ts'

/** How many characters of a text are looked at, one by one or as a slice, to find out how it is written. */
function workOf(data: unknown): number {
  const text = JSON.stringify(data)
  let work = 0
  const counting = new Proxy(new String(text), {
    get(target, name) {
      if (typeof name === 'string' && /^(?:\d+|charCodeAt)$/.test(name)) work += 1
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  }) as unknown as string
  expect(jsonStyleOf(counting, { start: 0, end: text.length })).toMatchObject({ unit: '  ', gap: '' })
  return work
}

it.each([
  ['keys', (index: number) => index],
  ['objects', (index: number) => ({ a: { b: index } })],
  ['lists', (index: number) => [[index], [index]]],
])('of one line with four times as many %s, four times as much is read', (_, make) => {
  const line = (size: number) =>
    Object.fromEntries(Array.from({ length: size }, (_, index) => [`k${index}`, make(index)]))
  expect(workOf(line(2000)) / workOf(line(500))).toBeLessThan(4.5)
})
