import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readTree, stateBelowHome, usersPart } from '../support/home-tree.ts'
import { fillRichHome } from '../support/rich-home.ts'
import { makeHome, runProgram, setUp } from '../support/run-program.ts'
import { testCatalog } from '../support/test-catalog.ts'

const tools = testCatalog.tools.map(({ id }) => id)
const projectTools = testCatalog.tools
  .filter(({ targets, env }) => env?.dotenv || targets.some(({ scope }) => scope === 'project'))
  .map(({ id }) => id)

function newHome(): string {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  return home
}

const runsOf = (home: string) => {
  const runs = join(home, stateBelowHome, 'runs')
  return readdirSync(runs).map((id) => join(runs, id))
}

/** What can happen to the records of runs before something is removed. */
const losses: readonly (readonly [string, (home: string) => void])[] = [
  ['all runs gone', (home) => runsOf(home).forEach((run) => void rmSync(run, { recursive: true }))],
  [
    'every backup gone',
    (home) =>
      runsOf(home).forEach((run) => {
        for (const name of readdirSync(run).filter((each) => each.startsWith('backup')))
          rmSync(join(run, name))
      }),
  ],
  [
    'every record damaged',
    (home) => runsOf(home).forEach((run) => void writeFileSync(join(run, 'journal.json'), '{"version":')),
  ],
]

describe.each(losses)('given a rich home that was set up, and %s', (_, lose) => {
  it.each(tools)('remove of %s gives back what was there', async (tool) => {
    const home = newHome()
    fillRichHome(home)
    const start = usersPart(readTree(home))
    expect((await setUp([tool], { home })).exit).toBe(0)
    lose(home)
    const removed = await runProgram(['remove', '--yes'], { home })
    expect(removed.exit, removed.stderr).toBe(0)
    expect(usersPart(readTree(home))).toEqual(start)
  })
})

describe.each(projectTools)('given %s in two projects and for the user', (tool) => {
  const situations: readonly (readonly [string, (project: string) => void])[] = [
    ['gone', (project) => rmSync(project, { recursive: true })],
    [
      'replaced by a file',
      (project) => {
        rmSync(project, { recursive: true })
        writeFileSync(project, 'x')
      },
    ],
  ]
  it.each(situations)('with one project %s, remove takes out the rest and says so', async (_, lose) => {
    const home = newHome()
    const [lost, kept] = [join(home, 'lost'), join(home, 'kept')]
    for (const cwd of [lost, kept]) {
      mkdirSync(cwd)
      expect((await setUp([tool], { home, cwd }, '--scope', 'project')).exit).toBe(0)
    }
    expect((await setUp([tool], { home })).exit).toBe(0)
    lose(lost)
    const before = usersPart(readTree(home))
    const moved = await runProgram(['switch', 'eu', '--yes', '--no-check'], { home })
    expect(moved.exit, moved.stderr).toBe(0)
    expect(moved.stderr).toContain('is gone')
    expect(readTree(home).lost?.kind).toBe(before.lost?.kind)
    const removed = await runProgram(['remove', '--yes'], { home })
    expect(removed.exit, removed.stderr).toBe(0)
    expect(removed.stderr).toContain('is gone')
    rmSync(lost, { force: true })
    rmSync(kept, { recursive: true })
    expect(Object.keys(usersPart(readTree(home)))).toEqual([])
    expect(existsSync(join(home, '.config'))).toBe(false)
  })
})
