/** How many random homes each law is tried on; more where PROPERTY_RUNS says so. */
export const numRuns = Number(process.env.PROPERTY_RUNS ?? 40)
export const timeout = 60_000 + numRuns * 2_000
