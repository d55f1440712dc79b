import type { Where } from './errors.ts'
import type { Message } from './texts/message.ts'

/** How bad it is. `skipped`: there was nothing to look at; `failed`: it could not be looked at, which is no problem found. */
export type Level = 'ok' | 'info' | 'warning' | 'error' | 'skipped' | 'failed'

/** Something the user should know; `id` is stable and the same in JSON. */
export interface Finding {
  readonly id: string
  readonly level: Level
  readonly message: Message
  /** The tool that it is about. */
  readonly tool?: string
  /** The tools that it is about, where they are several. */
  readonly tools?: readonly string[]
  readonly where?: Where
  /** What the tool's client shows for it, as it was measured: most blame something else. */
  readonly shows?: string
  /** The setting that is wrong: its value as it is, masked, and as it has to be. */
  readonly values?: { readonly name: string; readonly wrong: string; readonly right: string }
  /** The settings of the file that have changed. */
  readonly names?: readonly string[]
  /** Worth knowing once: neither a danger, nor something to do now, nor what a command has done. */
  readonly isNote?: true
  /** The command that mends it, or what to do. */
  readonly hint?: Message
}
