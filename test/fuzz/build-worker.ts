import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'

const project = fileURLToPath(new URL('../..', import.meta.url))

/** As deep below the project's folder as test/support, whose modules look for it from where they are. */
export const workerFile = join(project, '.cache', 'fuzz', 'worker.mjs')

/** Makes the fuzz worker one file, which a plain thread can run. For `globalSetup` of vitest. */
export default async function buildWorker(): Promise<void> {
  await build({
    cwd: project,
    platform: 'node',
    input: 'test/fuzz/worker.ts',
    // jsonc-parser's default entry is a wrapper that cannot be bundled.
    resolve: { mainFields: ['module', 'main'] },
    output: { file: workerFile, format: 'esm', codeSplitting: false },
  })
}
