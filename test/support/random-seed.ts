import fc from 'fast-check'
import type { TestProject } from 'vitest/node'
import { randomSeed } from './random-cases.ts'

fc.configureGlobal({ seed: randomSeed })

/** Says which random input a run tries. For `globalSetup` of vitest. */
export default function sayRandomSeed({ config }: TestProject): void {
  const { RANDOM_SEED } = config.env
  console.log(`Random input of the ${config.name} lane: RANDOM_SEED=${RANDOM_SEED} repeats it.`)
}
