import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { changeOnce, mutants } from '../faults/mutants.mjs'

const project = join(import.meta.dirname, '../..')

// The lane of faults comes to its mutants last of all; a name changed in src/apply has to be noticed here.
describe.each(mutants)('the safeguard that is taken out so that "$name"', ({ changes }) => {
  test.each(changes)('is found once in %s', async (file, from, to) => {
    const text = await readFile(join(project, file), 'utf8')
    expect(changeOnce(text, from, to, file)).not.toBe(text)
  })
})
