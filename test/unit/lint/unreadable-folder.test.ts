import { expect, it } from 'vitest'
import { walkSources } from '../../../src/checks/lint/walk-sources.ts'

it('gives a folder that cannot be opened itself, so that it is not taken for one without problems', () => {
  expect([...walkSources('/nowhere/at/all')]).toEqual(['/nowhere/at/all'])
})
