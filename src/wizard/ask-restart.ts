import type { RunningDaemon } from '../checks/running-clients.ts'
import type { Host } from '../host/host.ts'
import { messagesFor } from '../ui/locale.ts'
import { styleFor } from '../ui/style.ts'
import { askConfirm, say } from './ask.ts'

/** Whether to restart a client's background process, which keeps its old settings until then. */
export function askRestart(
  { title, pid, restart }: Pick<RunningDaemon, 'title' | 'pid' | 'restart'>,
  host: Host,
): Promise<boolean> {
  const texts = messagesFor(host).restart
  say(host, `${styleFor(host, 'stderr').yellow('!')} ${texts.running(title, pid)}`)
  return askConfirm(host, texts.question(restart.join(' ')), true)
}
