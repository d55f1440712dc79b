/** What the work failed with; undefined where it did not. */
export function attempt(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  )
}
