import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { everyoneCanReach } from '../../support/everyone-can-reach.ts'
import { type HomeTree, readTree, usersPart } from '../../support/home-tree.ts'
import { makeHome, noKeychain, programPath, sampleKey, setUp } from '../../support/run-program.ts'

/** Root may read and write everywhere, so the commands run as somebody else. */
const uid = process.getuid?.() === 0 && everyoneCanReach(programPath) ? 65_534 : undefined

const commands = {
  setup: ['setup', '--tool', 'claude-code,codex', '--region', 'asia', '--yes', '--no-check'],
  'setup --dry-run': [
    'setup',
    '--tool',
    'codex',
    '--region',
    'asia',
    '--yes',
    '--no-check',
    '--dry-run',
    '--diff',
  ],
  'setup --json': ['setup', '--tool', 'codex', '--region', 'asia', '--yes', '--no-check', '--json'],
  'setup --key-file -': ['setup', '--tool', 'codex', '--key-file', '-', '--yes', '--no-check'],
  print: ['print', 'codex'],
  'print --json': ['print', 'claude-code', '--json'],
  status: ['status'],
  'status --json': ['status', '--json'],
  switch: ['switch', 'eu', '--yes', '--no-check'],
  undo: ['undo', '--yes'],
  'undo --list': ['undo', '--list'],
  remove: ['remove', '--yes'],
  'remove --json': ['remove', '--yes', '--json'],
  'key rotate': ['key', 'rotate', '--yes', '--no-check'],
  lint: ['lint'],
  'lint --json': ['lint', '--json'],
  'lint --fix': ['lint', '--fix', '--yes', '--no-check'],
  doctor: ['doctor', '--no-check'],
  'doctor --json': ['doctor', '--no-check', '--json'],
  help: ['--help'],
  'an unknown command': ['nonsense'],
} as const
type Name = keyof typeof commands
const names = Object.keys(commands) as Name[]

interface Situation {
  readonly what: string
  /** What the shell does before it becomes the program. */
  readonly before?: string
  readonly redirection?: string
  readonly env?: Readonly<Record<string, string>>
  /** Nobody reads standard output from the beginning on. */
  readonly readerGone?: boolean
  /** Nothing can be read back of what it says. */
  readonly mute?: boolean
  /** The exit codes that a command may end with instead of its usual one. */
  readonly mayEnd?: readonly number[]
}

const variables = [
  'XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME LOCALAPPDATA CODEX_HOME CLINE_DIR CLINE_DATA_DIR ZDOTDIR',
  'HTTPS_PROXY HTTP_PROXY NO_PROXY https_proxy http_proxy no_proxy NODE_EXTRA_CA_CERTS LANG LC_ALL LC_MESSAGES TERM CI',
  'NO_COLOR FORCE_COLOR GIT_DIR GIT_WORK_TREE DBUS_SESSION_BUS_ADDRESS',
].flatMap((line) => line.split(' '))

const situations: readonly Situation[] = [
  { what: 'every variable is there and empty', env: Object.fromEntries(variables.map((name) => [name, ''])) },
  {
    what: 'the working folder was removed',
    before: '/bin/mkdir gone && cd gone && /bin/rmdir ../gone',
    mayEnd: [2],
  },
  {
    what: 'the working folder cannot be read',
    before: '/bin/mkdir shut && cd shut && /bin/chmod 000 .',
    mayEnd: [1, 2],
  },
  { what: 'standard output is closed', redirection: '>&-', mute: true },
  { what: 'standard error is closed', redirection: '2>&-', mute: true },
  { what: 'standard input is closed', redirection: '<&-', mayEnd: [2] },
  { what: 'all three are closed', redirection: '<&- >&- 2>&-', mute: true, mayEnd: [2] },
  { what: 'standard input is a folder', redirection: '</', mayEnd: [1, 2] },
  { what: 'the disk of standard output is full', redirection: '>/dev/full', mayEnd: [1] },
  { what: 'the disk of standard error is full', redirection: '2>/dev/full', mute: true },
  { what: 'the disk of both is full', redirection: '>/dev/full 2>/dev/full', mute: true, mayEnd: [1] },
  // As after `| head`: whoever has ended had what they wanted.
  { what: 'nobody reads standard output', readerGone: true, mute: true },
]

