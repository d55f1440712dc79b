import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Value } from '../../../../src/documents/document.ts'
import type { LedgerEntry } from '../../../../src/ledger.ts'
import { compareLeaf, hashValue, isAsWanted } from '../../../../src/plan/document-set.ts'
import { randomCases } from '../../../support/random-cases.ts'

const entryFor = (written: Value): LedgerEntry => ({
  path: '/f',
  format: 'json',
  keyPath: ['k'],
  tool: 't',
  hash: hashValue(written),
  run: 'r',
  setups: [],
  replaced: { kind: 'absent', parents: 0 },
})

describe('compareLeaf', () => {
  it('keeps what is right already, whoever wrote it', () => {
    expect(compareLeaf('x', 'x', undefined, true)).toEqual({ action: 'keep' })
    expect(compareLeaf('x', 'x', entryFor('old'), false)).toEqual({ action: 'keep' })
  })

  it('takes any object where an empty one is wanted, and nothing else', () => {
    expect(isAsWanted({ plan: 'mine' }, {})).toBe(true)
    for (const other of [undefined, null, [], 'x']) expect(isAsWanted(other, {})).toBe(false)
    expect(compareLeaf({ plan: 'mine' }, {}, entryFor({}), false)).toEqual({ action: 'keep' })
  })

  it('writes what is missing', () => {
    expect(compareLeaf(undefined, 'x', undefined, true)).toEqual({ action: 'write', owner: 'nobody' })
    expect(compareLeaf(undefined, 'x', entryFor('x'), false)).toEqual({ action: 'write', owner: 'nobody' })
  })

  it('writes over what it wrote itself', () => {
    expect(compareLeaf('old', 'new', entryFor('old'), true)).toEqual({ action: 'write', owner: 'ours' })
  })

  it('stops at what was changed since it wrote', () => {
    expect(compareLeaf('theirs', 'new', entryFor('old'), false)).toEqual({ action: 'conflict', why: 'drift' })
  })

  it("replaces the user's value, but not a guarded one and not a whole table", () => {
    expect(compareLeaf('theirs', 'new', undefined, false)).toEqual({ action: 'write', owner: 'user' })
    expect(compareLeaf('theirs', 'new', undefined, true)).toEqual({ action: 'conflict', why: 'guarded' })
    expect(compareLeaf({ a: 1 }, 'new', undefined, false)).toEqual({ action: 'conflict', why: 'guarded' })
    expect(compareLeaf(null, 'new', undefined, false)).toEqual({ action: 'write', owner: 'user' })
    expect(compareLeaf(null, 'new', undefined, true)).toEqual({ action: 'conflict', why: 'guarded' })
  })

  it('never writes over a value that differs from the last written one', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (actual, wanted, written) => {
        const { action } = compareLeaf(actual, wanted, entryFor(written), false)
        expect(action === 'write').toBe(actual !== wanted && actual === written)
      }),
      randomCases(500),
    )
  })
})
