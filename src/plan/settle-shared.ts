import { isDeepStrictEqual } from 'node:util'
import type { Finding } from '../finding.ts'
import { pathId } from './path-id.ts'
import type { Leaf } from './placeholders.ts'
import { revealValue } from './reveal-value.ts'
import type { WantedTarget } from './wanted.ts'

interface Settled {
  readonly targets: readonly WantedTarget[]
  readonly findings: readonly Finding[]
}

/**
 * Where tools want different values at one place, as two models in one variable, the last one's is wanted alone: a plan
 * that wrote all of them in turn would find something to do every time. Conditional targets are left as they are.
 */
export function settleShared(targets: readonly WantedTarget[]): Settled {
  const owners = new Map(
    targets
      .filter(({ when }) => when === undefined)
      .flatMap((target) =>
        target.leaves.map((leaf) => [pathId(target.path, leaf.keyPath), { leaf, target }]),
      ),
  )
  const findings: Finding[] = []
  const isWanted = (target: WantedTarget, leaf: Leaf) => {
    const owner = owners.get(pathId(target.path, leaf.keyPath))
    if (target.when || !owner || isDeepStrictEqual(revealValue(owner.leaf.value), revealValue(leaf.value)))
      return true
    findings.push(sharedFinding(target, leaf, owner.target.tool))
    return false
  }
  const settled = targets.map((target) => ({
    ...target,
    leaves: target.leaves.filter((leaf) => isWanted(target, leaf)),
  }))
  return { targets: settled, findings }
}

function sharedFinding({ tool, path }: WantedTarget, { keyPath }: Leaf, owner: string): Finding {
  const name = keyPath.join('.')
  return {
    id: 'value-shared',
    level: 'warning',
    message: `${path}: ${tool} and ${owner} share ${name}; the value for ${owner} was taken.`,
    messageZh: `${path}：${tool} 与 ${owner} 共用 ${name}；采用了 ${owner} 的值。`,
  }
}
