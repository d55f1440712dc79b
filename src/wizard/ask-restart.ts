import type { RunningDaemon } from '../checks/running-clients.ts'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { messagesFor } from '../ui/locale.ts'
import { askConfirm } from './ask.ts'
import { warn } from './say.ts'

/**
 * Whether to restart a client's background process, which keeps its old settings until then. Asked after the files are
 * written, so leaving the question is a no and not a cancellation.
 */
export async function askRestart(
  { title, pid, restart }: Pick<RunningDaemon, 'title' | 'pid' | 'restart'>,
  host: Host,
): Promise<boolean> {
  const texts = messagesFor(host).restart
  warn(host, texts.running(title, pid))
  try {
    return await askConfirm(host, texts.question(restart.join(' ')), true)
  } catch (error) {
    if (error instanceof UserError && error.code === 'cancelled') return false
    throw error
  }
}
