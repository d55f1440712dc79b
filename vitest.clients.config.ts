import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The proof is written from what the other files have seen, so it comes last. */
class ProofLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isProof = ({ moduleId }: TestSpecification) => moduleId.endsWith('/proof.test.ts')
    return [...files.filter((file) => !isProof(file)), ...files.filter(isProof)]
  }
}

/** The lane of real clients. Started by test/clients/run.mjs, which installs them and takes the network away. */
export default defineConfig({
  test: {
    include: ['test/clients/*.test.ts'],
    fileParallelism: false,
    sequence: { sequencer: ProofLast },
    // Longer than the clients' own deadlines in one test together.
    testTimeout: 600_000,
  },
})
