import { join } from 'node:path'
import { execa } from 'execa'
import { emptyDir, outputJson, readJson } from 'fs-extra/esm'
import { clientFolder } from './client-folder.ts'
import type { ClientPackage } from './client-packages.ts'

/** Installs one client into its folder; does nothing when its stamp says that just this is there. */
export async function installClient(client: ClientPackage): Promise<void> {
  const folder = clientFolder(client.id)
  const stamp = join(folder, 'installed.json')
  if (await isInstalled(stamp, client)) return
  await emptyDir(folder)
  await installers[client.registry](client, folder)
  await outputJson(stamp, client)
}

const installers = { npm: installFromNpm, pypi: installFromPypi }

async function isInstalled(stamp: string, client: ClientPackage): Promise<boolean> {
  const found = await readJson(stamp).catch(() => undefined)
  return JSON.stringify(found) === JSON.stringify(client)
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
  await execa('python3', ['-m', 'venv', folder])
  await execa(join(folder, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...pins])
}
