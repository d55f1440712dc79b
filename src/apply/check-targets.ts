import { isAbsolute } from 'node:path'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { assertWritable } from '../host/ownership.ts'
import { type FileState, isInRegistry, readState } from '../host/read-file-state.ts'
import type { FileEdit } from '../plan/plan.ts'
import { keychainTitle } from '../secrets/keychain.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'
import type { RecordedFile, RunRecord } from './state-schemas.ts'

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
  const targets = edits.map((edit) => ({ edit, now: readState(edit.path, host) }))
  for (const { edit, now } of targets) {
    if (!sameState(edit.before, now, host.platform)) throw changedSincePlan(edit.path)
    if (now.kind === 'link' && edit.after.kind === 'absent') throw linkNotRemoved(now)
    if (!isInRegistry(edit.path)) assertWritable(now, host)
  }
  assertDistinct(targets)
  return targets
}

/** A target is no longer what the plan was made from: `what` is a path, or has no place in a file. */
export function changedSincePlan(what: string): UserError {
  return new UserError({
    code: 'changed-since-plan',
    message:
      what === keychainTitle ? say('error.key-changed-meanwhile') : say('error.changed-meanwhile', { what }),
    hint: say('error.again'),
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
function linkNotRemoved({ path, resolvedPath }: FileState): UserError {
  return new UserError({
    code: 'link-not-removed',
    message: say('error.link-not-removed', { path, target: resolvedPath }),
    hint: say('error.link-not-removed.hint', { path: quoteWord(path) }),
    where: { file: path },
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

function sameFile(earlier: string, { path, resolvedPath }: FileState): UserError {
  return new UserError({
    code: 'same-file',
    message: say('error.same-file', { earlier, path, target: resolvedPath }),
    hint: say('error.same-file.hint'),
    where: { file: path },
  })
}

/** Where a file stands in its run: as before it, as after it, or as somebody else left it. */
export type FilePosition = 'old' | 'new' | 'other'

/** Which side of its run a file is on now; `other` where its bytes, mode or the way to it are neither the old nor the new ones. */
export function filePosition(file: RecordedFile, host: Host): FilePosition {
  const state = stateNow(file.path, host)
  if (state === undefined || state.resolvedPath !== file.resolvedPath) return 'other'
  if (matches(state, file.after, host.platform)) return 'new'
  return matches(state, file.before, host.platform) ? 'old' : 'other'
}

/** Windows keeps only the read-only bit of a mode, so there modes say nothing. */
export function sameMode(one: number, other: number, platform: NodeJS.Platform): boolean {
  return platform === 'win32' || one === other
}

function matches(
  state: FileState,
  recorded: RecordedFile['before'] | RecordedFile['after'],
  platform: NodeJS.Platform,
): boolean {
  if (state.kind === 'absent' || recorded.kind === 'absent') return state.kind === recorded.kind
  return state.hash === recorded.hash && sameMode(state.mode, recorded.mode, platform)
}

function stateNow(path: string, host: Host): FileState | undefined {
  try {
    return readState(path, host)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/** Something is not what a run left there: `what` is a path, or has no place in a file. */
export function changedSinceRun(what: string, run: RunRecord): UserError {
  const isKey = what === keychainTitle
  return new UserError({
    code: 'changed-since-run',
    message: isKey
      ? say('error.key-changed-since', { run: run.id })
      : say('error.changed-since', { what, run: run.id }),
    hint: say(isKey ? 'error.key-changed-since.hint' : 'error.changed-since.hint'),
    exit: 3,
    ...(isAbsolute(what) && { where: { file: what } }),
  })
}
