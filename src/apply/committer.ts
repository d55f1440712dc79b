import type { Host } from '../host/host.ts'
import { applyEdits } from './apply-edits.ts'
import type { ApplyRequest } from './apply-request.ts'
import { forgetKeys } from './forget-keys.ts'
import { purgeBackups } from './kept-backups.ts'
import { finishRun, type Recovery, rollBackRun } from './recover-run.ts'
import type { RunRecord } from './run-record.ts'

/** How an unfinished run is brought to its end. */
export type Ending = 'undo' | 'finish'

/** The only door through which a command changes the machine; main hands it out, and only to commands that declare it. */
export interface Committer {
  /** Nothing here changes anything; a command asks this only for what it tells. */
  readonly dryRun: boolean
  /** As `applyEdits`; in a dry run undefined. */
  apply(request: ApplyRequest): Promise<RunRecord | undefined>
  /** As `finishRun` and `rollBackRun`; in a dry run undefined, and the run waits on. */
  recover(id: string, ending: Ending): Promise<Recovery | undefined>
  /** As `purgeBackups`. */
  purge(paths: readonly string[]): Promise<void>
  /** As `forgetKeys`. */
  forgetKeys(): Promise<void>
}

/** What commits for real, or with `dryRun` not at all, whatever the command. */
export function createCommitter(host: Host, dryRun: boolean): Committer {
  if (dryRun) {
    return {
      dryRun,
      apply: async () => undefined,
      recover: async () => undefined,
      purge: async () => {},
      forgetKeys: async () => {},
    }
  }
  return {
    dryRun,
    apply: (request) => applyEdits(request, host),
    recover: (id, ending) => (ending === 'finish' ? finishRun : rollBackRun)(host, id),
    purge: (paths) => purgeBackups(paths, host),
    forgetKeys: () => forgetKeys(host),
  }
}
