import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { execa, execaSync } from 'execa'
import { emptyDir, outputJson, readJson, remove } from 'fs-extra/esm'
import { clientFolder } from './client-folder.ts'
import type { ClientPackage } from './client-packages.ts'

/** Installs one client into its folder; does nothing when its stamp says that just this is there. */
export async function installClient(client: ClientPackage): Promise<void> {
  const folder = clientFolder(client.id)
  if (await isInstalled(client)) return
  await emptyDir(folder)
  await installers[client.registry](client, folder)
  await outputJson(join(folder, 'installed.json'), stampOf(client))
}

/** What a folder is marked with. Which packages are held is no part of what is in it. */
function stampOf({ held: _, ...installed }: ClientPackage) {
  return installed
}

const installers = { npm: installFromNpm, pypi: installFromPypi, crates: installFromCrates }

/** What this machine would need to install a client, and has not. Minutes of building are for who asks for them. */
export async function missingFor(client: ClientPackage): Promise<string | undefined> {
  const { registry, python } = client
  if (await isInstalled(client)) return undefined
  if (registry === 'crates' && process.env.QCODE_BUILD_CLIENTS !== '1') return 'QCODE_BUILD_CLIENTS=1'
  if (registry === 'crates' && !runs('cargo')) return 'cargo'
  return python !== undefined && pythonOf(python) === undefined ? `Python ${python}` : undefined
}

/** By its name in PATH, else one that pyenv keeps aside. */
export function pythonOf(version: string): string | undefined {
  const kept = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions')
  const names = existsSync(kept) ? readdirSync(kept).filter((name) => name.startsWith(`${version}.`)) : []
  return [`python${version}`, ...names.map((name) => join(kept, name, 'bin/python'))].find(runs)
}

function runs(command: string): boolean {
  return execaSync(command, ['--version'], { reject: false }).exitCode === 0
}

async function isInstalled(client: ClientPackage): Promise<boolean> {
  const found = await readJson(join(clientFolder(client.id), 'installed.json')).catch(() => undefined)
  return JSON.stringify(found) === JSON.stringify(stampOf(client))
}

/** Native binaries come as optional platform packages, so optional ones stay on. */
async function installFromNpm(client: ClientPackage, folder: string): Promise<void> {
  await outputJson(join(folder, 'package.json'), { private: true, dependencies: client.packages })
  const scripts = client.scripts ? [] : ['--ignore-scripts']
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  await execa('npm', ['install', '--engine-strict=false', ...quiet, ...scripts], { cwd: folder })
}

async function installFromPypi(client: ClientPackage, folder: string): Promise<void> {
  const pins = Object.entries(client.packages).map(([name, version]) => `${name}==${version}`)
  const python = client.python === undefined ? 'python3' : (pythonOf(client.python) ?? 'python3')
  await execa(python, ['-m', 'venv', folder])
  await execa(join(folder, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...pins])
}

/** Built from source, as its users do it, but not made fast, which takes most of the time. */
async function installFromCrates(client: ClientPackage, folder: string): Promise<void> {
  const build = join(folder, 'build')
  const fixed = ['--locked', '--quiet', '--root', folder, '--target-dir', build]
  const env = { CARGO_PROFILE_RELEASE_LTO: 'off', CARGO_PROFILE_RELEASE_OPT_LEVEL: '0' }
  for (const [name, version] of Object.entries(client.packages))
    await execa('cargo', ['install', name, '--version', version, ...fixed], { env })
  await remove(build)
}
