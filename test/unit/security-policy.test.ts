import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectFolder } from '../support/test-catalog.ts'

const text = readFileSync(join(projectFolder, 'SECURITY.md'), 'utf8')

/** A promise is a numbered paragraph: `**P1. What is promised.** …`, with its tests as `[file](file) “title”`. */
const promises = text
  .split(/\n(?=\*\*P\d+\.)/)
  .filter((paragraph) => /^\*\*P\d+\./.test(paragraph))
  .map((paragraph) => ({
    name: /^\*\*(P\d+)\./.exec(paragraph)?.[1] ?? '',
    tests: [...paragraph.matchAll(/\[([^\]]+)\]\(([^)]+)\)\s+“([^”]+)”/g)].map(([, shown, file, title]) => ({
      shown,
      file: file ?? '',
      title: title ?? '',
    })),
  }))

describe('SECURITY.md', () => {
  it('numbers its promises in order', () => {
    expect(promises.length).toBeGreaterThan(10)
    expect(promises.map(({ name }) => name)).toEqual(promises.map((_, index) => `P${index + 1}`))
  })

  it.each(promises)('names a test for promise $name', ({ tests }) => {
    expect(tests).not.toEqual([])
  })

  it.each(promises.flatMap(({ name, tests }) => tests.map((test) => ({ name, ...test }))))(
    '$name: $file has the test “$title”',
    ({ shown, file, title }) => {
      expect(shown).toBe(file)
      const moved = 'SECURITY.md names each test by its file and words of its title: correct them there'
      expect(existsSync(join(projectFolder, file)), moved).toBe(true)
      expect(readFileSync(join(projectFolder, file), 'utf8'), moved).toContain(title)
    },
  )
})
