import { catalogTargets } from './catalog/catalog-targets.ts'
import { documentTargets } from './documents/document-targets.ts'
import type { FuzzTarget } from './fuzz-target.ts'

/** Everything that reads what the program did not write itself. */
export const targets: readonly FuzzTarget[] = [...documentTargets, ...catalogTargets]
