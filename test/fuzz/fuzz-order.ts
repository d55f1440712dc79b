/** What the main thread asks for. */
export interface FuzzOrder {
  readonly target: string
  readonly cases: number
  readonly seed: number
  /** Where fast-check found a counterexample: only that one is run. */
  readonly path?: string
  /** Two counters that the main thread reads: cases that were begun, and batches that were ended. */
  readonly progress: Int32Array
}

/** A case that broke a law. */
export interface Find {
  readonly seed: number
  readonly path: string
  readonly report: string
}

/** Cases with one seed; a find ends its batch, and the next one goes on. */
export const batch = 500
