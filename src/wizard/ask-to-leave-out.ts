import { cancelled } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { messagesFor } from '../ui/locale.ts'
import { askConfirm } from './ask.ts'
import { warn } from './say.ts'

/** Names files that cannot be edited, and asks whether to go on without their tools. Errors: UserError `cancelled`. */
export async function askToLeaveOut(
  problems: readonly string[],
  tools: readonly string[],
  host: Host,
): Promise<void> {
  const texts = messagesFor(host).broken
  warn(host, texts.found, ...problems)
  if (!(await askConfirm(host, texts.question(tools.join(', ')), true))) throw cancelled()
}
