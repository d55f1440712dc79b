import { inFolders } from '../../catalog/folder-variables.ts'
import type { Catalog } from '../../catalog/tool.ts'
import type { EffectContext, ExistingSetup, ToolView } from '../../effect/tool-view.ts'
import type { Finding } from '../../finding.ts'
import { hostIn, regionMeant } from '../../gateway/judge-base-url.ts'
import { isUnencryptedUrl } from '../../gateway/origin.ts'
import type { Host } from '../../host/host.ts'
import { inShell, quoteWord } from '../../texts/commands.ts'

/** The command that writes a setup again as it was chosen, and where; `inPlace` leads it to the tool's folders. `given` are flags that stand behind it already. */
export function setupLine(
  { tool, project, scope = 'user', method, shell, model, keyStore = 'file', ...setup }: ExistingSetup,
  inPlace: (line: string) => string = (line) => line,
  given = '',
): string {
  const flags = [
    ...gatewayFlags(setup),
    ...(setup.name === undefined ? [] : [`--name ${setup.name}`]),
    ...(scope === 'user' ? [] : [`--scope ${scope}`]),
    ...(method === 'env' ? ['--method env', ...(shell === undefined ? [] : [`--shell ${shell}`])] : []),
    ...(keyStore === 'file' ? [] : [`--key-store ${keyStore}`]),
    ...(model === undefined ? [] : [`--model ${quoteWord(model)}`]),
  ]
  const missing = flags.filter((flag) => !given.includes(flag.split(' ')[0] ?? ''))
  const line = inPlace([`qcode-setup --tool ${tool}`, ...missing].join(' ') + given)
  return project === undefined ? line : inShell().inFolder(quoteWord(project), line)
}

function gatewayFlags({ region = 'custom', gateway }: Pick<ExistingSetup, 'region' | 'gateway'>): string[] {
  const flag = region === 'custom' ? `--gateway ${quoteWord(gateway)}` : `--region ${region}`
  return isUnencryptedUrl(gateway) ? [flag, '--allow-http'] : [flag]
}

/** What commands are completed with. */
interface HintContext extends Pick<EffectContext, 'setups' | 'catalog'> {
  readonly host: Host
}

/**
 * The findings with each command of their hints that sets a tool up completed: for the gateway, in the place and in the way in
 * which the tool is set up or, where it is not, for the gateway that its base URL means, else for the one that all other
 * tools have. Without that a pasted command would lead elsewhere.
 */
export function completeHints(
  findings: readonly Finding[],
  views: readonly ToolView[],
  { setups, catalog, host }: HintContext,
): Finding[] {
  const complete = (line: string, id: string, given: string) => {
    if (/ --(region|gateway) /.test(`${given} `)) return line
    const view = views.find(({ tool }) => tool.id === id)
    const own = view?.setups[0] ?? setups.find(({ tool }) => tool === id)
    const tool = catalog.tools.find((one) => one.id === id)
    if (own && tool) return setupLine(own, (whole) => inFolders(whole, tool, own.folders ?? {}, host), given)
    const gateway = meantGateway(view, setups, catalog)
    return gateway ? [`qcode-setup --tool ${id}`, ...gatewayFlags(gateway)].join(' ') + given : line
  }
  const command = /qcode-setup --tool ([\w-]+)((?: --[\w-]+(?: [\w-]+)?)*)/g
  return findings.map(({ hint, ...finding }) =>
    hint === undefined ? finding : { ...finding, hint: hint.map((text) => text.replace(command, complete)) },
  )
}

function meantGateway(
  view: ToolView | undefined,
  setups: readonly ExistingSetup[],
  { gateway }: Catalog,
): Pick<ExistingSetup, 'region' | 'gateway'> | undefined {
  const urls = (view?.connections ?? []).flatMap(({ baseUrl }) => baseUrl.winner?.value ?? [])
  const meant = urls.flatMap((url) => regionMeant(hostIn(url) ?? '', gateway) ?? [])[0]
  if (meant) return { region: meant.id, gateway: meant.origin }
  const [only, ...others] = new Map(setups.map((setup) => [setup.gateway, setup])).values()
  return others.length === 0 ? only : undefined
}
