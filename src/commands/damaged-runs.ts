import { readRuns } from '../apply/journal.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'

/** A warning for each earlier run whose record cannot be used: it stops no command, and none passes over it in silence. */
export function damagedRuns(host: Host): Finding[] {
  return [...readRuns(host).damaged].map(([id, { code, message, hintInLine: hint, where }]) => ({
    id: code,
    level: 'warning',
    message,
    messageZh: `操作 ${id} 的记录已损坏或不可信（${where?.file ?? ''}），因此无法撤销该次操作，key rotate 也不会更新其备份。`,
    ...(hint !== undefined && { hint }),
    ...(where && { where }),
  }))
}
