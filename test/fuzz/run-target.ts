import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { workerFile } from './build-worker.ts'
import { batch, type Find, type FuzzOrder } from './fuzz-order.ts'

/** A case that takes longer hangs: the others take milliseconds. */
const longestCase = 60_000

/**
 * Runs cases of one target in a thread of its own, with the stack of a main thread and a limit to its memory; a case
 * that never ends, or that ends the thread, is a find as well.
 */
export async function runTarget(order: Omit<FuzzOrder, 'progress'>): Promise<Find[]> {
  const progress = new Int32Array(new SharedArrayBuffer(8))
  const worker = new Worker(workerFile, {
    workerData: { ...order, progress } satisfies FuzzOrder,
    resourceLimits: { stackSizeMb: 1, maxOldGenerationSizeMb: 1024 },
  })
  const watch = new AbortController()
  try {
    const ended = new Promise<Find[]>((resolve) => {
      worker.once('message', resolve)
      worker.once('error', (error) => resolve([lastCase(order, progress, `${error.stack ?? error}`)]))
    })
    return await Promise.race([
      ended,
      untilItHangs(progress, watch.signal).then(() => [lastCase(order, progress, 'It does not end.')]),
    ])
  } finally {
    watch.abort()
    await worker.terminate()
  }
}

async function untilItHangs(progress: Int32Array, signal: AbortSignal): Promise<void> {
  for (let seen = ''; seen !== progress.join(); ) {
    seen = progress.join()
    await sleep(longestCase, undefined, { signal })
  }
}

/** The case that was begun last; its whole batch before the first one and while fast-check shrinks a find. */
function lastCase(order: Omit<FuzzOrder, 'progress'>, progress: Int32Array, report: string): Find {
  const [begun = 0, batches = 0] = progress
  const isKnown = begun > 0 && begun <= Math.min(batch, order.cases)
  return { seed: order.seed + batches, path: order.path ?? (isKnown ? String(begun - 1) : ''), report }
}
