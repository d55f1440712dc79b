import { dirname, join } from 'node:path'
import { clientFolder } from '../client-folder.ts'
import { type ClientPackage, node24 } from '../client-packages.ts'
import { quietClaude } from './claude-code.ts'
import type { ClientRunner, MakeRunner } from './client-runner.ts'

interface Sdk extends Pick<ClientRunner, 'tool' | 'base' | 'paths' | 'auth' | 'wrong'> {
  /** Name in the test report, before the version. */
  readonly name: string
  /** The package that has that version, one of those that are installed together. */
  readonly package: string
  /** A program that makes its client without arguments, so that all comes from the environment. */
  readonly script: string
}

/** An SDK in JavaScript, in a login shell as a user would start it: the profile brings base URL and key. */
export function javascriptSdk(sdk: Sdk): MakeRunner {
  return (client) => sdkRunner(client, sdk, [nodeOf(client), '--input-type=module', '--eval', sdk.script])
}

/** The same for Python. */
export function pythonSdk(sdk: Sdk): MakeRunner {
  return (client) => sdkRunner(client, sdk, [join(clientFolder(client.id), 'bin/python'), '-c', sdk.script])
}

/** Its own Node where it wants a newer one than ours. */
function nodeOf({ id, packages }: ClientPackage): string {
  const hasOwn = Object.keys(node24).some((name) => name in packages)
  return hasOwn ? join(clientFolder(id), 'node_modules/.bin/node') : process.execPath
}

function sdkRunner(client: ClientPackage, sdk: Sdk, program: readonly string[]): ClientRunner | [] {
  const { name, package: named, script: _, ...facts } = sdk
  const version = client.packages[named]
  if (version === undefined) return []
  const folder = clientFolder(client.id)
  return {
    ...facts,
    id: `${name}-${version}`,
    // Its own Python or Node, so that `prove` takes that too.
    binFolder: program[0]?.startsWith(folder) ? dirname(program[0]) : join(folder, 'bin'),
    command: '/bin/bash',
    args: ['-lc', 'exec "$0" "$@"', ...program],
    env: quietClaude,
    folder,
    timeout: 60_000,
  }
}
