import type { FuzzTarget } from './fuzz-target.ts'

const { FUZZ_CASES = '40000', FUZZ_TARGET, FUZZ_PATH } = process.env

/** The one case of a find, as fast-check names it. */
export const fixedPath = FUZZ_PATH === undefined ? {} : { path: FUZZ_PATH }

export function isWanted({ name }: FuzzTarget): boolean {
  return FUZZ_TARGET === undefined || FUZZ_TARGET === name
}

/** A target's part of all cases; all of them where it is the only one that is wanted. */
export function casesOf(target: FuzzTarget, targets: readonly FuzzTarget[]): number {
  if (FUZZ_PATH !== undefined) return 1
  if (FUZZ_TARGET !== undefined) return Number(FUZZ_CASES)
  const all = targets.reduce((sum, { share }) => sum + share, 0)
  return Math.ceil((Number(FUZZ_CASES) * target.share) / all)
}

/** Only the long run of all targets is worth a report. */
export const writesReport = process.env.FUZZ_REPORT === '1'
