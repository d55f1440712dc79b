import { isAbsolute } from 'node:path'
import { UserError } from '../errors.ts'
import { assertWritable } from '../host/assert-writable.ts'
import type { FileState } from '../host/file-state.ts'
import type { Host } from '../host/host.ts'
import { quoteWord } from '../host/quote-word.ts'
import { readFileState } from '../host/read-file-state.ts'
import type { FileEdit } from '../plan/edit.ts'
import { sameMode } from './file-position.ts'

/** One edit, and what stands at its path now that the lock is held. */
export interface Target {
  readonly edit: FileEdit
  readonly now: FileState
}

/**
 * Reads every target again. Refuses, before anything is written, whatever can be refused: UserErrors
 * `changed-since-plan` (exit 3), `same-file`, `link-not-removed`, and those of `readFileState` and `assertWritable`.
 */
export function checkTargets(edits: readonly FileEdit[], host: Host): Target[] {
  const targets = edits.map((edit) => ({ edit, now: readFileState(edit.path) }))
  for (const { edit, now } of targets) {
    if (!sameState(edit.before, now, host.platform)) throw changedSincePlan(edit.path)
    if (now.kind === 'link' && edit.after.kind === 'absent') throw linkNotRemoved(now)
    assertWritable(now, host)
  }
  assertDistinct(targets)
  return targets
}

/** A target is no longer what the plan was made from: `what` is a path, or has no place in a file. */
export function changedSincePlan(what: string): UserError {
  return new UserError({
    code: 'changed-since-plan',
    message: `${what} was changed after the plan was made.`,
    hint: 'Nothing was changed by this run. Run the same command again to get a new plan.',
    exit: 3,
    ...(isAbsolute(what) && { where: { file: what } }),
  })
}

function sameState(one: FileState, other: FileState, platform: NodeJS.Platform): boolean {
  if (one.resolvedPath !== other.resolvedPath) return false
  if (one.kind === 'absent' || other.kind === 'absent') return one.kind === other.kind
  return one.hash === other.hash && sameMode(one.mode, other.mode, platform)
}

/** Removing the file behind a link would leave a link that leads nowhere. */
function linkNotRemoved(state: FileState): UserError {
  return new UserError({
    code: 'link-not-removed',
    message: `${state.path} is a link to ${state.resolvedPath}, which would have to be removed.`,
    hint: `Remove the link, then run the same command again: rm ${quoteWord(state.path)}`,
    where: { file: state.path },
  })
}

function assertDistinct(targets: readonly Target[]): void {
  const seen = new Map<string, string>()
  for (const { now } of targets) {
    const earlier = seen.get(now.resolvedPath)
    if (earlier !== undefined) throw sameFile(earlier, now)
    seen.set(now.resolvedPath, now.path)
  }
}

function sameFile(earlier: string, state: FileState): UserError {
  return new UserError({
    code: 'same-file',
    message: `${earlier} and ${state.path} are one file, ${state.resolvedPath}, and both would be changed.`,
    hint: 'Choose the tools one at a time: one run changes each file once.',
    where: { file: state.path },
  })
}
