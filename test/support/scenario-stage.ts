import type { HomeTree } from './home-tree.ts'
import type { Step } from './parse-scenario.ts'
import type { Ran } from './run-program.ts'

/** Where a scenario stands: its home, and what the last command did to it. */
export interface Stage {
  readonly home: string
  cwd: string
  env: Record<string, string>
  /** Another user that commands run as. */
  uid: number | undefined
  /** The home before the first command. */
  start: HomeTree | undefined
  /** The home before the last command. */
  before: HomeTree
  ran: Ran
}

export type Verb = (step: Step, stage: Stage) => void | Promise<void>
