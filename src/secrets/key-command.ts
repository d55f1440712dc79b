import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findProgram } from '../host/find-program.ts'
import type { Host } from '../host/host.ts'

type Surroundings = Pick<Host, 'env' | 'platform' | 'packageFolder'>

const getKey = ['key', 'get']

/**
 * The words of the command that prints the key of the keychain: by the name of this program where PATH leads to it, else
 * through npx and with its version, which takes some seconds the first time.
 */
export function keyCommand(host: Surroundings): readonly string[] {
  if (findProgram('qcode-setup', withoutPackages(host))) return ['qcode-setup', ...getKey]
  const { version } = JSON.parse(readFileSync(join(host.packageFolder, 'package.json'), 'utf8'))
  return ['npx', '--yes', '--prefer-offline', `qcode-setup@${version}`, ...getKey]
}

/**
 * The same for a client that starts programs without a shell. Windows finds `.cmd` files, which is what npm installs,
 * only through cmd.exe.
 */
export function keyProgram(host: Surroundings): readonly string[] {
  return [...(host.platform === 'win32' ? ['cmd.exe', '/d', '/c'] : []), ...keyCommand(host)]
}

/** While npx or npm runs this program, PATH holds folders of packages that no client will have. */
function withoutPackages({ env, platform }: Surroundings): Pick<Host, 'env' | 'platform'> {
  const folders = (env.PATH ?? '').split(delimiter)
  const lasting = folders.filter((folder) => !/[/\\]node_modules[/\\]\.bin[/\\]?$/.test(folder))
  return { env: { PATH: lasting.join(delimiter) }, platform }
}
