import type fc from 'fast-check'

/** One part of the program under fuzz: what it is given, and the laws that it has to hold for that. */
export interface FuzzTarget<Case = unknown> {
  readonly name: string
  /** Its part of all cases, in relation to the others'. */
  readonly share: number
  readonly cases: fc.Arbitrary<Case>
  /** Throws when a law is broken. */
  run(input: Case): void | Promise<void>
}

/** Keeps the type of the cases while the target is written, and forgets it in the list. */
export function fuzzTarget<Case>(target: FuzzTarget<Case>): FuzzTarget {
  return target as FuzzTarget
}
