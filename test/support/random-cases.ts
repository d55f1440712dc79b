const { RANDOM_SEED, RANDOM_CASES } = process.env

/**
 * Where random input begins. The same at every run of the quick suite, so that a change is judged by itself and not by
 * luck; another at every run of the long lane, which says it. `RANDOM_SEED=new` looks elsewhere in any lane, and a number
 * repeats a find.
 */
export const randomSeed =
  RANDOM_SEED === 'new' ? Date.now() % 2 ** 31 : RANDOM_SEED === undefined ? 20_261_123 : Number(RANDOM_SEED)

/** The part of its cases on which a law is tried: a tenth in the quick suite, all in the long lane. */
const share = Number(RANDOM_CASES ?? 0.1)

/** How many random cases a law is tried on, for `fc.assert`: that many in the long lane, `RANDOM_CASES=20` times as many at will. */
export function randomCases(many: number): { readonly numRuns: number } {
  return { numRuns: Math.max(1, Math.round(many * share)) }
}
