import { onTestFinished } from 'vitest'

/** Anything with a close(), for the running test: it is closed at its end. Not for tests that run side by side. */
export async function opened<One extends { close(): unknown }>(one: One | Promise<One>): Promise<One> {
  const ready = await one
  onTestFinished(async () => {
    await ready.close()
  })
  return ready
}
