import type { KeyPath } from '../documents/document.ts'
import type { FileState } from '../host/file-state.ts'
import type { Secret } from '../secrets/secret.ts'

/** One file before and after. A path occurs once in a plan, however many tools change it. */
export interface FileEdit {
  readonly kind: 'file'
  /** The path as the user knows it; links are followed by `before.resolvedPath`. */
  readonly path: string
  readonly before: FileState
  readonly after: FileContent | { readonly kind: 'absent' }
  readonly changes: readonly Change[]
  /** Ids of the tools that take part in this file. */
  readonly tools: readonly string[]
}

interface FileContent {
  readonly kind: 'file'
  readonly bytes: Uint8Array
  readonly mode: number
  /** Owner of a file that is made anew; a file that is there keeps its own. Only undo needs it. */
  readonly owner?: { readonly uid: number; readonly gid: number }
}

/** The key in the system's keychain before and after. */
export interface KeychainEdit {
  readonly kind: 'keychain'
  readonly account: string
  /** `hash` is that of `hashKey`: what stands there must be the same when it is replaced. */
  readonly before: { readonly kind: 'absent' } | { readonly kind: 'present'; readonly hash: string }
  readonly after: { readonly kind: 'absent' } | { readonly kind: 'present'; readonly key: Secret }
}

/** One value that a plan changes; `from` and `to` are ready to be shown, keys masked. */
export interface Change {
  readonly kind: 'created' | 'modified' | 'removed' | 'unchanged'
  readonly keyPath: KeyPath
  readonly from?: string
  readonly to?: string
  /** Whose value stood there before. */
  readonly owner: 'ours' | 'user' | 'nobody'
}
