import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { modelFlags, toolsWithoutModel } from '../../support/every-tool.ts'
import { type HomeTree, readTree, stateBelowHome, usersPart } from '../../support/home-tree.ts'
import { ownManifest, ownTools, writeOwnTool } from '../../support/own-tool.ts'
import { fillRichHome } from '../../support/rich-home.ts'
import { makeHome, runProgram, setUp } from '../../support/run-program.ts'
import { testCatalog } from '../../support/test-catalog.ts'

const tools = toolsWithoutModel
const projectTools = testCatalog.tools
  .filter(({ targets, env }) => env?.dotenv || targets.some(({ scope }) => scope === 'project'))
  .map(({ id }) => id)

const variableTools = testCatalog.tools.filter(({ env }) => env !== undefined).map(({ id }) => id)

function newHome(): string {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  return home
}

interface Given {
  readonly home: string
  /** What was the user's own there before anything was set up. */
  readonly start: HomeTree
}

const givens = new Map<string, Given>()
afterAll(() => {
  for (const { home } of givens.values()) rmSync(dirname(home), { recursive: true, force: true })
})

/** A home that is filled and set up once; each test of the same name gets it as it was then, at the same path. */
async function given(
  name: string,
  fill: (home: string) => void,
  prepare: (home: string) => Promise<void>,
): Promise<Given> {
  const known = givens.get(name)
  const { home } = known ?? makeHome()
  const kept = join(dirname(home), 'kept')
  if (known) {
    rmSync(home, { recursive: true })
    execFileSync('cp', ['-a', kept, home])
    return known
  }
  fill(home)
  const one = { home, start: usersPart(readTree(home)) }
  await prepare(home)
  execFileSync('cp', ['-a', home, kept])
  givens.set(name, one)
  return one
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
    const { home, start } = await given(`rich home, ${tool}`, fillRichHome, async (home) => {
      expect((await setUp([tool], { home })).exit).toBe(0)
    })
    lose(home)
    const removed = await runProgram(['remove', '--yes'], { home })
    expect(removed.exit, removed.stderr).toBe(0)
    expect(usersPart(readTree(home))).toEqual(start)
  })
})

/** A project in which every client finds something of its user's own, in places that are put back with all their bytes. */
function fillProject(folder: string): void {
  mkdirSync(join(folder, '.claude'), { recursive: true })
  writeFileSync(
    join(folder, '.env'),
    'A=1\nANTHROPIC_API_KEY=sk-old-0000 # mine\n\nOPENAI_API_KEY="old"\nB=2',
  )
  writeFileSync(
    join(folder, '.aider.conf.yml'),
    'model: m\napi-key: [b=2, anthropic=sk-old-0000] # mine\nz: 1\n',
  )
  writeFileSync(
    join(folder, '.claude/settings.local.json'),
    '{\r\n  "env": {\r\n    "A": "1",\r\n    "ANTHROPIC_API_KEY": "sk-old-0000",\r\n    "B": "2"\r\n  }\r\n}',
  )
}

describe.each(losses)('given a project and the variables of two shells, and %s', (_, lose) => {
  it.each(projectTools)(
    'remove of %s in the project gives back what was there, moved in between',
    async (tool) => {
      const fill = (home: string) => fillProject(join(home, 'work'))
      const { home, start } = await given(`project, ${tool}`, fill, async (home) => {
        const cwd = join(home, 'work')
        const done = await setUp([tool], { home, cwd }, '--scope', 'project', '--on-conflict', 'overwrite')
        expect(done.exit, done.stderr).toBe(0)
        expect((await runProgram(['switch', 'eu', '--yes', '--no-check'], { home, cwd })).exit).toBe(0)
      })
      expect(usersPart(readTree(home))).not.toEqual(start)
      lose(home)
      const removed = await runProgram(['remove', '--yes'], { home })
      expect(removed.exit, removed.stderr).toBe(0)
      expect(usersPart(readTree(home))).toEqual(start)
    },
  )

  it.each(variableTools)('remove of %s from a third shell gives back what was there', async (tool) => {
    const { home, start } = await givenVariables(tool)
    lose(home)
    const removed = await runProgram(['remove', '--yes'], { home, env: { SHELL: '/usr/bin/zsh' } })
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
    expect(moved.stderr).toContain('no longer exists')
    expect(readTree(home).lost?.kind).toBe(before.lost?.kind)
    const removed = await runProgram(['remove', '--yes'], { home })
    expect(removed.exit, removed.stderr).toBe(0)
    expect(removed.stderr).toContain('no longer exists')
    rmSync(lost, { force: true })
    rmSync(kept, { recursive: true })
    expect(Object.keys(usersPart(readTree(home)))).toEqual([])
    expect(existsSync(join(home, '.config'))).toBe(false)
  })
})

/** Profiles, and nothing that a client would be kept from the gateway by. */
function fillPlainHome(home: string): void {
  for (const name of ['.bashrc', '.profile', '.zshenv']) writeFileSync(join(home, name), `# ${name}\nA=1\n`)
}

function givenVariables(tool: string): Promise<Given> {
  return given(`two shells, ${tool}`, fillPlainHome, async (home) => {
    for (const SHELL of ['/bin/bash', '/usr/bin/fish']) {
      const done = await setUp([tool], { home, env: { SHELL } }, '--method', 'env')
      expect(done.exit, done.stderr).toBe(0)
    }
  })
}

