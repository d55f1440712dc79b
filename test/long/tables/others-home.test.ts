import { spawnSync } from 'node:child_process'
import { chmodSync, lchownSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { othersHome } from '../../../src/host/ownership.ts'
import { everyoneCanReach } from '../../support/everyone-can-reach.ts'
import { readTree } from '../../support/home-tree.ts'
import { makeHome, programPath, runProgram, sampleKey } from '../../support/run-program.ts'
import { createTestHost } from '../../support/test-host.ts'

const owner = 65_533
const isRoot = process.getuid?.() === 0

let home = ''
let drop = () => {}
beforeEach(() => ({ home, drop } = makeHome()))
afterEach(() => drop())

function giveAway(): void {
  for (const name of ['.', ...Object.keys(readTree(home))]) lchownSync(join(home, name), owner, owner)
  for (const folder of [home, dirname(home)]) chmodSync(folder, 0o755)
}

const writers = [
  'setup --tool codex --key-file - --yes --no-check',
  'switch eu --yes --no-check',
  'undo --yes',
  'remove --yes',
  'key rotate --key-file - --yes --no-check',
  'lint --fix --yes',
]
const readers = [
  'status',
  'doctor --no-check',
  'lint',
  'setup --tool codex --key-file - --yes --no-check --dry-run',
  'remove --yes --dry-run',
]

/** What `sudo` leaves in the environment. */
const sudo = { SUDO_UID: String(owner), SUDO_GID: String(owner), SUDO_USER: 'alice' }

test.runIf(isRoot).each(writers)('given the home is a user’s, root does nothing there: %s', async (line) => {
  giveAway()
  const { exit, stderr } = await runProgram(line.split(' '), { home, env: sudo, input: sampleKey })
  expect([exit, stderr]).toEqual([1, expect.stringContaining(`${home} is the home of alice`)])
  expect(stderr).toContain('qcode-setup (without sudo)')
  expect(readTree(home)).toEqual({})
})

test.runIf(isRoot).each(readers)('given the home is a user’s, root is told of it: %s', async (line) => {
  giveAway()
  const { stderr } = await runProgram(line.split(' '), { home, env: sudo, input: sampleKey })
  expect(stderr.replace(/\s+/g, ' ')).toContain(`${home} is the home of alice`)
  expect(readTree(home)).toEqual({})
})

test.runIf(isRoot && everyoneCanReach(programPath))(
  'given a state that root left in a user’s home, no command takes it for an empty one',
  async () => {
    const args = (writers[0] ?? '').split(' ')
    expect((await runProgram(args, { home, input: sampleKey })).exit).toBe(0)
    lchownSync(home, owner, owner)
    for (const folder of [home, dirname(home)]) chmodSync(folder, 0o755)
    for (const line of ['status', 'undo --yes', 'remove --yes', 'switch eu --yes --no-check']) {
      const { exit, stderr } = await runProgram(line.split(' '), { home, uid: owner })
      expect([line, exit]).toEqual([line, 1])
      expect(stderr).toContain('belongs to root')
      expect(stderr).toContain('sudo chown -R')
    }
  },
)

test.runIf(isRoot)('given the home is root’s, as in a container, whoever runs there may write', () => {
  expect(othersHome(createTestHost(home, { uid: owner }))).toBeUndefined()
})

test.runIf(isRoot && everyoneCanReach(programPath)).each([
  ['status', {}, [0, '']],
  ['--help', {}, [0, '']],
  ['setup --tool codex --key-file - --yes --no-check', {}, [2, 'HOME is /nonexistent or not set']],
  ['setup --tool codex --key-file - --yes --no-check', { HOME: '' }, [2, 'HOME is /nonexistent or not set']],
  ['setup --tool codex --key-file - --yes --no-check', { HOME: '/nonexistent' }, [2, 'Set HOME to']],
  ['setup --tool codex --key-file - --yes --no-check', { HOME: '/nobody' }, [1, 'Use a folder of your own']],
  [
    'setup --tool codex --key-file - --yes --no-check',
    { HOME: '/dev/null' },
    [1, 'Use a folder of your own'],
  ],
  ['status', { HOME: '/dev/null' }, [1, 'Use a folder of your own']],
] as const)('given a user who is a number alone: %s with %o', (line, env, [exit, said]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [programPath, ...line.split(' ')], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', ...env },
    uid: 54_321,
    input: sampleKey,
    encoding: 'utf8',
  })
  expect([status, stderr.replace(/\s+/g, ' ')]).toEqual([
    exit,
    said === '' ? '' : expect.stringContaining(said),
  ])
  expect(`${stdout}${stderr}`).not.toMatch(/chown|mv |SystemError|bug/)
})
