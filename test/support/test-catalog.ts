import { fileURLToPath } from 'node:url'
import { compileCatalog } from '../../src/catalog/compile-catalog.ts'

export const projectFolder = fileURLToPath(new URL('../..', import.meta.url))

/** The catalog as the templates folder has it now. */
export const testCatalog = await compileCatalog(`${projectFolder}templates`)