/** Each tool that a variable tells where its configuration folder is. */
const movable = testCatalog.tools.flatMap(({ id, places }) => {
  const variable = Object.values(places)
    .flat()
    .flatMap(({ env }) => env ?? [])[0]
  return variable === undefined ? [] : [[id, variable] as const]
})

/** What the environment of a removal may say of a tool that was set up for two accounts, `one` and `two`. */
const accounts: readonly (readonly [string, (home: string, variable: string) => Record<string, string>])[] = [
  ['neither account', () => ({})],
  ['the first account', (home, variable) => ({ [variable]: join(home, 'one') })],
  ['the second account', (home, variable) => ({ [variable]: join(home, 'two') })],
  ['an account that was never set up', (home, variable) => ({ [variable]: join(home, 'three') })],
]

describe.each(movable)('given %s for two accounts (%s) and for none', (tool, variable) => {
  const givenAccounts = () =>
    given(`two accounts, ${tool}`, fillPlainHome, async (home) => {
      for (const env of [{ [variable]: join(home, 'one') }, { [variable]: join(home, 'two') }, {}]) {
        expect((await setUp([tool], { home, env }, ...modelFlags(tool))).exit).toBe(0)
      }
    })

  it.each(accounts)('remove from %s takes all of it out', async (_, envOf) => {
    const { home, start } = await givenAccounts()
    const removed = await runProgram(['remove', '--yes'], { home, env: envOf(home, variable) })
    expect(removed.exit, removed.stderr).toBe(0)
    expect(usersPart(readTree(home))).toEqual(start)
  })

  it('with the folder of one account gone, remove takes out the rest, says so and creates nothing', async () => {
    const { home, start } = await givenAccounts()
    rmSync(join(home, 'one'), { recursive: true, force: true })
    const removed = await runProgram(['remove', '--yes'], { home })
    expect(removed.exit, removed.stderr).toBe(0)
    expect(usersPart(readTree(home))).toEqual(start)
  })
})

const shells = ['/bin/bash', '/usr/bin/zsh', '/usr/bin/fish', '/bin/sh']

describe.each(variableTools)('given the variables of %s in the profiles of two shells', (tool) => {
  it.each(shells)('remove from %s takes both out', async (SHELL) => {
    const { home, start } = await givenVariables(tool)
    const removed = await runProgram(['remove', '--yes'], { home, env: { SHELL } })
    expect(removed.exit, removed.stderr).toBe(0)
    expect(usersPart(readTree(home))).toEqual(start)
  })
})

describe('given a tool of the user’s own', () => {
  const elsewhere = ownManifest.replace('settings.json"', 'other.json"')
  const rewrite = (folder: string, text: string) => writeFileSync(join(folder, 'tool.toml'), text)
  /** What becomes of its folder. Only one that still says where its file belongs can have its region changed. */
  const changes: readonly { became: string; change: (folder: string) => void; switched: number }[] = [
    { became: 'gone', change: (folder) => rmSync(folder, { recursive: true }), switched: 3 },
    { became: 'for another file now', change: (folder) => rewrite(folder, elsewhere), switched: 0 },
    { became: 'no tool any more', change: (folder) => rewrite(folder, 'schema = 2\n'), switched: 3 },
    { became: 'not to be parsed', change: (folder) => rewrite(folder, 'schema = [\n'), switched: 3 },
    {
      became: 'without its content',
      change: (folder) => rmSync(join(folder, 'settings.json')),
      switched: 3,
    },
    {
      became: 'leading elsewhere now',
      change: (folder) => writeFileSync(join(folder, 'settings.json'), '{"a":"//evil.example"}'),
      switched: 3,
    },
  ]
  const removals = [[], ['--tool', 'mine'], ['--tool', 'all'], ['--scope', 'user']]

  async function givenOwnTool() {
    const { home, start } = await given('own tool', fillPlainHome, async (home) => {
      writeOwnTool(ownTools(home))
      const done = await setUp(['mine'], { home })
      expect(done.exit, done.stderr).toBe(0)
    })
    const folder = join(ownTools(home), 'mine')
    const isBack = () => {
      rmSync(join(home, '.config'), { recursive: true, force: true })
      expect(usersPart(readTree(home))).toEqual(start)
    }
    return { home, folder, isBack }
  }

  describe.each(changes)('whose folder is $became', ({ change, switched }) => {
    it.each(removals.map((args) => ({ args })))(
      'remove $args gives back what was there',
      async ({ args }) => {
        const { home, folder, isBack } = await givenOwnTool()
        change(folder)
        const removed = await runProgram(['remove', '--yes', ...args], { home })
        expect(removed.exit, removed.stderr).toBe(0)
        isBack()
      },
    )

    it('it stops nothing of another tool', async () => {
      const { home, folder, isBack } = await givenOwnTool()
      expect((await setUp(['codex'], { home })).exit).toBe(0)
      change(folder)
      for (const line of [
        'status',
        'switch eu --yes --no-check',
        'undo --yes',
        'remove --tool codex --yes',
      ]) {
        const { exit, stderr } = await runProgram(line.split(' '), { home })
        const code = line.startsWith('switch') ? switched : 0
        expect([line, exit, stderr]).toEqual([line, code, expect.any(String)])
      }
      expect((await runProgram(['remove', '--yes'], { home })).exit).toBe(0)
      isBack()
    })
  })
})
