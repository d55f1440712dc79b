import type { Host } from '../host/host.ts'
import { messagesFor } from '../ui/locale.ts'
import { askConfirm } from './ask.ts'
import { say } from './say.ts'

/** Shows the changes and asks whether to write them. `diffText` comes from `renderDiff`, with the style of standard error. */
export function confirmPlan(diffText: string, host: Host): Promise<boolean> {
  say(host, `\n${diffText}\n`)
  return askConfirm(host, messagesFor(host).confirm, true)
}
