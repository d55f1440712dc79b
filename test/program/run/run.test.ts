import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readTree } from '../../support/home-tree.ts'
import { makeHome, noKeychain, programPath, runProgram, sampleKey } from '../../support/run-program.ts'

/** A client that says what it found, and then does what its first argument says. */
const client = `#!/bin/sh
say() { echo "$*" >> "$HOME/../said"; }
say "started $$"
for word in "$@"; do [ -f "$word" ] && say "file $word"; done
case "$3" in
  read) cat ;;
  exit) exit "$4" ;;
  kill) kill -"$4" $$ ;;
  wait) trap 'say "got TERM"; exit 5' TERM; trap 'say "got INT"; exit 6' INT; trap 'say "got HUP"; exit 8' HUP
    say ready; while :; do sleep 0.05; done ;;
  sleep) say ready; trap '' TERM INT; while :; do sleep 0.05; done ;;
esac
`

let home = ''
let drop = () => {}
const said = () => readFileSync(join(home, '..', 'said'), 'utf8')

beforeEach(() => {
  ;({ home, drop } = makeHome())
  const path = join(dirname(home), 'commands', 'claude')
  writeFileSync(path, client)
  chmodSync(path, 0o755)
})
afterEach(() => drop())

const env = () => ({
  HOME: home,
  PATH: `${join(dirname(home), 'commands')}:/usr/bin:/bin`,
  QCODE_API_KEY: sampleKey,
  ...noKeychain,
})

const run = (...args: readonly string[]) =>
  runProgram(['run', 'claude-code', '--', ...args], { home, env: env(), input: 'typed by the user\n' })

