import type { KeyPath } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import type { Finding } from '../finding.ts'
import type { Ledger } from '../ledger.ts'
import type { KeyStore } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import type { Change, FileEdit, KeychainEdit } from './edit.ts'
import type { KeyRenewal } from './key-renewal.ts'

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

/** What one file of a tool comes to, for the preview and for JSON. */
export interface PlanRow {
  readonly tool: string
  readonly path: string
  readonly format: FormatId
  readonly action: 'create' | 'update' | 'unchanged' | 'remove'
  readonly baseUrl: string
  /** Where the tool's key is kept; not told of a removal. */
  readonly keyStore?: KeyStore
  /** What changes in the file, whichever tool it is for. */
  readonly changes: readonly Change[]
}

/** A value that is not ours to replace without being told to. */
export interface Conflict {
  readonly tool: string
  readonly path: string
  readonly keyPath: KeyPath
  /** `drift`: changed since we wrote it. `guarded`: the user's own decision. */
  readonly why: 'drift' | 'guarded'
  readonly actual: string
  readonly wanted: string
}
