import { expect, it } from 'vitest'
import type { Format } from '../../../../src/documents/document.ts'
import { pathsOf, setIn, tablePathsOf, unsetIn } from './data.ts'

const values = ['yes', ['x', '- y'], { other: ['value'] }, { z: { q: 1 } }]

/** What has to hold for a text that is hard to edit, whatever its format. */
export function holdTortureLaws(format: Format, text: string): void {
  const data = format.parseStrict(text)
  const afterEdit = (edit: (document: ReturnType<Format['open']>) => void) => {
    const document = format.open(text, 'f')
    edit(document)
    return format.parseStrict(document.toText())
  }

  it('comes out as it went in', () => {
    expect(format.open(text, 'f').toText()).toBe(text)
    expect(format.open(text, 'f').get([])).toEqual(data)
  })

  it('takes new keys in every table and gives them back', () => {
    for (const holder of tablePathsOf(data)) {
      const document = format.open(text, 'f')
      document.set([...holder, 'new', 'inner'], 'v')
      expect(format.parseStrict(document.toText())).toEqual(setIn(data, [...holder, 'new', 'inner'], 'v'))
      document.set([...holder, 'other'], ['w'])
      document.unset([...holder, 'new'])
      document.unset([...holder, 'other'])
      expect(document.toText()).toBe(text)
    }
  })

  it('replaces and loses every key alone', () => {
    for (const path of pathsOf(data)) {
      for (const value of values)
        expect(afterEdit((document) => document.set(path, value))).toEqual(setIn(data, path, value))
      expect(afterEdit((document) => document.unset(path))).toEqual(unsetIn(data, path))
    }
  })

  it('loses all its keys one by one', () => {
    const left = afterEdit((document) => {
      for (const key of Object.keys(data as object)) document.unset([key])
    })
    expect(left).toEqual({})
  })
}
