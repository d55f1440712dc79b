/** Stands in values and comments of the documents; no message may ever quote it. */
export const canary = 'cAnArY-0f-a-v4lue'
