import fc from 'fast-check'
import satisfies from 'semver/functions/satisfies.js'
import { expect, it } from 'vitest'
import { isInRange } from '../../../src/effect/find-setting.ts'

const newest = (range: string) => satisfies('99999.0.0', range, { includePrerelease: true })

it.each([
  '',
  '*',
  '>=1.2',
  '>= 1',
  '>1',
  '>=1.2 <2',
  '>=1  <2',
  '<2',
  '<=2.0.0-0',
  '1',
  '=1',
  '^1',
  '~1.2',
  '1 - 2',
  '>=1 || <0.5',
  '>=99999.1.0',
  '>=1.2.3-beta.1',
  '<99999',
  '<100000',
  '>=100000',
  'no range',
])('given no version, when it is held against "%s", then it counts as the newest', (range) =>
  expect(isInRange(range, undefined)).toBe(newest(range)),
)

it('given no version and any range, when it is held against that, then it counts as the newest', () => {
  const version = fc.stringMatching(/^\d{1,6}(\.\d{1,3}(\.\d{1,3}(-[a-z0-9]{1,3})?)?)?$/)
  const part = fc
    .tuple(fc.constantFrom('>=', '<', '<=', '>', '=', '', '^', '~', '>= '), version)
    .map((parts) => parts.join(''))
  const range = fc
    .array(part, { maxLength: 3 })
    .chain((parts) => fc.constantFrom(' ', ' || ', ' - ', '').map((gap) => parts.join(gap)))
  fc.assert(
    fc.property(range, (text) => isInRange(text, undefined) === newest(text)),
    { numRuns: 500, seed: 1 },
  )
})
