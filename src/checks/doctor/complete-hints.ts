import { inFolders } from '../../catalog/folder-variables.ts'
import type { Catalog } from '../../catalog/tool.ts'
import { loadFormats } from '../../documents/formats.ts'
import { mendOwnLine } from '../../effect/profile-findings.ts'
import {
  type EffectContext,
  type ExistingSetup,
  isGatewayKey,
  type ToolView,
} from '../../effect/tool-view.ts'
import type { Finding } from '../../finding.ts'
import { hostIn, regionMeant } from '../../gateway/judge-base-url.ts'
import { isUnencryptedUrl } from '../../gateway/origin.ts'
import type { Host } from '../../host/host.ts'
import { DocumentSet } from '../../plan/document-set.ts'
import { displayValue } from '../../plan/placeholders.ts'
import { type Conflict, type Plan, pathId } from '../../plan/plan.ts'
import type { PlanContext } from '../../plan/plan-work.ts'
import { isAsLastWritten } from '../../plan/profile-path.ts'
import { setupOf } from '../../plan/setups.ts'
import { keyTargets } from '../../plan/shared-keys.ts'
import { ownKeys } from '../../plan/written-keys.ts'
import type { ToolChoice } from '../../request/request.ts'
import { inShell, quoteWord } from '../../texts/commands.ts'

/** The command that writes a setup again as it was chosen, and where; `inPlace` leads it to the tool's folders. `given` are flags that stand behind it already. */
export function setupLine(
  { tool, project, scope = 'user', method, shell, model, keyStore = 'file', files, ...setup }: ExistingSetup,
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
    ...(files?.some(({ state }) => state === 'changed') ? ['--on-conflict overwrite'] : []),
  ]
  const missing = flags.filter((flag) => !given.includes(flag.split(' ')[0] ?? ''))
  const line = inPlace([`qcode-setup --tool ${tool}`, ...missing].join(' ') + given)
  return project === undefined ? line : inShell().inFolder(quoteWord(project), line)
}

type Gateway = Pick<ExistingSetup, 'region' | 'gateway'>

/** The flags that choose the gateway of a setup. */
export function gatewayFlags({ region = 'custom', gateway }: Gateway): string[] {
  const flag = region === 'custom' ? `--gateway ${quoteWord(gateway)}` : `--region ${region}`
  return isUnencryptedUrl(gateway) ? [flag, '--allow-http'] : [flag]
}

/** What commands are completed with. */
interface HintContext extends Pick<EffectContext, 'setups' | 'catalog'>, Pick<PlanContext, 'ledger'> {
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
  { setups, catalog, host, ledger }: HintContext,
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
  return findings.map((finding) => {
    const { hint } = mendOwnLine(finding, ledger)
    return hint ? { ...finding, hint: hint.map((text) => text.replace(command, complete)) } : finding
  })
}

function meantGateway(
  view: ToolView | undefined,
  setups: readonly ExistingSetup[],
  { gateway }: Catalog,
): Gateway | undefined {
  const urls = (view?.connections ?? []).flatMap(({ baseUrl }) => baseUrl.winner?.value ?? [])
  const meant = urls.flatMap((url) => regionMeant(hostIn(url) ?? '', gateway) ?? [])[0]
  if (meant) return { region: meant.id, gateway: meant.origin }
  const [only, ...others] = new Map(setups.map((setup) => [setup.gateway, setup])).values()
  return others.length === 0 ? only : undefined
}

/** A plan that moves these choices with the keys in their files: a changed one, which it can't write again, is a conflict. */
export async function withKeyConflicts(
  plan: Plan,
  choices: readonly ToolChoice[],
  context: PlanContext,
  host: Host,
): Promise<Plan> {
  const { ledger, machine } = context
  const wanted = choices.flatMap((choice) => keyTargets(choice, context).map((one) => ({ ...one, choice })))
  const documents = new DocumentSet(machine.read, await loadFormats(wanted.map(({ format }) => format)))
  const changed = wanted.flatMap(({ choice, tool, path, format, leaves }) => {
    const { document, path: name } = documents.open(path, format)
    return leaves.flatMap(({ keyPath }): Conflict[] => {
      const id = pathId(name, keyPath)
      const entry = ledger.entries.find((one) => pathId(one.path, one.keyPath) === id)
      const value = document.get(keyPath)
      if (!entry || value === undefined || isAsLastWritten(value, entry, host)) return []
      const works = typeof value === 'string' && isGatewayKey(value, { ownKeys: ownKeys(ledger) })
      const actual = displayValue(value, keyPath, true)
      return [{ tool, path, keyPath, why: 'drift', actual, again: writesAgain(choice, host), works }]
    })
  })
  const open = changed.filter((conflict) => context.decide(conflict) !== 'skip')
  return { ...plan, conflicts: [...plan.conflicts, ...open] }
}

function writesAgain(choice: ToolChoice, host: Host): string {
  const { tool, folders = {}, name } = choice
  const line =
    name === undefined
      ? setupLine(setupOf(choice, host), (whole) => inFolders(whole, tool, folders, host))
      : `qcode-setup switch ${name} ${tool.id}`
  return `${line} --on-conflict overwrite`
}
