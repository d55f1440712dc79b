import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { messagesFor } from '../ui/locale.ts'
import { renderFindings } from '../ui/render-findings.ts'
import { askConfirm } from './ask.ts'
import { say } from './say.ts'

/**
 * Shows the changes and asks whether to write them; where they would not do what was asked for, Enter means no. `diffText`
 * comes from `renderDiff`, with the style of standard error.
 */
export function confirmPlan(
  diffText: string,
  host: Host,
  problems: readonly Finding[] = [],
): Promise<boolean> {
  say(host, `\n${diffText}\n`)
  if (problems.length > 0) say(host, `${renderFindings(problems, host)}\n`)
  const isWrong = problems.some(({ level }) => level === 'error')
  return askConfirm(host, messagesFor(host).confirm, !isWrong)
}
