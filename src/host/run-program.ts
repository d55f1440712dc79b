import { randomUUID } from 'node:crypto'
import type { RunOptions, RunResult } from './host.ts'
import { keylessEnvironment } from './keyless-environment.ts'
import { stopGroup, stopMarked } from './stop-left-behind.ts'

/** What running programs needs of this process. */
export interface ProcessControl {
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
  readonly platform: NodeJS.Platform
  readonly env: RunOptions['env']
  /** Hears of the end of this process, and no longer once what is given back is called. */
  readonly onExit: (stop: () => void) => () => void
}

/** Characters of each stream that are kept; a program that prints more is stopped there. */
const mostOutput = 8 * 1024 * 1024

/** How long a program may take to end that was told to. */
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
    ...(options.stop && { cancelSignal: options.stop }),
  })
  const stop = () => {
    if (options.mayLeave) return
    stopGroup(child.pid, control.kill)
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
