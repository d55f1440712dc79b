import { createCommitter } from '../../src/apply/committer.ts'
import type { WritingContext } from '../../src/command.ts'
import type { Host } from '../../src/host/host.ts'
import { testCatalog } from './test-catalog.ts'

/** What main hands to a command on this host; with `dryRun` what commits nothing. */
export function createTestContext(
  host: Host,
  { dryRun = false, catalog = testCatalog } = {},
): WritingContext {
  return { host, catalog, committer: createCommitter(host, dryRun) }
}
