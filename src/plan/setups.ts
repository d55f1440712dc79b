import type { ToolChoice } from '../request/request.ts'
import type { Setup } from './ledger.ts'

/** A choice as the ledger remembers it. */
export function setupOf(choice: ToolChoice): Setup {
  const { tool, variant, origin, scope, method, keyStore, keyWay, shell, project, model } = choice
  return {
    tool: tool.id,
    region: origin.region,
    gateway: origin.text,
    scope,
    method,
    variant: variant.id,
    ...(keyStore !== 'file' && { keyStore }),
    ...(keyWay && { keyWay: keyWay.id }),
    ...(project !== undefined && { project }),
    ...(shell !== undefined && { shell: shell.id }),
    ...(model !== undefined && { model }),
  }
}

/** The setups after these choices: one for each tool and place, the newest counts. A model once chosen stays until another is. */
export function mergeSetups(before: readonly Setup[], choices: readonly ToolChoice[]): Setup[] {
  const merged = new Map(before.map((setup) => [placeOf(setup), setup]))
  for (const setup of choices.map(setupOf)) {
    const earlier = merged.get(placeOf(setup))
    const model = setup.model ?? earlier?.model
    merged.set(placeOf(setup), { ...setup, ...(model !== undefined && { model }) })
  }
  return [...merged.values()]
}

/** The setups without those of the same tool in the same place as a removed choice. */
export function dropSetups(before: readonly Setup[], removed: readonly ToolChoice[]): Setup[] {
  const places = new Set(removed.map((choice) => placeOf(setupOf(choice))))
  return before.filter((setup) => !places.has(placeOf(setup)))
}

function placeOf({ tool, scope, project }: Setup): string {
  return JSON.stringify([tool, scope, project])
}
