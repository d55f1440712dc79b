import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import { projectPath } from '../support/run-program.ts'
import { keyring, type Ran, type UnitResults, unitResults, type Windows } from './machine.ts'

/** All that the lane writes on drive C; on drive D it has a folder of the same name. */
const folder = 'C:\\qcode-lane'

/** Why the lane does not run here; undefined where it may. */
export function whyNot(): string | undefined {
  const { env, platform } = process
  if (platform !== 'win32') return 'this is not Windows'
  if (!env.CI)
    return 'it writes to the registry and to the Credential Manager, so it wants a machine of its own (CI)'
  return existsSync('D:\\') ? undefined : 'there is no drive D'
}

/** Homes, the key and drive D of specs are in folders of the lane; Node.js is the one that runs this. */
function spell(text: string): string {
  return text
    .replaceAll('C:\\Program Files\\nodejs\\node.exe', process.execPath)
    .replaceAll(/C:(\\+|\/)users\1root\1AppData\1Roaming\1npm/g, 'C:$1qcode-lane$1npm')
    .replaceAll(/Z:(\\+|\/)lane/g, 'C:$1qcode-lane$1lane')
    .replaceAll(/C:(\\+|\/)(?=users|keys)/g, 'C:$1qcode-lane$1')
    .replaceAll(/(?<![A-Za-z])([Dd]):(\\+|\/)/g, '$1:$2qcode-lane$2')
}

/** Installs the program as it is now, by npm, and starts what starts others. */
export async function startWindows(): Promise<Windows> {
  rmSync(folder, { recursive: true, force: true })
  const lane = join(folder, 'lane')
  mkdirSync(lane, { recursive: true })
  const { stdout } = await execa(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    {
      cwd: projectPath,
    },
  )
  const tarball = process.env.QCODE_WINDOWS_PACKAGE || join(folder, basename(JSON.parse(stdout)[0].filename))
  const options = ['--no-audit', '--no-fund', '--prefix', join(folder, 'npm')]
  await execa('npm', ['install', '--global', ...options, tarball, keyring])
  for (const name of ['driver.mjs', 'watch.cjs']) {
    copyFileSync(join(import.meta.dirname, name), join(lane, name))
  }
  const port = join(lane, 'port')
  const driver = spawn(process.execPath, [join(lane, 'driver.mjs'), port], { stdio: 'inherit' })
  while (!existsSync(port)) {
    if (driver.exitCode !== null) throw new Error('what starts the programs of specs has ended')
    await pause(50)
  }
  const origin = `http://127.0.0.1:${readFileSync(port, 'utf8')}`
  return {
    run: async (start) =>
      (await fetch(origin, { method: 'POST', body: JSON.stringify(start) })).json() as Promise<Ran>,
    pathOf: (path) => path,
    spell,
    close: () => {
      driver.kill()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export async function runUnitTests(paths: readonly string[]): Promise<UnitResults> {
  const report = join(projectPath, 'node_modules', '.unit-results.json')
  const vitest = join(projectPath, 'node_modules/vitest/vitest.mjs')
  const args = ['run', '--project', 'unit', '--reporter=json', `--outputFile=${report}`, ...paths]
  await execa(process.execPath, [vitest, ...args], { cwd: projectPath, reject: false })
  return unitResults(readFileSync(report, 'utf8'))
}
