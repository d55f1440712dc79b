const { RANDOM_SEED } = process.env

/**
 * Where random input begins. The same at every run, so that a change is judged by itself and not by luck;
 * `RANDOM_SEED=new` looks elsewhere, as `npm run fuzz` does, and a number repeats a find.
 */
export const randomSeed =
  RANDOM_SEED === 'new' ? Date.now() % 2 ** 31 : RANDOM_SEED === undefined ? 20_261_123 : Number(RANDOM_SEED)
