import { createCommitter } from '../../src/apply/committer.ts'
import { readRegistry } from '../../src/apply/user-env.ts'
import { UserError } from '../../src/errors.ts'
import type { Host } from '../../src/host/host.ts'
import { managedHost } from '../../src/host/throw-away-host.ts'
import { withoutKey } from '../../src/request/normalise-request.ts'
import { parseArguments } from '../../src/request/parse-arguments.ts'
import { isManagedScope, isOn } from '../../src/request/request.ts'
import { commandTable } from './command-table.ts'
import { testCatalog } from './test-catalog.ts'

/** How a command ended, and all that it said, in no special order. */
export interface Ended {
  readonly exit: number
  readonly text: string
}

/** Runs a command line, such as `undo --yes`, on a host of the test's own; with blanks in its words, as these. Whatever is no UserError is thrown: a fault. */
export async function runInProcess(line: string | readonly string[], host: Host): Promise<Ended> {
  const [name, ...rest] = typeof line === 'string' ? line.split(' ') : line
  const spec = commandTable.find((each) => each.name === name)
  if (!spec) throw new Error(`There is no command ${name}`)
  try {
    const asked = parseArguments(rest, spec, testCatalog)
    const isManaged = isManagedScope(asked)
    const input = isManaged ? withoutKey(asked) : asked
    const place = isManaged ? managedHost(spec.name, host) : host
    await readRegistry(place)
    const committer = createCommitter(place, isOn(input, 'dryRun') || isOn(input, 'check'))
    const { exit, ...outcome } = await spec.run(input, { host: place, catalog: testCatalog, committer })
    return { exit, text: JSON.stringify(outcome) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { exit: error.exit, text: `${error.message}\n${error.hint}` }
  }
}
