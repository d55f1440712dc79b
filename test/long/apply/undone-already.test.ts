import { expect, it } from 'vitest'
import { readTree, usersPart } from '../../support/home-tree.ts'
import { makeHome, runProgram, setUp } from '../../support/run-program.ts'

it.each([
  ['', 'remove --yes'],
  [' --dry-run', 'remove --yes'],
  ['', 'undo --yes'],
])('what a later command has taken out is not undone once more%s, after %s', async (flag, later) => {
  const { home, drop } = makeHome()
  try {
    const id = JSON.parse((await setUp(['codex'], { home }, '--json')).stdout).run as string
    await runProgram(later.split(' '), { home })
    const before = usersPart(readTree(home))
    const { exit, stdout } = await runProgram(`undo ${id} --yes${flag}`.split(' '), { home })
    expect([exit, stdout.trim()]).toEqual([0, 'Nothing to undo.'])
    expect(usersPart(readTree(home))).toEqual(before)
  } finally {
    drop()
  }
})
