import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { resolvePath, resolvePlaces } from '../../catalog/places.ts'
import type { Catalog } from '../../catalog/tool.ts'
import { filesAt } from '../../host/files-at.ts'
import type { Ledger } from '../../ledger.ts'
import type { Surroundings } from './url-readers.ts'

/**
 * Every file of this machine where the catalog's tools or shells may read a base URL, for the user and for the project
 * in the present folder, and every file in which this program wrote. Each once; not all of them exist.
 */
export function machineFiles(catalog: Catalog, host: Surroundings, ledger: Ledger): string[] {
  const ofTools = catalog.tools.flatMap(({ places, targets }) =>
    targets.map(({ path }) => resolvePath(path, resolvePlaces(places, host))),
  )
  const ofShells = catalog.shells.flatMap(({ envFile, profiles, alsoRead, universal, starts }) =>
    [
      envFile,
      ...profiles.flat(),
      ...alsoRead,
      universal ?? [],
      ...starts.flatMap(({ reads }) => reads.flat()),
    ]
      .flat()
      // What the system's own files say is not the user's to correct.
      .filter((path) => !path.startsWith('{{ system }}'))
      .flatMap((path) => filesAt(resolvePath(path, resolvePlaces({}, host)))),
  )
  const written = ledger.entries.map(({ path }) => path)
  return [...new Set([...ofTools, ...ofShells, ...dotenvFiles(host.cwd), ...written])]
}

/** `.env` and the like, such as `.env.local`; the folder itself where it cannot be looked into. */
function dotenvFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\.env(\.|$)/.test(name))
      .map((name) => join(folder, name))
  } catch {
    return existsSync(folder) ? [folder] : []
  }
}
