import type { Ledger } from '../ledger.ts'
import type { FileEdit, KeychainEdit } from '../plan/edit.ts'
import type { KeyRenewal } from '../plan/key-renewal.ts'
import type { Consent } from './consent-store.ts'
import type { RecordedFolder } from './run-record.ts'

/** One run: everything in it happens, or nothing. */
export interface ApplyRequest {
  /** From `newRunId`; the entries of the ledger may already name it. */
  readonly runId: string
  /** The command that the user typed, such as `setup`. */
  readonly command: string
  /** One line for the list of runs. Never holds a key. */
  readonly summary?: string
  readonly edits: readonly FileEdit[]
  readonly keychain?: KeychainEdit
  /** The ledger that the plan was made from, and the one to store. */
  readonly ledger: { readonly before: Ledger; readonly after: Ledger }
  /** What the user agreed to for this; remembered once all of it is done. */
  readonly consent?: Consent
  /** Only for a run that replaces the key: it cannot be undone. */
  readonly renewal?: KeyRenewal
  /** Only for undo: the run that is taken back, and the folders that it had made. */
  readonly undoes?: string
  readonly removeFolders?: readonly RecordedFolder[]
  /** Only for undo: the folders that the run had removed, which are made again with their modes. */
  readonly removedFolders?: readonly RecordedFolder[]
}
