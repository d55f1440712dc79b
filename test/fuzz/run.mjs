// A million random cases, other ones at every run, spread over all targets, one after the other; a whole run writes
// docs/fuzzing.md.
// FUZZ_CASES sets another number, FUZZ_TARGET names one target alone.
import { execaSync } from 'execa'

const { FUZZ_CASES = '1000000', FUZZ_TARGET, RANDOM_SEED = 'new' } = process.env
const { exitCode } = execaSync(
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'fuzz',
    '--disableConsoleIntercept',
    ...process.argv.slice(2),
  ],
  {
    stdio: 'inherit',
    reject: false,
    env: { FUZZ_CASES, RANDOM_SEED, ...(FUZZ_TARGET === undefined && { FUZZ_REPORT: '1' }) },
  },
)
process.exitCode = exitCode
