import type { KeyPath } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'

/** What we own: one entry for each value that stands in a user's file because we wrote it. */
export interface Ledger {
  readonly version: 1
  readonly setups: readonly Setup[]
  readonly entries: readonly LedgerEntry[]
}

/** One value of ours in one file: ours as long as the file still holds what we wrote last. */
export interface LedgerEntry {
  /** The target path as the plan named it (not resolved). */
  readonly path: string
  readonly format: FormatId
  readonly keyPath: KeyPath
  readonly tool: string
  /** Hash of the value that we wrote last. */
  readonly hash: string
  /** The run that wrote it last. */
  readonly run: string
  /** The run that first took the key over: its backup of the file holds what was there before us. */
  readonly origin: string
  /** Of a line in a `.gitignore`: the file with a key that it hides. The line goes with our last value there. */
  readonly hides?: string
}

/** What was chosen for one tool in one place; enough to plan it again for another region. */
export interface Setup {
  readonly tool: string
  readonly region: string
  /** The origin that stands in the files, such as `https://eu.qcode.cc`. */
  readonly gateway: string
  readonly scope: string
  readonly method: string
  /** Folder of a project-scope setup. */
  readonly project?: string
  readonly shell?: string
  /** Where the key is: `file`, `env` or `keychain`. Setups made before this could be chosen have none. */
  readonly keyStore?: string
  readonly variant: string
  /** Id of the way in which the client's files let it get the key out of the keychain. */
  readonly keyWay?: string
  readonly model?: string
}
