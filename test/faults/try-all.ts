import { appendFileSync } from 'node:fs'

/** What the lane's line of sums is made of. */
export type Counter = 'injections' | 'kills' | 'powerLosses' | 'rounds' | 'lost'

/** Adds to a sum, which test/faults/run.mjs reads from the file that FAULTS_COUNTS names. */
export function count(counter: Counter, by = 1): void {
  const file = process.env.FAULTS_COUNTS
  if (file) appendFileSync(file, `${JSON.stringify([counter, by])}\n`)
}

/** After so many losses no more are looked for. */
const enough = 5

/** Tries every point; a law that is broken at one of them does not hide the others. Throws what was lost, all in one. */
export async function tryAll<T>(
  counter: Counter,
  points: Iterable<T>,
  attempt: (point: T) => Promise<void>,
): Promise<number> {
  const losses: string[] = []
  let tried = 0
  for (const point of points) {
    tried++
    await attempt(point).catch((error) => losses.push(`${JSON.stringify(point)}: ${error.stack}`))
    if (losses.length >= enough) break
  }
  count(counter, tried)
  count('lost', losses.length)
  if (losses.length > 0) throw new Error(`${losses.length} lost\n${losses.join('\n')}`)
  return tried
}
