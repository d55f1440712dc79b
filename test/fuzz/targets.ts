import { catalogTargets } from './catalog/catalog-targets.ts'
import { documentTargets } from './documents/document-targets.ts'
import { hugeTargets } from './documents/huge-targets.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { replyTargets } from './gateway/reply-targets.ts'
import { urlTargets } from './gateway/url-targets.ts'
import { inputTargets } from './input/input-targets.ts'
import { lintTargets } from './input/lint-targets.ts'
import { screenTargets } from './input/screen-targets.ts'
import { stateTargets } from './state/state-targets.ts'

/** Everything that reads what the program did not write itself. */
export const targets: readonly FuzzTarget[] = [
  ...documentTargets,
  ...hugeTargets,
  ...catalogTargets,
  ...urlTargets,
  ...replyTargets,
  ...inputTargets,
  ...screenTargets,
  ...lintTargets,
  ...stateTargets,
]
