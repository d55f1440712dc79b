import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readTree, usersPart } from '../../support/home-tree.ts'
import { makeHome, type Ran, runProgram, sampleKey, setUp } from '../../support/run-program.ts'

/** A way in which one tool stands in two places: what chooses each, and the files that hold a base URL and a key there. */
interface TwoPlaces {
  readonly tool: string
  readonly by: string
  readonly first: Place
  readonly second: Place
}

interface Place {
  readonly env?: (home: string) => Record<string, string>
  readonly flags?: readonly string[]
  /** Its folder, which may be lost. */
  readonly folder?: string
  readonly url: string
  readonly key: string
}

const accounts: readonly TwoPlaces[] = [
  {
    tool: 'claude-code',
    by: 'CLAUDE_CONFIG_DIR',
    first: { folder: '.claude', url: '.claude/settings.json', key: '.claude/settings.json' },
    second: {
      env: (home) => ({ CLAUDE_CONFIG_DIR: join(home, 'work account') }),
      folder: 'work account',
      url: 'work account/settings.json',
      key: 'work account/settings.json',
    },
  },
  {
    tool: 'codex',
    by: 'CODEX_HOME',
    first: { folder: '.codex', url: '.codex/config.toml', key: '.codex/.env' },
    second: {
      env: (home) => ({ CODEX_HOME: join(home, 'two') }),
      folder: 'two',
      url: 'two/config.toml',
      key: 'two/.env',
    },
  },
  {
    tool: 'cline',
    by: 'CLINE_DIR',
    first: {
      folder: '.cline',
      url: '.cline/data/settings/providers.json',
      key: '.cline/data/settings/providers.json',
    },
    second: {
      env: (home) => ({ CLINE_DIR: join(home, 'two') }),
      folder: 'two',
      url: 'two/data/settings/providers.json',
      key: 'two/data/settings/providers.json',
    },
  },
]

const shells: readonly TwoPlaces[] = ['openai-sdk', 'langchain', 'claude-agent-sdk'].map((tool) => ({
  tool,
  by: '--shell',
  first: {
    flags: ['--shell', 'bash'],
    url: '.config/qcode-setup/env.sh',
    key: '.config/qcode-setup/env.sh',
  },
  second: {
    flags: ['--shell', 'fish'],
    url: '.config/qcode-setup/env.fish',
    key: '.config/qcode-setup/env.fish',
  },
}))

const all = [...accounts, ...shells]

async function setUpBoth({ tool, first, second }: TwoPlaces): Promise<string> {
  const { home, drop } = makeHome()
  onTestFinished(drop)
  for (const [place, region] of [
    [first, 'us'],
    [second, 'eu'],
  ] as const) {
    const ran = await setUp(
      [tool],
      { home, env: place.env?.(home) ?? {} },
      '--region',
      region,
      ...(place.flags ?? []),
    )
    expect(ran).toMatchObject({ exit: 0 })
  }
  return home
}

async function run(home: string, ...args: string[]): Promise<Ran> {
  const ran = await runProgram([...args, '--yes'], { home })
  expect(ran.exit, ran.stderr).toBe(0)
  return ran
}

const read = (home: string, path: string) => readFileSync(join(home, path), 'utf8')

function expectPlace(home: string, { url, key }: Place, region: string, theKey = sampleKey): void {
  expect(read(home, url)).toContain(`https://${region}.qcode.cc/`)
  expect(read(home, key)).toContain(theKey)
}

describe.each(all)('given $tool in two places, by $by', (two) => {
  it('both are set up side by side, and status names each', async () => {
    const home = await setUpBoth(two)
    expectPlace(home, two.first, 'us')
    expectPlace(home, two.second, 'eu')
    const { stdout } = await runProgram(['status', '--json'], { home })
    const { tools } = JSON.parse(stdout)
    expect(tools).toMatchObject([
      { tool: two.tool, region: 'us', asWritten: true },
      { tool: two.tool, region: 'eu', asWritten: true },
    ])
    expect(new Set(tools.map(({ place }: { place: string }) => place)).size).toBe(2)
  })

  it('switch moves both from a terminal without the variable, each with its key', async () => {
    const home = await setUpBoth(two)
    await run(home, 'switch', 'asia', '--no-check')
    expectPlace(home, two.first, 'asia')
    expectPlace(home, two.second, 'asia')
  })

  it('key rotate gives both the new key', async () => {
    const home = await setUpBoth(two)
    const other = `cr_${'7'.repeat(64)}`
    writeFileSync(join(home, 'key'), other)
    await run(home, 'key', 'rotate', '--key-file', join(home, 'key'), '--no-check')
    expectPlace(home, two.first, 'us', other)
    expectPlace(home, two.second, 'eu', other)
  })

  it('setting up the second again leaves the first as it is', async () => {
    const home = await setUpBoth(two)
    const before = read(home, two.first.url)
    const { env, flags = [] } = two.second
    await setUp([two.tool], { home, env: env?.(home) ?? {} }, '--region', 'asia', ...flags)
    expect(read(home, two.first.url)).toBe(before)
    expectPlace(home, two.second, 'asia')
  })

  it('undo takes the second back, and remove both', async () => {
    const home = await setUpBoth(two)
    await run(home, 'undo')
    expectPlace(home, two.first, 'us')
    expect(existsSync(join(home, two.second.url))).toBe(false)
    await run(home, 'undo')
    expect(Object.keys(usersPart(readTree(home)))).toEqual([])
  })

  it('remove takes both out, whatever the environment says', async () => {
    const home = await setUpBoth(two)
    await run(home, 'remove')
    expect(Object.keys(usersPart(readTree(home)))).toEqual([])
  })
})

describe.each(accounts)('given $tool in two places, one of them gone', ({ ...two }) => {
  it.each(['first', 'second'] as const)('the %s is skipped and said, and never made again', async (lost) => {
    const home = await setUpBoth(two)
    const folder = two[lost].folder ?? ''
    const kept = lost === 'first' ? two.second : two.first
    rmSync(join(home, folder), { recursive: true })
    const { stderr } = await run(home, 'switch', 'asia', '--no-check')
    expect(stderr).toContain('no longer exists')
    expect(existsSync(join(home, folder))).toBe(false)
    expectPlace(home, kept, 'asia')
    const removed = await run(home, 'remove')
    expect(removed.stderr).toContain('no longer exists')
    expect(Object.keys(usersPart(readTree(home)))).toEqual([])
  })
})
