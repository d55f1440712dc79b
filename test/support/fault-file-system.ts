import { createFileSystem, type FileSystem } from '../../src/apply/file-system.ts'
import type { KeychainStore } from '../../src/host/host.ts'

/** What goes wrong, counted in calls from 0: one call fails, those that a disk refuses from then on, or the program dies. */
export type Fault =
  | { readonly kind: 'fail'; readonly at: number; readonly code: string }
  /** The keychain is gone from this call of its own on, files are not; `late`: the last call has an effect, its answer is lost. */
  | { readonly kind: 'no-keychain'; readonly from: number; readonly late?: boolean }
  | { readonly kind: 'disk-full'; readonly from: number }
  | { readonly kind: 'read-only'; readonly from: number }
  | { readonly kind: 'kill'; readonly at: number }
  | { readonly kind: 'none' }

type Verb = keyof FileSystem | keyof KeychainStore

export interface Call {
  readonly verb: Verb
  /** The path, for verbs on an open file the path that it was opened with; for the keychain the account. */
  readonly path: string
  /** Where a rename goes. */
  readonly to?: string
}

export interface FaultFileSystem {
  readonly fileSystem: FileSystem
  /** A keychain that takes part in the same fault and the same count. */
  readonly guard: (store: KeychainStore) => KeychainStore
  readonly calls: readonly Call[]
  /** Whether the fault happened. */
  fired(): boolean
}

/** The program is dead: nothing that it still tries has an effect. */
export class KilledError extends Error {}

const needsSpace: ReadonlySet<Verb> = new Set(['createFile', 'write', 'makeFolder'])
const changesNothing: ReadonlySet<Verb> = new Set(['flush', 'flushFolder', 'close'])

type AnyVerb = (...args: readonly unknown[]) => Promise<unknown>

/** A file system, but for the fault and for flushing, which is only counted, to be quick. */
export function createFaultFileSystem(
  fault: Fault = { kind: 'none' },
  whole: FileSystem = createFileSystem('linux'),
): FaultFileSystem {
  const real = { ...whole, flush: async () => {}, flushFolder: async () => {} }
  const calls: Call[] = []
  const opened = new Map<unknown, string>()
  let storeCalls = 0
  let fired = false

  const wrap = (verb: keyof FileSystem): AnyVerb => {
    const work = real[verb] as AnyVerb
    // The signs of life of a holder come with time, not with what it does.
    if (verb === 'append') return work
    return async (...args) => {
      const index = calls.length
      const path = typeof args[0] === 'string' ? args[0] : (opened.get(args[0]) ?? '')
      calls.push({ verb, path, ...(verb === 'rename' && { to: String(args[1]) }) })
      const error = decide(fault, verb, index)
      if (error === undefined) {
        const result = await work(...args)
        if (verb === 'createFile') opened.set(result, path)
        return result
      }
      // A dying write leaves half of the content, and a failed close has closed the file all the same.
      if (verb === 'write' && !fired) await real.write(args[0] as never, halfOf(args[1] as Uint8Array))
      if (verb === 'close') await work(...args)
      fired = true
      throw error
    }
  }
  const verbs = Object.keys(real) as (keyof FileSystem)[]
  const fileSystem = Object.fromEntries(verbs.map((verb) => [verb, wrap(verb)])) as unknown as FileSystem

  const guard = (store: KeychainStore): KeychainStore => {
    const wrapStore = (verb: keyof KeychainStore): AnyVerb => {
      const work = store[verb] as AnyVerb
      return async (...args) => {
        const gone = fault.kind === 'no-keychain' && storeCalls++ >= fault.from
        const error = gone ? new Error('the keychain is gone') : decide(fault, verb, calls.length)
        calls.push({ verb, path: String(args[0] ?? '') })
        if (error === undefined) return await work(...args)
        if (!fired && fault.kind === 'no-keychain' && fault.late) await work(...args)
        fired = true
        throw error
      }
    }
    const storeVerbs = Object.keys(store) as (keyof KeychainStore)[]
    return Object.fromEntries(storeVerbs.map((verb) => [verb, wrapStore(verb)])) as unknown as KeychainStore
  }
  return { fileSystem, guard, calls, fired: () => fired }
}

function decide(fault: Fault, verb: Verb, index: number): Error | undefined {
  if (fault.kind === 'fail' && index === fault.at) return systemError(fault.code, verb)
  if (fault.kind === 'disk-full' && index >= fault.from && needsSpace.has(verb))
    return systemError('ENOSPC', verb)
  if (fault.kind === 'read-only' && index >= fault.from && !changesNothing.has(verb))
    return systemError('EROFS', verb)
  if (fault.kind === 'kill' && index >= fault.at) return new KilledError('killed')
  return undefined
}

function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: ${syscall}`), { code, syscall })
}

function halfOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length >> 1)
}
