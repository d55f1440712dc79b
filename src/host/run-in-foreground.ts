import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { ForegroundSettings } from './host.ts'
import type { Interruption } from './interruption.ts'

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
    const isTyped = onTerminal && (signal === 'SIGINT' || signal === 'SIGQUIT')
    if (!isTyped) child.kill(signal)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => onStarted(child.pid ?? 0))
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
  if (platform !== 'win32') {
    return (await import('node:child_process')).spawn(command, args, { stdio: 'inherit', env })
  }
  const settings = { stdio: 'inherit', env, extendEnv: false, reject: false, windowsHide: false } as const
  return (await import('execa')).execa(command, args, settings) as unknown as ChildProcess
}
