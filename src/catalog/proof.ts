import type { ProtocolId } from '../gateway/gateway.ts'

/** How `prove` runs one client of a tool for one turn, without a terminal and without a shell. */
export interface Proof {
  /** What is run, as its users call it. */
  readonly client: string
  /** Names of its program; the first that is in PATH is run. */
  readonly commands: readonly string[]
  /** Texts may hold `{{ prompt }}` and `{{ script }}`. */
  readonly args: readonly string[]
  /** What keeps the run quiet, quick and alone; never a base URL or a key. */
  readonly env: Readonly<Record<string, string>>
  /** Text of a program for clients that are libraries. It prints `version: X`, or `missing: WHY` where the library is not there. */
  readonly script?: string
  /** Run in the user's working folder, where libraries are found, instead of in an empty folder. */
  readonly inProject: boolean
  /** The protocol that it speaks, where the tool speaks several. */
  readonly protocol?: ProtocolId
  /** The variants that it can run; every one where it is left out. */
  readonly variants?: readonly string[]
  /** Seconds after which it is stopped. */
  readonly timeout: number
}
