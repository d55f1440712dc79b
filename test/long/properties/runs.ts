import { randomCases } from '../../support/random-cases.ts'

/** How many random homes each law is tried on. */
export const { numRuns } = randomCases(40)
/** Only against hanging; in milliseconds. */
export const timeout = 60_000 + numRuns * 6_000
