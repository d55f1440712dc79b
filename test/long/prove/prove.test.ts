import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { platform } from 'node:process'
import { describe, expect, it, vi } from 'vitest'
import { createCommitter } from '../../../src/apply/committer.ts'
import { en } from '../../../src/texts/en.ts'
import { everyoneCanReach } from '../../support/everyone-can-reach.ts'
import { readTree } from '../../support/home-tree.ts'
import { isAlive } from '../../support/is-alive.ts'
import { ownTools } from '../../support/own-tool.ts'
import { makeHome, programPath, runProgram, sampleKey } from '../../support/run-program.ts'
import { createTestHost } from '../../support/test-host.ts'
import { installToy, type ToyMode } from './toy-client.ts'

interface Place {
  readonly home: string
  /** The only temporary folder that the program knows. */
  readonly temporary: string
  readonly env: Record<string, string>
}

async function withToy(mode: ToyMode, work: (place: Place) => Promise<void>, more = ''): Promise<void> {
  const { home, drop } = makeHome()
  installToy(home, mode, more)
  const temporary = join(home, '..', 'tmp')
  mkdirSync(temporary)
  const secrets = {
    ANTHROPIC_API_KEY: 'sk-of-the-user',
    QCODE_API_KEY: sampleKey,
    OPENAI_BASE_URL: 'http://x',
  }
  const env = { PATH: join(home, 'bin'), TMPDIR: temporary, ...secrets }
  await work({ home, temporary, env }).finally(drop)
}

async function prove({ home, env }: Place, tools = 'toy') {
  const before = readTree(home)
  const ran = await runProgram(['prove', '--json', '--tool', tools], { home, env })
  const { pid: _, ...after } = readTree(home)
  expect(after).toEqual(before)
  return { ...ran, ...JSON.parse(ran.stdout) }
}

function notedPid({ home }: Place): number {
  return Number(readFileSync(join(home, 'pid'), 'utf8'))
}

const served = { method: 'POST', path: '/api/v1/messages', auth: 'x-api-key', status: 200 }

describe.concurrent('prove', () => {
  it("runs a tool of the user's own folder, found in PATH, and leaves no trace", () =>
    withToy('good', async (place) => {
      const { exit, stderr, ...document } = await prove(place)
      expect([exit, stderr]).toEqual([0, ''])
      expect(document).toMatchObject({ version: 1, command: 'prove' })
      expect(document.rows).toEqual([
        {
          tool: 'toy',
          client: 'Toy',
          version: '4.5.6',
          variant: 'default',
          baseUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1$/),
          verdict: 'proven',
          requests: [served],
          replySeen: true,
        },
      ])
      expect(readdirSync(place.temporary)).toEqual([])
    }))

  it('where nothing is set up, says so and what to type, once something passed', () =>
    withToy('good', async ({ home, env }) => {
      const notSetUp = [en['prove.not-set-up'], en['prove.not-set-up.hint']({ tools: ['toy'] })]
      const said = async () => {
        const { exit, stderr } = await runProgram(['prove', '--tool', 'toy'], { home, env })
        return [exit, notSetUp.map((text) => stderr.replace(/\s+/g, ' ').includes(text))]
      }
      expect(await said()).toEqual([0, [true, true]])
      mkdirSync(join(home, '.local/state/qcode-setup'), { recursive: true })
      expect(await said()).toEqual([0, [false, false]])
    }))

  it.each([
    [
      'wrong-base',
      'wrong',
      'POST /api/v1/v2/messages returned 404',
      [{ ...served, path: '/api/v1/v2/messages', status: 404 }],
    ],
    ['wrong-key', 'wrong', 'POST /api/v1/messages returned 401', [{ ...served, status: 401 }]],
    ['silent', 'no-request', 'exited with code 0', []],
    ['mute', 'no-reply', 'exited with code 0', [served]],
  ] as const)('says what is wrong with one that is %s', (mode, verdict, reason, requests) =>
    withToy(mode, async (place) => {
      const { exit, rows } = await prove(place)
      expect(exit).toBe(4)
      expect(rows).toMatchObject([{ verdict, reason, requests }])
    }),
  )

  it('gives the client no key, no setting and no file of the user', () =>
    withToy('telling', async (place) => {
      const { rows } = await prove(place)
      const told = /\{.*\}/.exec(rows[0].reason)?.[0]
      expect(JSON.parse(told ?? '')).toEqual({
        names: [],
        files: [],
        home: expect.stringContaining(place.temporary),
      })
    }))

  it.skipIf(platform !== 'linux')('ends what a client leaves in the background', () =>
    withToy('leaving', async (place) => {
      expect((await prove(place)).rows).toMatchObject([{ verdict: 'proven' }])
      await vi.waitFor(() => expect(isAlive(notedPid(place))).toBe(false), 60_000)
    }),
  )

  it('stops a client whose time is over', () =>
    withToy(
      'hanging',
      async (place) => {
        const { exit, rows } = await prove(place)
        expect(exit).toBe(4)
        expect(rows).toMatchObject([{ verdict: 'no-request', reason: 'timed out' }])
        expect(isAlive(notedPid(place))).toBe(false)
        expect(readdirSync(place.temporary)).toEqual([])
      },
      // In seconds: the client has to be at work by then, on a busy machine as well.
      'timeout = 15',
    ))

  it.skipIf(platform === 'win32')('takes everything down at Ctrl-C', () =>
    withToy('hanging', async (place) => {
      const env = { HOME: place.home, SHELL: '/bin/bash', ...place.env }
      const program = spawn(process.execPath, [programPath, 'prove', '--tool', 'toy'], {
        cwd: place.home,
        env,
        stdio: 'ignore',
      })
      const ended = new Promise((resolve) => program.once('exit', (code, signal) => resolve(code ?? signal)))
      await vi.waitFor(() => expect(notedPid(place)).toBeGreaterThan(0), 60_000)
      program.kill('SIGINT')
      expect(await ended).toBe(130)
      expect(isAlive(notedPid(place))).toBe(false)
      expect(readdirSync(place.temporary)).toEqual([])
    }),
  )

  it('that was named and is not there is skipped, and without any proof the end is a failure', () =>
    withToy('library', async (place) => {
      const { exit, stderr, rows } = await prove(place, 'toy,codex')
      expect(exit).toBe(1)
      expect(stderr).toContain(en['prove.nothing'])
      expect(rows).toMatchObject([
        { tool: 'codex', verdict: 'skipped', reason: 'codex not in PATH', baseUrl: null },
        { tool: 'toy', verdict: 'skipped', reason: 'no toys here' },
      ])
    }))

  it('says so where no tool is found at all', async () => {
    const { home, drop } = makeHome()
    const { exit, stdout, stderr } = await runProgram(['prove', '--json'], { home })
    drop()
    expect([exit, JSON.parse(stdout).rows]).toEqual([0, []])
    expect(stderr).toContain(en['prove.nothing'])
  })

  it('refuses a tool that it does not know', async () => {
    const { home, drop } = makeHome()
    const { exit, stderr } = await runProgram(['prove', '--tool', 'codx'], { home })
    drop()
    expect(exit).toBe(2)
    expect(stderr).toContain('codex')
  })
})

