import type { Find } from './fuzz-order.ts'

/** A find with the command that runs its case alone. */
export function replayOf(target: string, { seed, path, report }: Find): string {
  const only = path === '' ? '' : `FUZZ_PATH='${path}' `
  return `FUZZ_TARGET=${target} RANDOM_SEED=${seed} ${only}npm run test:fuzz\n${report}`
}
