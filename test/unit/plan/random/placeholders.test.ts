import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fillTemplate, fillText } from '../../../../src/plan/placeholders.ts'
import { Secret } from '../../../../src/secrets/secret.ts'
import { randomCases } from '../../../support/random-cases.ts'

const lookup = (values: Record<string, string | Secret>) => (name: string) => values[name]

describe('fillTemplate', () => {
  it('gives every value by its key path', () => {
    const content = { a: { b: '{{ x }}', c: 1 }, d: [1, 2], e: {} }
    expect(fillTemplate(content, lookup({ x: 'v' }))).toEqual([
      { keyPath: ['a', 'b'], value: 'v' },
      { keyPath: ['a', 'c'], value: 1 },
      { keyPath: ['d'], value: [1, 2] },
      { keyPath: ['e'], value: {} },
    ])
  })

  it('leaves out a value whose placeholder has none, never writing it empty', () => {
    expect(fillTemplate({ url: '{{ baseUrl }}', tail: 'x/{{ baseUrl }}' }, () => undefined)).toEqual([])
  })

  it('keeps a key a Secret, and refuses to join it to other text', () => {
    const key = new Secret('cr_0123456789abcdef')
    expect(fillTemplate({ key: '{{ key }}' }, lookup({ key }))).toEqual([{ keyPath: ['key'], value: key }])
    expect(() => fillTemplate({ key: 'Bearer {{ key }}' }, lookup({ key }))).toThrow(/must not join/)
  })

  it('puts any value in as it is, placeholders inside it included', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        expect(fillTemplate({ k: '{{ x }}' }, lookup({ x: value }))).toEqual([{ keyPath: ['k'], value }])
        expect(fillTemplate({ k: 'a{{ x }}b' }, lookup({ x: value, y: '!' }))).toEqual([
          { keyPath: ['k'], value: `a${value}b` },
        ])
      }),
      { ...randomCases(300), examples: [['{{ y }}'], ['$&'], ['"\n\\']] },
    )
  })
})

describe('fillText', () => {
  it('shows a key only masked', () => {
    const text = fillText('key {{ key }}!', lookup({ key: new Secret('cr_0123456789abcdef') }))
    expect(text).toBe('key cr_…cdef!')
  })
})