describe('a version that nobody has measured', () => {
  const versionTold = async ({ home, env }: Place) => {
    const { stdout } = await runProgram(['doctor', '--no-check', '--json'], { home, env })
    return JSON.parse(stdout).findings.filter(({ id }: { id: string }) => id === 'version-not-measured')
  }

  /** The toy as npm installs it, so that its version is found without running it. */
  const putVersion = ({ home }: Place, version: string) => {
    const folder = join(home, 'lib/node_modules/toy')
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'toy', version }))
    if (!existsSync(join(folder, 'toy'))) renameSync(join(home, 'bin/toy'), join(folder, 'toy'))
    rmSync(join(home, 'bin/toy'), { force: true })
    symlinkSync(join(folder, 'toy'), join(home, 'bin/toy'))
  }

  const measured = ({ home }: Place) => {
    const file = join(ownTools(home), 'toy/tool.toml')
    const text = readFileSync(file, 'utf8').replace(
      '[detect]',
      'measured = "<=4.0.0"\n\n[detect]\npackages = ["toy"]',
    )
    writeFileSync(file, text)
  }

  it.each(['good', 'wrong-base'] as const)(
    'is told until a proof settles it, which one that is %s does or not',
    (mode) =>
      withToy(mode, async (place) => {
        measured(place)
        putVersion(place, '4.5.6')
        const { home, env } = place
        const words = ['setup', '--tool', 'toy', '--key-file', '-', '--yes', '--no-check']
        await runProgram(words, { home, env, input: sampleKey })
        const [finding] = await versionTold(place)
        expect(finding).toMatchObject({ tool: 'toy', hint: 'qcode-setup prove --tool toy' })
        await runProgram(finding.hint.split(' ').slice(1), { home, env })
        expect(await versionTold(place)).toHaveLength(mode === 'good' ? 0 : 1)
        putVersion(place, '4.6.0')
        expect(await versionTold(place)).toHaveLength(1)
      }),
  )
})

