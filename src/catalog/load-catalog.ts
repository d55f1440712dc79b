import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { configFolder } from './places.ts'
import { isByHand } from './steps.ts'
import type { Catalog } from './tool.ts'

/** The tools that come with the program (compiled when it was built), and nothing of the user's. */
export function loadShippedCatalog(host: Host): Catalog {
  return JSON.parse(readFileSync(join(host.packageFolder, 'dist', 'catalog.json'), 'utf8'))
}

/**
 * The tools that come with the program and the user's own, which may take neither their ids nor one of `flags`, the
 * program's own flags without dashes.
 */
export async function loadCatalog(host: Host, flags: readonly string[]): Promise<Catalog> {
  const catalog = loadShippedCatalog(host)
  const folder = ownToolsFolder(host)
  if (!mayBeThere(folder)) return catalog
  const { flagsOfTool, loadOwnTools } = await import('./load-own-tools.ts')
  const taken = {
    ids: [...catalog.tools, ...catalog.byHand].map(({ id }) => id),
    flags: [...flags, ...catalog.tools.flatMap(flagsOfTool)],
  }
  const { tools, unusable } = await loadOwnTools(folder, catalog.gateway, taken, host)
  return {
    ...catalog,
    tools: [...catalog.tools, ...tools.filter((tool) => !isByHand(tool))],
    byHand: [...catalog.byHand, ...tools.filter(isByHand)],
    unusable,
  }
}

/** False only where it is certain: a folder that may not be read is reported. */
function mayBeThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    return hasCode(error, 'EACCES', 'EPERM')
  }
}

/** Folder of a user's own tools; each is a folder like those under templates/. */
export function ownToolsFolder(host: Host): string {
  return join(configFolder(host), 'tools')
}
