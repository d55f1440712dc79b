import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { dirname, resolve, win32 } from 'node:path'
import type { Source, TrapCondition, Trust } from '../catalog/diagnosis.ts'
import { type Places, resolvePath } from '../catalog/places.ts'
import type { KeyPath, Value } from '../documents/document.ts'
import { valueAt } from '../documents/value.ts'
import { UserError } from '../errors.ts'
import { findProgram, namesIn } from '../host/files-at.ts'
import type { Host, RunResult } from '../host/host.ts'
import {
  type FileState,
  isVariable,
  readState,
  userVariables,
  variableAt,
  withHash,
} from '../host/read-file-state.ts'
import { findRepository } from '../host/run-program.ts'
import { administeredGateways } from '../host/throw-away-host.ts'
import { quoteWord } from '../texts/commands.ts'
import { say } from '../texts/message.ts'

/**
 * All that the effect of a setup is worked out from. The same code looks at the machine as it is, at the machine as a
 * plan would leave it, and at what was written, so nothing is read around this.
 */
export interface MachineView
  extends Pick<Host, 'env' | 'home' | 'cwd' | 'platform' | 'systemFolder' | 'registry'> {
  /** What stands at an absolute path. Errors: UserError for what is no regular file that can be read. */
  read(path: string): FileState
  /** The names in a folder; none where it cannot be read. */
  list(folder: string): readonly string[]
  /** Whether other users of the computer may enter a folder. Not known of Windows, which has no modes. */
  isOpen(folder: string): boolean
  /** Whether a program of this name is in PATH, or in another list of folders. */
  hasProgram(name: string, path?: string): boolean
  /** How a program of the system ends, and what it prints. Each is run once. */
  ask(command: string, args: readonly string[]): Promise<Answer>
  /**
   * Texts that are no files, or why one could not be read, by what they are called like a path, and names of logins that are
   * there: see `withStores`.
   */
  readonly stored?: ReadonlyMap<string, string | UserError>
  readonly logins?: ReadonlySet<string>
  /** Origins of the gateways that an administrator set up for every user. */
  readonly administered: readonly string[]
}

type Answer = Pick<RunResult, 'exit' | 'stdout'>

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
  const { env, home, cwd, platform, systemFolder, registry } = host
  const known = new Map<string, FileState>()
  const read = (path: string) => {
    const state = known.get(path) ?? readState(path, host)
    known.set(path, state)
    return state
  }
  return {
    ...{ env, home, cwd, platform, systemFolder, ...(registry && { registry }) },
    read,
    list: namesIn,
    isOpen: (folder) => platform !== 'win32' && mayOthersEnter(folder),
    hasProgram: (name, path) =>
      findProgram(name, path === undefined ? host : { env: { PATH: path }, platform }) !== undefined,
    ask: (command, args) => ask(command, args, host),
    administered: administeredGateways(host),
  }
}

/** The way from the root to it is open to them; a group of the user's own number has no other members. */
function mayOthersEnter(folder: string): boolean {
  const { mode = 0, uid, gid } = statSync(folder, { throwIfNoEntry: false }) ?? {}
  if ((mode & (gid === uid ? 0o001 : 0o011)) === 0) return false
  return dirname(folder) === folder || mayOthersEnter(dirname(folder))
}

const answers = new WeakMap<Host['run'], Map<string, Promise<Answer>>>()

function ask(command: string, args: readonly string[], { run }: Host): Promise<Answer> {
  const known = answers.get(run) ?? new Map<string, Promise<Answer>>()
  answers.set(run, known)
  const id = JSON.stringify([command, ...args])
  const answer = known.get(id) ?? run(command, args, { timeoutMs: 5000 })
  known.set(id, answer)
  return answer
}

