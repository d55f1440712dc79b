import type { Catalog, Tool } from '../catalog/tool.ts'
import { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import type { Setup } from '../plan/ledger.ts'
import type { KeyStore, Method, Scope, ToolChoice } from '../request/request.ts'

/** A remembered setup as a choice once more; undefined when its tool is not in the catalog any more. */
export function choiceOf(setup: Setup, catalog: Catalog, host: Host): ToolChoice | undefined {
  const tool = catalog.tools.find(({ id }) => id === setup.tool)
  const variant = tool?.variants.find(({ id }) => id === setup.variant) ?? tool?.variants[0]
  if (!tool || !variant) return undefined
  const shell = catalog.shells.find(
    ({ id, platforms }) =>
      id === setup.shell && (platforms === undefined || platforms.includes(host.platform)),
  )
  const keyWay = tool.keyWays.find(({ id }) => id === setup.keyWay)
  return {
    tool,
    variant,
    // The origin was checked when it was set up; a plain-HTTP relay was consented to then.
    origin: Origin.parse(setup.gateway, catalog.gateway, true).origin,
    scope: setup.scope as Scope,
    method: setup.method as Method,
    keyStore: (setup.keyStore ?? 'file') as KeyStore,
    ...(keyWay && { keyWay }),
    ...(shell && { shell }),
    ...(setup.project !== undefined && { project: setup.project }),
    ...(setup.model !== undefined && { model: setup.model }),
  }
}

/** All remembered setups whose tool is known, of these tools only where some are named. */
export function choicesOf(
  setups: readonly Setup[],
  catalog: Catalog,
  host: Host,
  tools: readonly Tool[] = catalog.tools,
): ToolChoice[] {
  return setups
    .filter((setup) => tools.some(({ id }) => id === setup.tool))
    .flatMap((setup) => choiceOf(setup, catalog, host) ?? [])
}