it("proves with a copy of the user's own file, whose other secrets are blotted out", () =>
  withToy(
    'copying',
    async (place) => {
      const own = {
        theme: 'dark',
        baseURL: 'https://elsewhere.example.com',
        token: 'ghp_0123456789abcdefghijkl',
      }
      mkdirSync(join(place.home, '.toy'), { recursive: true })
      writeFileSync(join(place.home, '.toy/settings.json'), JSON.stringify(own))
      const { exit, rows } = await prove(place)
      expect([exit, rows[0].verdict]).toEqual([0, 'proven'])
      const copy = JSON.parse(readFileSync(join(place.home, '../copy.json'), 'utf8'))
      expect(copy).toMatchObject({ theme: 'dark', baseURL: expect.stringMatching(/^http:\/\/127/) })
      expect(copy.token).toHaveLength(own.token.length)
      expect(copy.token).not.toBe(own.token)
    },
    '[[sources]]\nlevel = "user"\npath = "{{ home }}/.toy/settings.json"\nformat = "json"\n',
  ))

const stateOf = ({ home }: Place) => join(home, '.local/state/qcode-setup')
const isRoot = process.getuid?.() === 0
const nobody = 65_533

/** The home, and the way to it, as another user's. */
function giveAway({ home }: Place): void {
  for (const name of ['.', ...Object.keys(readTree(home))]) lchownSync(join(home, name), nobody, nobody)
  for (const folder of [home, dirname(home)]) chmodSync(folder, 0o755)
  chmodSync(join(home, '../tmp'), 0o777)
}

interface Keeping {
  readonly state: string
  readonly spoil: (place: Place) => void
  readonly isNoted: boolean
  readonly uid?: number
}

/** What a proof meets where it would be written down. */
const keeping: readonly Keeping[] = [
  { state: 'that can be written', spoil: () => {}, isNoted: true },
  {
    state: 'with a run that was stopped half-way',
    spoil: (place) => {
      const [run = ''] = readdirSync(join(stateOf(place), 'runs'))
      const journal = join(stateOf(place), 'runs', run, 'journal.json')
      writeFileSync(
        journal,
        readFileSync(journal, 'utf8').replace(/"state": ?"done"/, '"state": "committing"'),
      )
    },
    isNoted: true,
  },
  {
    state: 'with a folder in the place of the record',
    spoil: (place) => {
      rmSync(join(stateOf(place), 'shown-notes.json'))
      mkdirSync(join(stateOf(place), 'shown-notes.json'))
    },
    isNoted: false,
  },
  {
    state: 'with a folder in the place of the lock',
    spoil: (place) => void mkdirSync(join(stateOf(place), 'lock/x'), { recursive: true }),
    isNoted: false,
  },
  {
    state: 'that may only be read',
    spoil: (place) => {
      giveAway(place)
      chmodSync(stateOf(place), 0o500)
    },
    isNoted: false,
    uid: nobody,
  },
]

describe.each(keeping.filter(({ uid }) => uid === undefined || (isRoot && everyoneCanReach(programPath))))(
  'given a state $state',
  ({ spoil, isNoted, uid }) => {
    it('a good proof ends with 0, and what could not be noted is said', () =>
      withToy('good', async (place) => {
        const set = ['setup', '--tool', 'codex', '--key-file', '-', '--yes', '--no-check']
        expect((await runProgram(set, { ...place, input: sampleKey })).exit).toBe(0)
        spoil(place)
        const as = uid === undefined ? place : { ...place, uid }
        const ran = await runProgram(['prove', '--json', '--tool', 'toy'], as)
        expect(ran.exit, ran.stderr).toBe(0)
        expect(JSON.parse(ran.stdout).rows).toMatchObject([{ verdict: 'proven' }])
        const said = ran.stderr.replace(/\s+/g, ' ')
        expect(said.includes(`The test passed, but that could not be saved in ${stateOf(place)}`)).toBe(
          !isNoted,
        )
        expect(said.includes(`ls -ld ${stateOf(place)}`)).toBe(!isNoted)
      }))
  },
)

it.runIf(isRoot)(
  'under sudo in the home of somebody else nothing is run or written, and the command says how',
  () =>
    withToy('good', async (place) => {
      const set = ['setup', '--tool', 'codex', '--key-file', '-', '--yes', '--no-check']
      expect((await runProgram(set, { ...place, input: sampleKey })).exit).toBe(0)
      giveAway(place)
      const before = readTree(place.home)
      const sudo = { SUDO_UID: String(nobody), SUDO_GID: String(nobody), SUDO_USER: 'alice' }
      const ran = await runProgram(['prove', '--tool', 'toy'], { ...place, env: { ...place.env, ...sudo } })
      expect([ran.exit, ran.stdout]).toEqual([2, ''])
      expect(ran.stderr).toContain('belongs to alice')
      const host = createTestHost(place.home, { uid: 0, env: { HOME: place.home, PATH: '', ...sudo } })
      const { newNotes } = createCommitter(host, false)
      // A tool of the catalog is proven there all the same, and nothing of root's is left in that home.
      for (const isWritten of [true, false])
        expect(await newNotes(['codex 1.2.3 was proven'], isWritten)).toHaveLength(1)
      expect(readTree(place.home)).toEqual(before)
    }),
)