/** The machine as it would be with a plan's files in place; a file that is reached by another name is the same file. */
export function overlay(machine: MachineView, edits: readonly PlannedFile[]): MachineView {
  const all = [...edits, ...withVariables(machine, edits)]
  const planned = new Map(all.map((edit) => [edit.before.resolvedPath, edit.after]))
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

/** The text of all variables of the user, as it follows from that of each that changes. */
function withVariables(machine: MachineView, edits: readonly PlannedFile[]): PlannedFile[] {
  const variables = edits.filter(({ path }) => variableAt(path).key === userVariables)
  if (variables.length === 0) return []
  const before = machine.read(userVariables)
  const lines = before.kind === 'absent' ? [] : textOf(before).split('\n')
  const kept = lines.filter((line) => variables.every(({ path }) => !isVariable(line, variableAt(path).name)))
  const written = variables.flatMap(({ after }) => (after.kind === 'absent' ? [] : textOf(after)))
  const bytes = Buffer.from([...kept.filter(Boolean).map((line) => `${line}\n`), ...written].join(''))
  return [{ path: userVariables, before, after: { kind: 'file', bytes, mode: 0o600 } }]
}

function textOf({ bytes }: { readonly bytes: Uint8Array }): string {
  return Buffer.from(bytes).toString()
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
  return withHash({ ...kept, path, resolvedPath, bytes, mode })
}

const newFile = { kind: 'file', uid: 0, gid: 0, names: 1, inode: 0 } as const

/** The name of a login in the keychain of this user, where a variable of theirs decides it. */
export function loginName(
  { login, loginOf = '' }: TrapCondition,
  { platform, env }: Pick<MachineView, 'platform' | 'env'>,
): string | undefined {
  if (login === undefined || platform !== 'darwin') return undefined
  const folder = env[loginOf]?.normalize('NFC')
  return folder ? `${login}-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}` : login
}

/** The login that a condition is about, as a match of it: without a value where the keychain has none. */
export function loginOf(condition: TrapCondition, machine: MachineView): { name: string; value: string }[] {
  const name = loginName(condition, machine)
  return name === undefined ? [] : [{ name, value: machine.logins?.has(name) ? name : '' }]
}

/** What the path of a condition stands for, the nearest first; a `*` as a whole part of it is any name that is there. */
export function pathsOf(
  path: string,
  places: Places,
  { cwd, list }: Pick<MachineView, 'cwd' | 'list'>,
  above?: TrapCondition['above'],
): string[] {
  const [folder = '', ...tails] = path.split('/*/')
  const projects = above ? foldersAbove(places.project ?? cwd, undefined) : [places.project ?? cwd]
  return projects.flatMap((project) => {
    const at = resolve(cwd, resolvePath(folder, { ...places, project }))
    return tails.length === 0 ? [at] : list(at).map((name) => resolve(at, name, ...tails))
  })
}

/** `Settings    REG_SZ    {…}`, behind the name of the key. What is not there, and what may not be read, end alike. */
export async function readRegistry(
  path: string,
  { ask, env }: MachineView,
): Promise<string | UserError | undefined> {
  const program = win32.join(env.SystemRoot ?? 'C:\\Windows', 'System32\\reg.exe')
  const [key, name] = [win32.dirname(path), win32.basename(path)]
  const query = (...args: string[]) => ask(program, ['query', ...args])
  const { exit, stdout } = await query(key, '/v', name)
  const [, type, text] = /^ +\S+ +REG_(SZ|EXPAND_SZ) +(.*)/ms.exec(exit === 0 ? stdout : '') ?? []
  if (text === undefined) {
    // A key that may not be read is among those of the one above it.
    const keys = exit === 0 ? '' : (await query(win32.dirname(key))).stdout
    const isThere = new RegExp(`\\\\${win32.basename(key)}\\s*$`, 'im').test(keys)
    const isUnread = exit === null || (isThere && (await query(key)).exit !== 0)
    return isUnread ? unreadStore(path, `reg query ${quoteWord(key)}`) : undefined
  }
  if (type !== 'EXPAND_SZ') return text.trim()
  return text.trim().replace(/%([^%]+)%/g, (whole, variable: string) => env[variable] ?? whole)
}

/** Why what is no file could not be read, with the command that looks at it. */
export function unreadStore(path: string, command: string): UserError {
  const message = say('effect.unreadable', { path, code: '' })
  return new UserError({
    code: 'not-readable',
    message,
    hint: say('effect.look', { command }),
    where: { file: path },
  })
}

/** Those that are read in the folders above a project too stand there once for each, with that folder as the project. */
export function inFolders(sources: readonly Source[], names: Places): { source: Source; names: Places }[] {
  return sources.flatMap((source, index) => {
    const { above, family } = source
    if (above === undefined) return { source, names }
    const group = sources.filter((one) => one.above === above && one.family === family)
    if (sources.findIndex((one) => group.includes(one)) < index) return []
    const { project = '' } = names
    const folders = foldersAbove(project, above === 'first' ? undefined : findRepository(project))
    const strongestFirst = above === 'farthest' ? folders.toReversed() : folders
    const all = strongestFirst.flatMap((one) =>
      group.map((own) => ({ own, names: { ...names, project: one } })),
    )
    return all.map(({ own, ...rest }, rank) => ({
      source: above === 'first' ? { ...own, rank } : own,
      ...rest,
    }))
  })
}

/** Whether a file lies in a folder that the client's user trusts, by the lists that stand in this data. */
export function isTrusted(file: string, { trusted, untrusted }: Trust, data: Value): boolean {
  const isIn = (folder: string, list: KeyPath) => [valueAt(data, list)].flat().includes(folder)
  const around = foldersAbove(dirname(file), undefined)
  const nearest = around.find((folder) => isIn(folder, trusted) || isIn(folder, untrusted))
  return nearest !== undefined && isIn(nearest, trusted)
}

/** The folder itself and those above it, up to a root or to that of the file system. */
function foldersAbove(folder: string, root: string | undefined): string[] {
  const above = dirname(folder)
  return folder === root || above === folder ? [folder] : [folder, ...foldersAbove(above, root)]
}
