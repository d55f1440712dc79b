import { UserError } from '../errors.ts'
import type { FileState } from '../host/file-state.ts'
import { readFileState } from '../host/read-file-state.ts'
import type { RecordedFile } from './run-record.ts'

/** Where a file stands in its run: as before it, as after it, or as somebody else left it. */
export type FilePosition = 'old' | 'new' | 'other'

/** Looks at the disk. */
export function filePosition(file: RecordedFile, platform: NodeJS.Platform): FilePosition {
  const state = readState(file.path)
  if (state === undefined || state.resolvedPath !== file.resolvedPath) return 'other'
  if (matches(state, file.after, platform)) return 'new'
  return matches(state, file.before, platform) ? 'old' : 'other'
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

function readState(path: string): FileState | undefined {
  try {
    return readFileState(path)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
