import { describe, expect, it } from 'vitest'
import { verifyEdit } from '../../../src/plan/document-set.ts'

describe('verifyEdit', () => {
  const before = { a: 1, b: { c: 'x' } }

  it('accepts an edit that reads back as it was meant', () => {
    verifyEdit('f', before, { a: 1, b: { c: 'y', d: 2 } }, [
      { keyPath: ['b', 'c'], value: 'y' },
      { keyPath: ['b', 'd'], value: 2 },
    ])
    verifyEdit('f', before, { a: 1 }, [{ keyPath: ['b'], value: undefined }])
  })

  it.each([
    ['a value that was not written', before],
    ['another value lost', { b: { c: 'y' } }],
    ['another value changed', { a: 2, b: { c: 'y' } }],
    ['a value that nobody asked for', { a: 1, b: { c: 'y' }, z: 0 }],
    ['a value of another type', { a: '1', b: { c: 'y' } }],
  ])('refuses %s', (_, after) => {
    expect(() => verifyEdit('f', before, after, [{ keyPath: ['b', 'c'], value: 'y' }])).toThrow(
      /Safety check failed/,
    )
  })

  it('-0, which JSON writes as 0, was refused as another number', () => {
    verifyEdit('f', {}, { n: [0] }, [{ keyPath: ['n'], value: [-0] }])
  })

  it("an open quote in the user's file was called a fault of the program", () => {
    const meant = [{ keyPath: ['A'], value: 'x' }]
    expect(() => verifyEdit('env.sh', {}, {}, meant)).toThrow(
      expect.objectContaining({ code: 'edit-not-verified', where: { file: 'env.sh' } }),
    )
  })

  it('is not fooled by a key named __proto__', () => {
    const data = JSON.parse('{"__proto__": {"x": 1}, "a": 1}')
    expect(() => verifyEdit('f', data, { a: 1 }, [])).toThrow()
  })
})
