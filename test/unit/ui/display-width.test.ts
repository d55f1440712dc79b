import { expect, it } from 'vitest'
import { displayWidth, padEnd } from '../../../src/ui/render-table.ts'

it.each([
  ['', 0],
  ['plain', 5],
  ['工具', 4],
  ['（ｘ）。', 8],
  ['\x1b[1mbold\x1b[22m', 4],
  ['e\u0301', 1],
  ['\u200bx', 1],
  ['✔', 1],
  ['🚀', 2],
])('%j takes %i columns', (text, width) => {
  expect(displayWidth(text)).toBe(width)
})

it('pads by what is shown, and leaves a wider text alone', () => {
  expect(padEnd('工具', 6)).toBe('工具  ')
  expect(padEnd('wider', 3)).toBe('wider')
})
