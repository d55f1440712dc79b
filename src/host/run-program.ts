import { randomUUID } from 'node:crypto'
import type { RunOptions, RunResult } from './host.ts'
import { keylessEnvironment } from './keyless-environment.ts'
import { stopLeftBehind } from './stop-left-behind.ts'

/** What running programs needs of this process. */
export interface ProcessControl {
  readonly kill: (pid: number, signal: NodeJS.Signals) => void
  readonly platform: NodeJS.Platform
  readonly env: RunOptions['env']
}

/** Runs a program without a shell, as `Host.run` tells. */
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
    ...(options.alone ? ownSurroundings(options, mark, control) : sharedSurroundings(options, control)),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
    ...(options.stop && { cancelSignal: options.stop }),
  })
  // At its exit, not after the last output: what it left behind may hold the pipes open.
  if (options.alone) child.once('exit', () => stopLeftBehind(child.pid, mark, control.kill))
  const { exitCode, stdout, stderr, timedOut } = await child
  return { exit: exitCode ?? null, stdout: String(stdout ?? ''), stderr: String(stderr ?? ''), timedOut }
}

function sharedSurroundings({ input = '', env }: RunOptions, control: ProcessControl) {
  return {
    extendEnv: false,
    input,
    env: { ...keylessEnvironment(control.env ?? {}), ...env } as Record<string, string>,
  }
}

/** A process group of its own, which Windows does not have: there only the program itself is stopped. */
function ownSurroundings({ env }: RunOptions, mark: string, { platform }: ProcessControl) {
  const [name = '', value = ''] = mark.split('=')
  return {
    extendEnv: false,
    env: { ...(env as Record<string, string>), [name]: value },
    stdin: 'ignore' as const,
    detached: platform !== 'win32',
    killSignal: 'SIGKILL' as const,
  }
}
