import { UserError } from '../../src/errors.ts'
import type { Host } from '../../src/host/host.ts'
import { parseArguments } from '../../src/request/parse-arguments.ts'
import { commandTable } from '../support/command-table.ts'
import { sampleKey } from '../support/run-program.ts'
import { testCatalog } from '../support/test-catalog.ts'
import { createTestContext } from '../support/test-context.ts'
import { createTestHost } from '../support/test-host.ts'
import { restarted } from '../support/test-processes.ts'

/** A home on which the commands run in this process, each as a start of its own after all earlier ones ended. */
export interface Machine {
  readonly host: Host
  /** Runs a command line; gives the error that a user would see. */
  run(...args: readonly string[]): Promise<UserError | undefined>
  /** Chance begins anew, so that the same disk leads to the same end. */
  reset(): void
}

export function createMachine(home: string): Machine {
  let ids = 0
  const host = restarted(
    createTestHost(home, {
      env: { HOME: home, PATH: '', SHELL: '/bin/bash', QCODE_API_KEY: sampleKey },
      systemFolder: '',
      randomId: () => `fa${(++ids).toString(16).padStart(10, '0')}`.replace(/^(..)0{6}(.*)/, '$1$2'),
    }),
  )
  return { host, run: (...args) => attempt(args, host), reset: () => (ids = 0) }
}

async function attempt([name, ...rest]: readonly string[], host: Host): Promise<UserError | undefined> {
  const spec = commandTable.find((each) => each.name === name)
  if (!spec) throw new Error(`no command ${name}`)
  try {
    const input = parseArguments(rest, spec, testCatalog)
    await spec.run(input, createTestContext(host))
    return undefined
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
}
