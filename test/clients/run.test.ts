import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { readTree } from '../support/home-tree.ts'
import { testCatalog } from '../support/test-catalog.ts'
import { cleanEnvironment } from './clean-environment.ts'
import { pinned } from './client-packages.ts'
import { clientRunner, isInstalled } from './client-runners.ts'
import { makePlace, type Place } from './place.ts'
import { filesWith, type Machine, machines, modelFlags, ownArguments } from './run-machines.ts'

const program = join(import.meta.dirname, '../../bin/qcode-setup.js')
/** Looks at the command lines of all processes as long as the work takes. */
async function commandLinesDuring<T>(work: Promise<T>): Promise<{ result: T; lines: Set<string> }> {
  const lines = new Set<string>()
  const look = () => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        lines.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))
      } catch {
        // It has ended.
      }
    }
  }
  const timer = setInterval(look, 20)
  try {
    return { result: await work, lines }
  } finally {
    clearInterval(timer)
  }
}

function start({ id, env, args = [] }: Machine, { home, standIn, key }: Place) {
  const runner = clientRunner(id)
  const line = [
    'run',
    runner.tool,
    '--gateway',
    standIn.origin,
    '--key-file',
    '-',
    ...modelFlags(runner),
    '--',
    ...args,
    ...ownArguments(runner),
  ]
  return execa(process.execPath, [program, ...line], {
    cwd: home,
    env: { ...cleanEnvironment(home, [runner.binFolder]), ...runner.env, ...env },
    extendEnv: false,
    input: key,
    reject: false,
    // Kilo looks for its vendor for a minute first.
    timeout: 240_000,
  })
}

describe.each(machines)('$id with $title', (machine) => {
  test.skipIf(!isInstalled(clientRunner(machine.id)))(
    'one run reaches the gateway with our key alone, and changes none of the files that were there',
    async () => {
      const place = await makePlace()
      await machine.put(place.home)
      const before = readTree(place.home)
      const { result, lines } = await commandLinesDuring(start(machine, place))
      const posts = place.standIn.requests.filter(({ method }) => method === 'POST')
      expect(
        posts.map(({ status, auth }) => [status, auth]),
        result.stderr,
      ).not.toEqual([])
      expect(posts.filter(({ status }) => status !== 200)).toEqual([])
      expect(posts.filter(({ auth }) => auth === 'both')).toEqual([])
      expect(posts.map(({ path }) => path)).toEqual(
        expect.arrayContaining([...clientRunner(machine.id).paths]),
      )
      expect(`${result.stdout}${result.stderr}`).toContain('pong')
      expect([...lines].filter((line) => line.includes(place.key))).toEqual([])
      const after = readTree(place.home)
      const kept = Object.keys(before).filter((path) => before[path]?.kind === 'file')
      expect(kept.map((path) => after[path])).toEqual(kept.map((path) => before[path]))
      expect(Object.keys(after).filter((path) => path.startsWith('.local/state/qcode-setup'))).toEqual([])
      expect(await filesWith(place.key, place.home)).toBe('')
    },
  )
})

/** What people ask a client that sends no request: its version, its help, and one of its commands. */
const questions: readonly (readonly [tool: string, ...command: string[]])[] = [
  ['claude-code', 'mcp', 'list'],
  ['codex', 'mcp', 'list'],
  ['qwen-code', 'mcp', 'list'],
  ['continue', 'ls', '--json'],
  ['opencode', 'mcp', 'list'],
  ['kilo', 'mcp', 'list'],
  ['pi', 'list'],
  ['llm', 'plugins'],
]
const asked = questions.flatMap(([tool, ...command]) =>
  [['--version'], ['--help'], command].map((args) => [tool, args.join(' '), args] as const),
)

const commandOf = (tool: string) =>
  testCatalog.tools.find(({ id }) => id === tool)?.detect.commands[0] ?? tool

describe('what run puts in front of the arguments', () => {
  test.each(asked)('%s %s answers as without it', async (tool, _, args) => {
    const runner = clientRunner(pinned(tool))
    const { home, standIn, key } = await makePlace()
    const settings = {
      cwd: home,
      env: { ...cleanEnvironment(home, [runner.binFolder]), ...runner.env },
      extendEnv: false,
      reject: false,
    }
    const bare = await execa(join(runner.binFolder, commandOf(tool)), args, { ...settings, stdin: 'ignore' })
    const line = ['run', tool, '--gateway', standIn.origin, '--key-file', '-', ...modelFlags(runner)]
    const started = await execa(process.execPath, [program, ...line, '--', ...args], {
      ...settings,
      input: key,
    })
    expect(bare.exitCode, bare.stderr).toBe(0)
    expect([started.exitCode, started.stdout], started.stderr).toEqual([0, bare.stdout])
    expect(standIn.requests.filter(({ method }) => method === 'POST')).toEqual([])
  })
})
