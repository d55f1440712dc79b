import { expect, it } from 'vitest'
import { createFileReader } from '../../../src/effect/file-reader.ts'
import { judgeSchema } from '../../../src/effect/judge-schema.ts'

it('given a file with a great many faults, when their lines are looked for, then the last ones get none', async () => {
  const count = 20_000
  const text = `{\n${Array.from({ length: count }, (_, index) => `"k${index}": ${index}`).join(',\n')}\n}\n`
  const bytes = new TextEncoder().encode(text)
  const state = { kind: 'file', path: '/f', resolvedPath: '/f', bytes, mode: 0o644 } as never
  const files = await createFileReader(['json'], { read: () => state })
  const lines = Array.from({ length: count }, (_, index) => files.lineOf('/f', 'json', [`k${index}`]))
  const found = lines.indexOf(undefined)
  expect(lines.slice(0, found)).toEqual(Array.from({ length: found }, (_, index) => index + 2))
  expect(found).toBeGreaterThan(20)
  expect(found).toBeLessThan(100)
})

it('given more faults than the validator can hand on, when a file is judged, then the first one is told', () => {
  const schema = { type: 'object', additionalProperties: { properties: { x: { type: 'string' } } } }
  const data = Object.fromEntries(Array.from({ length: 150_000 }, (_, index) => [`k${index}`, { x: 1 }]))
  expect(judgeSchema(data, { schema })[0]).toMatchObject({ keyPath: ['k0', 'x'] })
})
