import { join } from 'node:path'
import { clientFolder } from '../client-folder.ts'
import { quietClaude } from './claude-code.ts'
import type { ClientRunner } from './client-runner.ts'

interface Sdk extends Pick<ClientRunner, 'id' | 'tool' | 'base' | 'paths' | 'auth' | 'wrong'> {
  /** Folder of the installed package. */
  readonly install: string
  /** A program that makes its client without arguments, so that all comes from the environment. */
  readonly script: string
}

/** An SDK in JavaScript, in a login shell as a user would start it: the profile brings base URL and key. */
export function javascriptSdk(sdk: Sdk): ClientRunner {
  return sdkRunner(sdk, [process.execPath, '--input-type=module', '--eval', sdk.script])
}

/** The same for Python. */
export function pythonSdk(sdk: Sdk): ClientRunner {
  return sdkRunner(sdk, [join(clientFolder(sdk.install), 'bin/python'), '-c', sdk.script])
}

function sdkRunner({ install, script: _, ...sdk }: Sdk, program: readonly string[]): ClientRunner {
  const folder = clientFolder(install)
  return {
    ...sdk,
    binFolder: join(folder, 'bin'),
    command: '/bin/bash',
    args: ['-lc', 'exec "$0" "$@"', ...program],
    env: quietClaude,
    folder,
    timeout: 60_000,
  }
}
