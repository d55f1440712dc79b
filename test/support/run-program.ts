import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

export const projectPath = fileURLToPath(new URL('../..', import.meta.url))
export const programPath = join(projectPath, 'bin', 'qcode-setup.js')

/** The key of these tests: of the right look, and nobody's. */
export const sampleKey = `cr_${'89abcdef01234567'.repeat(4)}`

export interface Ran {
  readonly exit: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly home: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Standard input; without it there is none to read. */
  readonly input?: string
  /** Another user to run as, where the tests are run by root. */
  readonly uid?: number
  /** Another copy of the program than the one of this folder. */
  readonly program?: string
}

/** Where git is; every home has a folder beside it with git and nothing else, so that no client of the tester is found. */
let gitPath: string | undefined
function findGit(): string {
  gitPath ??= execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  return gitPath
}
const commandsBeside = (home: string) => join(dirname(home), 'commands')

/** Without a bus of its own a program asks the tester's session for the keychain. */
export const noKeychain = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' }

/** A folder of its own below the temporary folder, with an empty home in it. `drop` removes it all. */
export function makeHome(name = 'home'): { home: string; drop: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'qcode-scenario-'))
  const home = join(root, name)
  mkdirSync(home)
  mkdirSync(commandsBeside(home))
  symlinkSync(findGit(), join(commandsBeside(home), 'git'))
  // What a program left at work may still write for a moment.
  return { home, drop: () => rmSync(root, { recursive: true, force: true, maxRetries: 10 }) }
}

/** Starts the built program without a terminal, in an environment that holds nothing of the tester's own. */
export async function runProgram(args: readonly string[], options: RunOptions): Promise<Ran> {
  const { home, cwd = home, env, input = '', uid, program = programPath } = options
  const { exitCode, stdout, stderr } = await execa(process.execPath, [program, ...args], {
    cwd,
    env: { HOME: home, PATH: commandsBeside(home), SHELL: '/bin/bash', ...noKeychain, ...env },
    extendEnv: false,
    input,
    reject: false,
    stripFinalNewline: false,
    ...(uid !== undefined && { uid, gid: uid }),
  })
  return { exit: exitCode, stdout, stderr }
}

/** What every run of these tests gives, besides the tool: the key on standard input, no question, no network. */
export function setUp(
  tools: readonly string[],
  options: RunOptions,
  ...more: readonly string[]
): Promise<Ran> {
  const flags = ['--key-file', '-', '--yes', '--no-check', ...more]
  return runProgram(['--tool', tools.join(','), ...flags], { input: `${sampleKey}\n`, ...options })
}
