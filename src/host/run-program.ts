import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join, win32 } from 'node:path'
import type { ForegroundSettings, Host, RunOptions, RunResult } from './host.ts'
import type { Interruption } from './interruption.ts'
import { type Kill, stopMarked, tryKill } from './processes.ts'

/** What running programs needs of this process. */
export interface ProcessControl {
  readonly kill: Kill
  /** On Windows, ends a process and all that it has started. */
  readonly endTree: (pid: number) => void
  readonly platform: NodeJS.Platform
  readonly env: RunOptions['env']
  /** Hears of the end of this process, and no longer once what is given back is called. */
  readonly onExit: (stop: () => void) => () => void
}

/** Characters of each stream that are kept; a program that prints more is stopped there. */
const mostOutput = 8 * 1024 * 1024

/** How long a program may take to end after it was asked to. */
const graceMs = 1000

/** What was printed is here within this time of the end, unless somebody else holds the other end of the pipe. */
const drainMs = 300

/**
 * Runs a program without a shell, as `Host.run` tells. It gets a process group of its own, which Windows does not have, and
 * at its end whatever is left of that group ends as well; what has left the group is not waited for.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions,
  control: ProcessControl,
): Promise<RunResult> {
  const { execa } = await import('execa')
  const mark = `QCODE_SETUP_RUN=${randomUUID()}`
  const child = execa(command, args, {
    reject: false,
    extendEnv: false,
    detached: control.platform !== 'win32',
    maxBuffer: mostOutput,
    forceKillAfterDelay: graceMs,
    ...(options.alone ? ownSurroundings(options, mark) : sharedSurroundings(options, control)),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
    ...(options.stop && !options.insist && { cancelSignal: options.stop }),
  })
  stopInTwoSteps(child, options, control)
  const stop = () => {
    if (options.mayLeave) return
    if (child.pid !== undefined) tryKill(-child.pid, control.kill)
    if (options.alone) stopMarked(mark, control.kill)
  }
  const forget = control.onExit(stop)
  // At its exit, not after the last output: what it left behind may hold the pipes open.
  child.once('exit', () => {
    stop()
    setTimeout(() => [child.stdout, child.stderr].map((stream) => stream?.destroy()), drainMs).unref()
  })
  const { exitCode, stdout, stderr, timedOut } = await child.finally(forget)
  return { exit: exitCode ?? null, stdout: String(stdout ?? ''), stderr: String(stderr ?? ''), timedOut }
}

/** A program of Windows by its full path: what lies in PATH or in this folder under that name is somebody else's. */
export function runSystem(program: string, args: readonly string[], host: Host): Promise<RunResult> {
  const path = win32.join(host.env.SystemRoot ?? 'C:\\Windows', 'System32', program)
  return host.run(path, args, { timeoutMs: 30_000 })
}

/**
 * Runs a pager, as `Terminal.page` tells, on the terminal of standard error: standard output may lead elsewhere. What `less`
 * is to do is said by its variables, unless the user says it: keep the text on the screen, end by itself where it fits, and
 * take the text for what it is.
 */
export async function runPager(
  program: string,
  args: readonly string[],
  text: string,
  { env = {}, stop }: Pick<RunOptions, 'env' | 'stop'>,
): Promise<number | null> {
  const { execa } = await import('execa')
  const { exitCode } = await execa(program, args, {
    reject: false,
    extendEnv: false,
    env: { LESS: 'FRX', LESSCHARSET: 'utf-8', ...keylessEnvironment(env) } as Record<string, string>,
    input: text,
    stdout: 2,
    stderr: 'inherit',
    ...(stop && { cancelSignal: stop }),
  })
  return exitCode ?? null
}

/** What a program in the foreground gets of this process. */
interface Foreground {
  readonly platform: NodeJS.Platform
  readonly interruption: Interruption
  /** Standard input is a terminal: what is typed there, Ctrl-C as well, reaches the program without our help. */
  readonly onTerminal: boolean
}

/** As `Host.runInForeground` tells. The program stays in our process group, which has the terminal. */
export async function runInForeground(
  command: string,
  args: readonly string[],
  { env, onStarted }: ForegroundSettings,
  { platform, interruption, onTerminal }: Foreground,
): Promise<number> {
  const child = await start(command, args, env as Record<string, string>, platform)
  interruption.handOver((signal) => {
    const isTyped = onTerminal && ['SIGINT', 'SIGQUIT', 'SIGBREAK'].includes(signal)
    if (!isTyped) child.kill(signal)
  })
  // At once: whoever ends us from here on leaves a client whose number is noted.
  if (child.pid !== undefined) onStarted(child.pid)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve(code ?? 128 + numberOf(signal)))
  })
}

