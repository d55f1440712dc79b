import { findProgram, namesIn } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { type FileState, hashBytes, readFileState } from '../host/read-file-state.ts'

/**
 * All that the effect of a setup is worked out from. The same code looks at the machine as it is, at the machine as a
 * plan would leave it, and at what was written, so nothing is read around this.
 */
export interface MachineView extends Pick<Host, 'env' | 'home' | 'cwd' | 'platform' | 'systemFolder'> {
  /** What stands at an absolute path. Errors: UserError for what is no regular file that can be read. */
  read(path: string): FileState
  /** The names in a folder; none where it cannot be read. */
  list(folder: string): readonly string[]
  /** Whether a program of this name is in PATH. */
  hasProgram(name: string): boolean
}

/** What a plan would leave at a path. */
interface PlannedFile {
  readonly path: string
  readonly before: FileState
  readonly after:
    | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly mode: number }
    | { readonly kind: 'absent' }
}

/** The machine as it is now: each file as it is when it is first looked at. */
export function viewMachine(host: Host): MachineView {
  const { env, home, cwd, platform, systemFolder } = host
  const known = new Map<string, FileState>()
  const read = (path: string) => {
    const state = known.get(path) ?? readFileState(path)
    known.set(path, state)
    return state
  }
  return {
    env,
    home,
    cwd,
    platform,
    systemFolder,
    read,
    list: namesIn,
    hasProgram: (name) => findProgram(name, host) !== undefined,
  }
}

/** The machine as it would be with a plan's files in place; a file that is reached by another name is the same file. */
export function overlay(machine: MachineView, edits: readonly PlannedFile[]): MachineView {
  const planned = new Map(edits.map((edit) => [edit.before.resolvedPath, edit.after]))
  const known = new Map<FileState, FileState>()
  return {
    ...machine,
    read: (path) => {
      const state = machine.read(path)
      const after = planned.get(state.resolvedPath)
      const left = known.get(state) ?? (after === undefined ? state : stateAfter(state, after))
      known.set(state, left)
      return left
    },
  }
}

/** The machine as a client finds it that is started with this environment and these files, which need not be there yet. */
export function withRun(
  machine: MachineView,
  env: MachineView['env'],
  files: readonly { readonly path: string; readonly text: string }[],
): MachineView {
  const texts = new Map(files.map(({ path, text }) => [path, text]))
  const read = (path: string) => {
    const text = texts.get(path)
    const state = machine.read(path)
    return text === undefined
      ? state
      : stateAfter(state, { kind: 'file', bytes: Buffer.from(text), mode: 0o600 })
  }
  return { ...machine, env, read }
}

function stateAfter(state: FileState, after: PlannedFile['after']): FileState {
  const { path, resolvedPath } = state
  if (after.kind === 'absent') return { kind: 'absent', path, resolvedPath }
  const { bytes, mode } = after
  const kept = state.kind === 'absent' ? newFile : state
  return { ...kept, path, resolvedPath, bytes, mode, hash: hashBytes(bytes) }
}

const newFile = { kind: 'file', uid: 0, gid: 0, names: 1, inode: 0 } as const
