import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Host } from '../host/host.ts'
import { configFolder } from './places.ts'
import type { Catalog, Tool } from './tool.ts'

/** The tools that come with the program (compiled when it was built) and the user's own, which may not take their ids. */
export async function loadCatalog(host: Host): Promise<Catalog> {
  const file = join(host.packageFolder, 'dist', 'catalog.json')
  const catalog: Catalog = JSON.parse(readFileSync(file, 'utf8'))
  const own = await loadOwnTools(host, catalog)
  return own.length === 0 ? catalog : { ...catalog, tools: [...catalog.tools, ...own] }
}

/** Folder of a user's own tools; each is a folder like those under templates/. */
export function ownToolsFolder(host: Host): string {
  return join(configFolder(host), 'tools')
}

async function loadOwnTools(host: Host, catalog: Catalog): Promise<readonly Tool[]> {
  const folder = ownToolsFolder(host)
  if (!existsSync(folder)) return []
  const { compileToolFolders } = await import('./compile-catalog.ts')
  return compileToolFolders(
    folder,
    catalog.gateway,
    catalog.tools.map((tool) => tool.id),
  )
}
