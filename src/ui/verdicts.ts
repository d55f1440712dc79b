import type { Host } from '../host/host.ts'
import type { Plan } from '../plan/plan.ts'
import type { ToolStatus } from '../plan/tool-status.ts'
import { joined, say } from '../texts/message.ts'

/** How much a plan changes, for `--quiet`. */
export function verdictOfPlan(plan: Plan, dryRun: boolean, host: Host): string {
  const files = plan.edits.length
  const changed = say(dryRun ? 'verdict.would-change' : 'verdict.changed', { files }).in(host.texts)
  const parts = [...(files > 0 ? [changed] : []), ...renderKeychain(plan, host)]
  return parts.length === 0 ? host.texts['report.up-to-date'] : parts.join('\n')
}

/** What a plan does to the keychain, as one line; none where it leaves that alone. The key is shown masked. */
export function renderKeychain({ keychain }: Plan, host: Host): string[] {
  if (!keychain) return []
  const { texts } = host
  const { before, after } = keychain
  if (after.kind === 'absent') return [texts['report.keychain.removed']]
  const note = texts[before.kind === 'absent' ? 'report.create' : 'report.update']
  return [say('report.keychain', { key: String(after.key), note }).in(texts)]
}

/** Which tools are as they were written, and which are not, for `--quiet`. */
export function verdictOfStatus(tools: readonly ToolStatus[], { texts }: Host): string {
  const ids = (asWritten: boolean) => [
    ...new Set(tools.filter((tool) => tool.asWritten === asWritten).map(({ tool }) => tool)),
  ]
  const lines = [
    ...(ids(true).length > 0 ? [say('verdict.status', { tools: ids(true) })] : []),
    ...(ids(false).length > 0 ? [say('verdict.drifted', { tools: ids(false) })] : []),
  ]
  return joined(lines).in(texts)
}
