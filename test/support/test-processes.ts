import type { Host } from '../../src/host/host.ts'
import { createProcesses } from '../../src/host/processes.ts'

/** What a host of a test knows of processes: the test itself lives. */
export const thisProcess = createProcesses(process.pid, (pid) => pid === process.pid)

/** The same host as the next start of the program sees it: every process that left a lock has ended. */
export function restarted<T extends Host>(host: T): T {
  return { ...host, processes: { ...thisProcess, liveness: () => 'dead' } }
}
