import type { KeyPath } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import type { Finding } from '../finding.ts'
import type { FileState } from '../host/read-file-state.ts'
import type { Ledger } from '../ledger.ts'
import type { KeyStore } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'

/** Changes to the machine, computed without writing; shown, applied and undone as one. */
export interface Plan {
  /** Only files that change; a path occurs once. */
  readonly edits: readonly FileEdit[]
  /** The key in the keychain, where it changes. */
  readonly keychain?: KeychainEdit
  /** Files in which the gateway's key stands afterwards, also those that are right already. */
  readonly keyFiles: readonly KeyFile[]
  /** One row for each tool and file, also for files that are right already. */
  readonly rows: readonly PlanRow[]
  readonly conflicts: readonly Conflict[]
  readonly findings: readonly Finding[]
  /** What we own once the plan is applied. */
  readonly ledger: Ledger
  /** Only in a plan that replaces the key. */
  readonly renewal?: KeyRenewal
  /** Everything secret that occurs in the files, ours and the user's, so that no picture of them shows it. */
  readonly secrets: readonly Secret[]
}

/** A file with the gateway's key in it. */
export interface KeyFile {
  readonly path: string
  /** The same with links followed. */
  readonly resolvedPath: string
  /** One of the tools that take part in it. */
  readonly tool: string
  /** Whether the plan changes it. */
  readonly isWritten: boolean
}

/** The result for one file of a tool, for the preview and for JSON. */
export interface PlanRow {
  readonly tool: string
  readonly path: string
  readonly format: FormatId
  readonly action: 'create' | 'update' | 'unchanged' | 'remove'
  readonly baseUrl: string
  /** Where the tool's key is kept; undefined in a removal. */
  readonly keyStore?: KeyStore
  /** What changes in the file, whichever tool it is for. */
  readonly changes: readonly Change[]
}

/** A value that is not ours to replace unless the user says so. */
export interface Conflict {
  readonly tool: string
  readonly path: string
  readonly keyPath: KeyPath
  /** `drift`: changed since we wrote it. `guarded`: the user's own decision. */
  readonly why: 'drift' | 'guarded'
  readonly actual: string
  /** None where that is not known: a key that was written is kept as a hash alone, so another one can only stay. */
  readonly wanted?: string
  /** The command that writes it again, where the plan cannot. */
  readonly again?: string
  /** Of a key: it is one of the gateway, so that the client works with it. */
  readonly works?: boolean
}

/** One file before and after. A path occurs once in a plan, however many tools change it. */
export interface FileEdit {
  /** The path as the user knows it; links are followed by `before.resolvedPath`. */
  readonly path: string
  readonly before: FileState
  readonly after: FileContent | { readonly kind: 'absent' }
  /** Ids of the tools that take part in this file. */
  readonly tools: readonly string[]
}

interface FileContent {
  readonly kind: 'file'
  readonly bytes: Uint8Array
  readonly mode: number
  /** Owner of a file that is made again; a file that is there keeps its own. Only undo needs it. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

/** The key in the system's keychain before and after. */
export interface KeychainEdit {
  readonly account: string
  /** `hash` is that of `hashKey`: what stands there must be the same when it is replaced. */
  readonly before: { readonly kind: 'absent' } | { readonly kind: 'present'; readonly hash: string }
  readonly after: { readonly kind: 'absent' } | { readonly kind: 'present'; readonly key: Secret }
}

/** One value that a plan changes; `from` and `to` are ready to be shown, keys masked. */
export interface Change {
  readonly kind: 'created' | 'modified' | 'removed'
  readonly keyPath: KeyPath
  readonly from?: string
  readonly to?: string
}

/** How a new key takes the place of the old ones in what earlier runs keep, so that none of them comes back with an undo. */
export interface KeyRenewal {
  readonly key: Secret
  /** The content of a file with the new key in place of every old one; the same bytes where none stands in it. */
  replaceIn(path: string, bytes: Uint8Array): Uint8Array
  /** Hash of the new key by the hash of each old one, both of `hashValue` and of `hashKey`. */
  readonly hashes: ReadonlyMap<string, string>
}

/** A file and a key path in it as one text, for maps. */
export function pathId(path: string, keyPath: KeyPath): string {
  return JSON.stringify([path, ...keyPath])
}