function numberOf(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal]
}

/** Windows starts the `.cmd` files of npm through cmd.exe only, for which execa quotes; elsewhere that costs time for nothing. */
async function start(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  platform: NodeJS.Platform,
): Promise<ChildProcess> {
  if (platform !== 'win32') return spawn(command, args, { stdio: 'inherit', env })
  const settings = { stdio: 'inherit', env, extendEnv: false, reject: false, windowsHide: false } as const
  return (await import('execa')).execa(command, args, settings) as unknown as ChildProcess
}

function sharedSurroundings({ input = '', env, mayLeave }: RunOptions, control: ProcessControl) {
  return {
    input,
    env: { ...keylessEnvironment(control.env ?? {}), ...env } as Record<string, string>,
    // What goes on running would hold the pipes, and write into them when nobody reads any more.
    ...(mayLeave && { stdout: 'ignore' as const, stderr: 'ignore' as const }),
  }
}

function ownSurroundings({ env }: RunOptions, mark: string) {
  const [name = '', value = ''] = mark.split('=')
  return {
    env: { ...(env as Record<string, string>), [name]: value },
    stdin: 'ignore' as const,
    killSignal: 'SIGKILL' as const,
  }
}

/**
 * A program that is at work with its group, as long as nothing needs it to end: `stop` asks them, as Ctrl-C on a terminal does,
 * and `insist` ends them. The console of Windows asks by itself, and what was started there hangs together by parent alone.
 */
function stopInTwoSteps(
  child: Pick<ChildProcess, 'pid' | 'exitCode' | 'signalCode'>,
  { stop, insist }: RunOptions,
  { kill, platform, endTree }: ProcessControl,
): void {
  if (!stop || !insist) return
  const onAbort = (signal: AbortSignal, act: (pid: number) => void) => {
    const unlessOver = () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) act(child.pid)
    }
    if (signal.aborted) unlessOver()
    else signal.addEventListener('abort', unlessOver, { once: true })
  }
  onAbort(stop, (pid) => platform !== 'win32' && tryKill(-pid, kill, 'SIGINT'))
  onAbort(insist, (pid) => (platform === 'win32' ? endTree(pid) : tryKill(-pid, kill)))
}

/** On Windows. A child of one that has ended is not found any more: all of them are ended at once. */
export function endTree(pid: number, env: RunOptions['env']): void {
  const program = win32.join(env?.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe')
  const child = spawn(program, ['/T', '/F', '/PID', String(pid)], { stdio: 'ignore', windowsHide: true })
  child.on('error', () => {})
}

/** By its name, or because the value has the look of a key. */
const isKey = ([name, value = '']: [string, string | undefined]) =>
  name === 'QCODE_API_KEY' || /(?:cr_|sk-)[\w-]{16,}/.test(value)

/** The environment without the variables that hold a key, for programs that need none. */
export function keylessEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter((variable) => !isKey(variable)))
}

/** What a hook or a script sets for its own repository; with it, git would speak of that one. */
const otherRepository = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_PREFIX: undefined,
}

/** A repository's own settings can name a program that git runs whenever it reads the index (seen in 2.39). */
const noPrograms = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']

/** git waits for ever for a pipe that stands where it looks for a file, as `.git/config` or `.gitignore`. */
const timeoutMs = 5000

interface GitOptions {
  /** For standard input. */
  readonly input?: string
  /** Paths are names, not patterns; not every command of git can take that. */
  readonly literalPaths?: boolean
}

/** Asks git about the repository that `folder` lies in; exit null where it does not answer in time. */
export function runGit(
  folder: string,
  args: readonly string[],
  host: Pick<Host, 'run'>,
  { input = '', literalPaths = false }: GitOptions = {},
): Promise<RunResult> {
  const env = { ...otherRepository, GIT_LITERAL_PATHSPECS: literalPaths ? '1' : undefined }
  return host.run('git', ['-C', folder, ...noPrograms, ...args], { env, input, timeoutMs })
}

/** The nearest folder upwards that has a `.git`. */
export function findRepository(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return undefined
  }
}