interface Ended {
  readonly exit: number | null
  readonly stdout: string
  readonly stderr: string
  readonly tree: HomeTree
}

let home = ''
/** A copy of the home as it is before each command. */
let saved = ''
/** What each command does where nothing is odd. */
const usual = new Map<Name, Ended>()
let start: HomeTree = {}

/** Runs a command in the home, in which two tools are set up and a file has a wrong URL. */
async function runIn(situation: Situation, name: Name): Promise<Ended> {
  const { before = ':', redirection = '', env, readerGone } = situation
  rmSync(home, { recursive: true })
  cpSync(saved, home, { recursive: true })
  own(dirname(home))
  const script = `cd "$HOME/work" && ${before} && exec "$0" "$@" ${redirection}`
  const child = spawn('/bin/sh', ['-c', script, process.execPath, programPath, ...commands[name]], {
    env: {
      HOME: home,
      PATH: join(home, '../commands'),
      SHELL: '/bin/bash',
      QCODE_API_KEY: sampleKey,
      ...noKeychain,
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid }),
  })
  child.stdin.on('error', () => {})
  child.stdin.end(`${sampleKey}\n`)
  if (readerGone) child.stdout.destroy()
  const ended = await endOf(child)
  if (existsSync(join(home, 'work/shut'))) chmodSync(join(home, 'work/shut'), 0o700)
  return { ...ended, tree: readHome() }
}

function own(root: string): void {
  if (uid === undefined) return
  for (const path of ['.', ...readdirSync(root, { recursive: true, encoding: 'utf8' })])
    lchownSync(join(root, path), uid, uid)
}

/** The folder that the commands run in may go away. */
function readHome(): HomeTree {
  const tree = usersPart(readTree(home))
  return Object.fromEntries(Object.entries(tree).filter(([path]) => !path.startsWith('work/')))
}

async function endOf(child: ChildProcess): Promise<Omit<Ended, 'tree'>> {
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk) => {
      texts[name] += chunk
    })
  }
  const exit = await new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
  return { exit, ...texts }
}

beforeAll(async () => {
  const made = makeHome()
  home = made.home
  saved = join(home, '../saved')
  mkdirSync(join(home, 'work'))
  expect((await setUp(['claude-code', 'codex'], { home })).exit).toBe(0)
  mkdirSync(join(home, '.config'), { recursive: true })
  writeFileSync(join(home, '.config/wrong.env'), 'ANTHROPIC_BASE_URL=https://api.qcode.cc/api/\n')
  start = readHome()
  cpSync(home, saved, { recursive: true })
  return made.drop
})

describe.each(situations)('given that $what', (situation) => {
  it.each(names)(
    '%s ends with a sentence, and its exit code tells the truth about the files',
    async (name) => {
      const plain = usual.get(name) ?? (await runIn({ what: 'as usual' }, name))
      usual.set(name, plain)
      const ended = await runIn(situation, name)
      const said = `${ended.stdout}${ended.stderr}`
      expect(said).not.toMatch(/fault of qcode-setup|^\s+at .*:\d+:\d+/m)
      expect([plain.exit, ...(situation.mayEnd ?? [])], said).toContain(ended.exit)
      if (!situation.mute) expect(said.trim()).not.toBe('')
      // A code that says that something failed has left everything as it was.
      expect(ended.tree).toEqual(ended.exit === plain.exit ? plain.tree : start)
      expect(Object.keys(ended.tree).filter((path) => path.endsWith('.tmp'))).toEqual([])
    },
  )
})