/** Starts the program and waits until its client says that it is ready. */
async function startAndWait(word: string) {
  const program = spawn(process.execPath, [programPath, 'run', 'claude-code', '--', word], {
    cwd: home,
    env: env(),
    stdio: 'ignore',
  })
  const ended = new Promise<number | string | null>((resolve) =>
    program.once('exit', (code, signal) => resolve(code ?? signal)),
  )
  for (;;) {
    if (existsSync(join(home, '..', 'said')) && said().includes('ready')) return { program, ended }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const clients = () => join(home, '.local/state/qcode-setup/clients')

/** A client may say that it is ready before the program has written down that it runs. */
async function noted() {
  const users = () => readdirSync(clients()).map((name) => join(clients(), name, 'users.json'))
  while (!users().some((file) => readFileSync(file, 'utf8').includes('"client"')))
    await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('run with a client that is a program', () => {
  it.each([
    [['exit', '0'], 0],
    [['exit', '7'], 7],
    [['exit', '130'], 130],
    [['exit', '255'], 255],
    [['kill', 'KILL'], 137],
    [['kill', 'TERM'], 143],
    [['kill', 'SEGV'], 139],
  ] as const)('ends as the client does: %j gives %i, and the home is as before', async (args, exit) => {
    const before = readTree(home)
    const ran = await run(...args)
    expect([ran.exit, ran.stdout, ran.stderr]).toEqual([exit, '', ''])
    expect(said()).toMatch(/file .*settings\.json/)
    expect(readTree(home)).toEqual(before)
  })

  it("ends as the client does where standard output is full: what is lost is the client's own", () => {
    const full = openSync('/dev/full', 'w')
    const ended = ['7', '0'].map((code) => {
      const { status, stderr } = spawnSync(
        process.execPath,
        [programPath, 'run', 'claude-code', '--', 'exit', code],
        { cwd: home, env: env(), stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
      )
      return [status, stderr]
    })
    closeSync(full)
    expect(ended).toEqual([
      [7, ''],
      [0, ''],
    ])
  })

  it('passes standard input and output through', async () => {
    expect(await run('read')).toMatchObject({ exit: 0, stdout: 'typed by the user\n', stderr: '' })
  })

  it.each([
    ['SIGTERM', 'got TERM', 5],
    ['SIGINT', 'got INT', 6],
    ['SIGHUP', 'got HUP', 8],
  ] as const)('hands %s on, waits for the client and clears up', async (signal, word, exit) => {
    const { program, ended } = await startAndWait('wait')
    program.kill(signal)
    expect(await ended).toBe(exit)
    expect(said()).toContain(word)
    expect(existsSync(join(home, '.local'))).toBe(false)
  })

  it('given a kill, leaves the file for as long as the client runs, and the next run clears it away', async () => {
    const { program, ended } = await startAndWait('sleep')
    await noted()
    program.kill('SIGKILL')
    expect(await ended).toBe('SIGKILL')
    const [left = ''] = readdirSync(clients())
    await run('exit', '0')
    expect(readdirSync(clients())).toEqual([left])
    process.kill(Number(/started (\d+)/.exec(said())?.[1]), 'SIGKILL')
    await run('exit', '0')
    expect(existsSync(clients())).toBe(false)
  })

  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  const place = readlinkSync('/proc/self/ns/pid')
  const mark = (machine: string, pid: number) => ({ pid, machine, started: '1' })
  const dead = mark(`${boot} ${place}`, 999_999_999)
  const earlier = mark(`${'0'.repeat(8)}-0000-4000-8000-${'0'.repeat(12)} ${place}`, process.pid)

  it.each([
    ['before it wrote anything', {}, true],
    ['before it wrote who it is', { '.gitignore': '*\n' }, true],
    ['while it wrote that', { 'users.json': '{"runner":' }, true],
    ['before it had started the client', { 'users.json': JSON.stringify({ runner: dead }) }, true],
    ['with its client', { 'users.json': JSON.stringify({ runner: dead, client: dead }) }, true],
    ['with this machine', { 'users.json': JSON.stringify({ runner: earlier, host: hostname() }) }, true],
    [
      'on who knows which machine',
      { 'users.json': JSON.stringify({ runner: earlier, host: 'other' }) },
      false,
    ],
  ])(
    'given a folder of a run that was killed %s: %j, does the next run clear it away: %j',
    async (_, files, isCleared) => {
      const folder = join(clients(), '999999999-abc')
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      for (const [name, text] of Object.entries({ ...files, 'settings.json': '{}' }))
        writeFileSync(join(folder, name), text, { mode: 0o600 })
      await run('exit', '0')
      expect(existsSync(clients())).toBe(!isCleared)
    },
  )

  it.each([
    ['remove --purge --yes', false],
    ['undo --yes', false],
    ['remove --purge --yes --dry-run', true],
    ['status', true],
  ])('given what a killed run has left, %s leaves it: %j', async (line, isLeft) => {
    const folder = join(clients(), '999999999-abc')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(join(folder, 'settings.json'), sampleKey, { mode: 0o600 })
    expect((await runProgram(line.split(' '), { home, env: env() })).exit).toBe(0)
    expect(existsSync(folder)).toBe(isLeft)
  })

  it('says in one sentence why a client cannot be started: exit 1, nothing left', async () => {
    writeFileSync(join(dirname(home), 'commands', 'claude'), '#!/no/such/interpreter\n')
    const before = readTree(home)
    const ran = await run('exit', '0')
    expect([ran.exit, ran.stdout]).toEqual([1, ''])
    expect(ran.stderr).toContain('could not be started')
    expect(readTree(home)).toEqual(before)
  })

  it.runIf(process.platform === 'linux')(
    'says in one sentence where the disk takes no file: exit 1, no client, nothing left',
    async () => {
      const before = readTree(home)
      const ran = await runProgram(['run', 'claude-code', '--', 'exit', '0'], {
        home,
        env: { ...env(), XDG_STATE_HOME: '/proc' },
      })
      expect([ran.exit, ran.stdout]).toEqual([1, ''])
      expect(ran.stderr.replace(/\s+/g, ' ')).toMatch(
        /^Error: Can't write \/proc\/qcode-setup\/.* Nothing was changed\./,
      )
      expect(existsSync(join(home, '..', 'said'))).toBe(false)
      expect(readTree(home)).toEqual(before)
    },
  )

  it('gives what stands behind -- to the client, --help and --json too', async () => {
    expect(await run('exit', '3', '--help', '--json')).toMatchObject({ exit: 3, stdout: '' })
  })
})
