import { appendFileSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readTree, stateBelowHome } from '../../support/home-tree.ts'
import { makeHome, runProgram, sampleKey } from '../../support/run-program.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const projectTools = testCatalog.tools
  .filter(({ targets, env }) => env?.dotenv || targets.some(({ scope }) => scope === 'project'))
  .map(({ id }) => id)

/** A home with a project in a repository, in which a tool is set up. */
async function projectWith(tool: string) {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  const project = join(home, 'clone/app')
  mkdirSync(project, { recursive: true })
  mkdirSync(join(home, 'clone/.git'))
  const run = (...args: string[]) =>
    runProgram([...args, '--yes', '--json'], { home, cwd: project, input: `${sampleKey}\n` })
  const setUp = () =>
    run('--tool', tool, '--scope', 'project', '--key-file', '-', '--no-check', '--allow-tracked')
  expect((await setUp()).exit).toBe(0)
  const files = Object.entries(readTree(join(home, 'clone')))
    .filter(([path, { kind }]) => kind === 'file' && !path.endsWith('.gitignore'))
    .map(([path]) => join(home, 'clone', path))
  expect(files.length).toBeGreaterThan(0)
  return { home, project, run, setUp, files }
}

/** The file as it is, elsewhere, and in its place a link to it. */
function moveBehindLink(file: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true })
  renameSync(file, to)
  symlinkSync(to, file)
}

describe.each(projectTools)(
  'given %s in a project, of which a file became a link to the same content',
  (tool) => {
    it.each(['elsewhere', 'clone/.git/kept', 'clone/../beside'])(
      'in %s, when it is removed, then nothing there changes, and setup would not write there either',
      async (folder) => {
        const { home, run, setUp, files } = await projectWith(tool)
        const targets = files.map((_, index) => join(home, folder, `file-${index}`))
        for (const [index, file] of files.entries()) moveBehindLink(file, targets[index] ?? '')
        const before = targets.map((path) => readFileSync(path, 'utf8'))
        expect((await setUp()).stdout).toContain('leads-out-of-project')
        const removed = await run('remove')
        expect(removed.exit, removed.stderr).toBe(0)
        expect(removed.stdout).toContain('leads-out-of-project')
        expect(targets.map((path) => readFileSync(path, 'utf8'))).toEqual(before)
        const ledger = JSON.parse(readFileSync(join(home, stateBelowHome, 'ledger.json'), 'utf8'))
        expect([ledger.setups, ledger.entries]).toEqual([[], []])
      },
    )
  },
)

it('given a link to another folder of the repository, when the tool is removed, then our values go from there', async () => {
  const { home, project, run } = await projectWith('openai-sdk')
  const shared = join(home, 'clone/shared/settings')
  moveBehindLink(join(project, '.env'), shared)
  appendFileSync(shared, 'MINE=1\n')
  const removed = await run('remove')
  expect(removed.exit, removed.stderr).toBe(0)
  expect(removed.stdout).not.toContain('leads-out-of-project')
  expect(readFileSync(shared, 'utf8')).toBe('MINE=1\n')
})

it('given a user’s own file that is a link out of the home, when it is removed, then our values go from there', async () => {
  const { home, drop } = makeHome()
  const other = makeHome()
  onTestFinished(drop)
  onTestFinished(other.drop)
  const options = { home, input: `${sampleKey}\n` }
  await runProgram(['--tool', 'claude-code', '--key-file', '-', '--no-check', '--yes'], options)
  const target = join(other.home, 'settings.json')
  moveBehindLink(join(home, '.claude/settings.json'), target)
  writeFileSync(target, readFileSync(target, 'utf8').replace('{', '{ "mine": 1,'))
  expect((await runProgram(['remove', '--yes'], { home })).exit).toBe(0)
  expect(JSON.parse(readFileSync(target, 'utf8'))).toEqual({ mine: 1 })
})
