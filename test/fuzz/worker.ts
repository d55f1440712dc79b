import { parentPort, workerData } from 'node:worker_threads'
import fc from 'fast-check'
import { batch, type Find, type FuzzOrder } from './fuzz-order.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { assertNotPolluted } from './pollution.ts'
import { targets } from './targets.ts'

const order = workerData as FuzzOrder
const target = targets.find(({ name }) => name === order.target)
if (!target) throw new Error(`there is no target ${order.target}`)
parentPort?.postMessage(await runBatches(target))

async function runBatches({ cases, run }: FuzzTarget): Promise<Find[]> {
  const finds: Find[] = []
  const law = fc.asyncProperty(cases, async (input) => {
    Atomics.add(order.progress, 0, 1)
    await run(input)
    assertNotPolluted()
  })
  for (let left = order.cases, seed = order.seed; left > 0 && finds.length < 5; left -= batch, seed += 1) {
    Atomics.store(order.progress, 0, 0)
    const result = await fc.check(law, { seed, numRuns: Math.min(left, batch), ...onlyPath() })
    Atomics.add(order.progress, 1, 1)
    if (!result.failed) continue
    const report = await fc.asyncDefaultReportMessage(result)
    finds.push({
      seed,
      path: result.counterexamplePath ?? '',
      report: `${report}${causeOf(result.errorInstance)}`,
    })
  }
  return finds
}

function onlyPath(): { path?: string } {
  return order.path === undefined ? {} : { path: order.path }
}

function causeOf(error: unknown): string {
  return error instanceof Error ? `\n${error.stack}` : ''
}
