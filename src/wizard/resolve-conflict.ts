import { cancelled } from '../errors.ts'
import type { Host } from '../host/host.ts'
import type { Conflict } from '../plan/plan.ts'
import { messagesFor } from '../ui/locale.ts'
import { askSelect } from './ask.ts'
import { warn } from './say.ts'

/** What to do with a value that is not ours to replace. Errors: UserError `cancelled` when the user stops here. */
export async function resolveConflict(conflict: Conflict, host: Host): Promise<'overwrite' | 'skip'> {
  const texts = messagesFor(host).conflict
  const { path, keyPath, why, actual, wanted } = conflict
  warn(host, texts[why](path, keyPath.join('.')), texts.now(actual), texts.wanted(wanted))
  const decision = await askSelect(host, texts.question, [
    { value: 'overwrite', name: texts.overwrite },
    { value: 'skip', name: texts.skip },
    { value: 'quit', name: texts.quit },
  ] as const)
  if (decision === 'quit') throw cancelled()
  return decision
}
