import { findDaemons, type RunningDaemon, restartDaemon } from '../checks/running-clients.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { type Input, isOn } from '../request/input.ts'
import type { ToolChoice } from '../request/request.ts'
import { isInteractive } from './is-interactive.ts'

/** A daemon that keeps its old settings is restarted where the user says so, else named with its command. */
export async function settleDaemons(
  choices: readonly ToolChoice[],
  input: Input,
  host: Host,
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const daemon of findDaemons(choices, host)) {
    const command = daemon.restart.join(' ')
    const wanted = !daemon.isOwn && (await isWanted(daemon, input, host))
    const restarted = wanted && (await restartDaemon(daemon, host))
    findings.push(
      restarted
        ? {
            id: 'daemon-restarted',
            level: 'info',
            message: `${daemon.title}: its background process was restarted.`,
          }
        : {
            id: 'daemon-running',
            level: 'warning',
            message: `${daemon.title}: a background process (pid ${daemon.pid}) still has the old settings. Type: ${command}`,
          },
    )
  }
  return findings
}

async function isWanted(daemon: RunningDaemon, input: Input, host: Host): Promise<boolean> {
  return isOn(input, 'restartDaemons') || (isInteractive(input, host) && (await askToRestart(daemon, host)))
}

async function askToRestart(daemon: RunningDaemon, host: Host): Promise<boolean> {
  const { askRestart } = await import('../wizard/ask-restart.ts')
  return askRestart(daemon, host)
}
