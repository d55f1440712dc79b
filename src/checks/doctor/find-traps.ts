import type { Trap } from '../../catalog/diagnosis.ts'
import type { Where } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { quoteWord } from '../../host/quote-word.ts'
import { fillNames } from './find-setting.ts'
import { type Evidence, holdsCondition, type TrapScene } from './holds-condition.ts'
import { isInRange } from './open-sources.ts'
import { findAssignment, type Profile } from './read-profiles.ts'

/** The client that may be caught; without one, the environment of any. */
export interface Caught {
  readonly tool?: string
  readonly version?: string | undefined
  readonly variant?: string
}

/** The traps whose conditions all hold. */
export function findTraps(
  traps: readonly Trap[],
  { tool, version, variant }: Caught,
  scene: TrapScene,
  profiles: readonly Profile[],
): Finding[] {
  return traps
    .filter(({ versions }) => isInRange(versions, version))
    .filter(({ variants }) => variants === undefined || variants.includes(variant ?? ''))
    .flatMap((trap) => {
      const evidence = holdsAll(trap, scene)
      if (!evidence) return []
      const fill = (text: string, found = evidence.name) => fillNames(text, { ...scene.names, found }) ?? text
      const where = whereOf(evidence, profiles)
      return [
        {
          id: trap.id,
          level: trap.level,
          message: fill(trap.text),
          messageZh: fill(trap.textZh),
          // It is there to be copied into a shell.
          hint: fill(trap.mend, quoteWord(evidence.name)),
          ...(tool !== undefined && { tool }),
          ...(where && { where }),
        },
      ]
    })
}

/** What the first condition with a name holds by; undefined when one does not hold. */
function holdsAll({ when }: Trap, scene: TrapScene): Evidence | undefined {
  const found = when.map((condition) => holdsCondition(condition, scene))
  if (found.includes(undefined)) return undefined
  return found.find((evidence) => evidence?.name !== '') ?? { name: '' }
}

function whereOf({ name, path }: Evidence, profiles: readonly Profile[]): Where | undefined {
  if (path !== undefined) return { file: path }
  return /^\w+$/.test(name) ? findAssignment(name, profiles) : undefined
}
