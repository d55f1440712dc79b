/** How many random homes each law is tried on; more where PROPERTY_RUNS says so. */
export const numRuns = Number(process.env.PROPERTY_RUNS ?? 40)
/** Only against hanging; in milliseconds. */
export const timeout = 60_000 + numRuns * 6_000
