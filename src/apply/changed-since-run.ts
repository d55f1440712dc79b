import { isAbsolute } from 'node:path'
import { UserError } from '../errors.ts'
import { keychainTitle } from '../secrets/keychain.ts'
import type { RunRecord } from './run-record.ts'

/** Something is not what a run left there: `what` is a path, or has no place in a file. */
export function changedSinceRun(what: string, run: RunRecord): UserError {
  return new UserError({
    code: 'changed-since-run',
    message: `${what} was changed after run ${run.id}: taking the run back would lose that change.`,
    hint: `Nothing was changed. ${remedyFor(what)}`,
    exit: 3,
    ...(isAbsolute(what) && { where: { file: what } }),
  })
}

function remedyFor(what: string): string {
  if (what === keychainTitle) return 'To put another key there, type: qcode-setup key set'
  return 'To take out only what this program wrote, type: qcode-setup remove'
}
