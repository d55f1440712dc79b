import { listRuns } from '../../src/apply/journal.ts'
import type { Machine } from './machine.ts'

/** Takes back the last run that changed something, also when that was an undo. */
export async function undoLast(machine: Machine): Promise<void> {
  const run = listRuns(machine.host).findLast(({ state, files }) => state === 'done' && files.length > 0)
  const error = await machine.run('undo', run?.id ?? '', '--yes')
  if (error) throw error
}
