import { execa } from 'execa'
import { cleanEnvironment } from './clean-environment.ts'
import type { ClientRunner } from './runners/client-runner.ts'

/** What a client printed. Its exit code says little: Aider ends with 0 on a 404, Cline 2 with 1 on success. */
export interface ClientOutput {
  readonly stdout: string
  readonly stderr: string
}

/** Runs one turn in `home` with standard input closed; at the end nothing of the client's process group is left. */
export async function runClient(runner: ClientRunner, home: string): Promise<ClientOutput> {
  const child = execa(runner.command, runner.args, {
    cwd: runner.folder ?? home,
    env: { ...cleanEnvironment(home, [runner.binFolder]), ...runner.env },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    detached: true,
    timeout: runner.timeout,
  })
  const { pid } = child
  const { stdout, stderr } = await child
  if (pid !== undefined) killGroup(pid)
  return { stdout, stderr }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing is left of it.
  }
}
