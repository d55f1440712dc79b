import type { Tool } from '../catalog/tool.ts'
import { hostTransport } from '../checks/check-transport.ts'
import type { CommandContext } from '../commands/command.ts'
import { fetchModels } from '../gateway/fetch-models.ts'
import { type Gateway, servesModel } from '../gateway/gateway.ts'
import { chooseOrigin } from '../request/choose-origin.ts'
import { methodsOf, namedTools } from '../request/choose-tools.ts'
import { type Input, isOn, listOf, textOf } from '../request/input.ts'
import type { Scope } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { messagesFor } from '../ui/locale.ts'
import { askSelect } from './ask.ts'
import { showAnswer } from './say.ts'
import { withValues } from './with-values.ts'

/**
 * Which model each tool is to use, out of the gateway's own list; first of all the client's default, which writes
 * nothing. Asked only where the gateway may be contacted and gives a list.
 */
export async function askModels(
  input: Input,
  key: Secret | undefined,
  context: CommandContext,
): Promise<Input> {
  const { host, catalog } = context
  const messages = messagesFor(host).model
  const given = listOf(input, 'model')
  if (given.length > 0) {
    showAnswer(host, messages.answered, given.join(', '))
    return input
  }
  const tools = ((await namedTools(input, catalog, host)) ?? []).filter((tool) => takesModel(tool, input))
  if (tools.length === 0 || key === undefined || isOn(input, 'noCheck')) return input
  const { origin } = chooseOrigin(input, catalog.gateway)
  const names = await fetchModels(origin, catalog.gateway, key, hostTransport(host))
  const chosen: string[] = []
  for (const tool of tools) {
    const fitting = names.filter((name) => fits(name, tool, catalog.gateway))
    if (fitting.length === 0) continue
    const own = { value: undefined, name: messages.ownDefault }
    const models = fitting.map((name) => ({ value: name, name }))
    const model = await askSelect<string | undefined>(host, messages.question(tool.title), [own, ...models])
    if (model !== undefined) chosen.push(`${tool.id}=${model}`)
  }
  return chosen.length > 0 ? withValues(input, 'model', chosen) : input
}

/** Whether what would be written for the tool has a place for a model. */
function takesModel(tool: Tool, input: Input): boolean {
  const scope = (textOf(input, 'scope') ?? 'user') as Scope
  const method = textOf(input, 'method') ?? methodsOf(tool, scope)[0]
  const written =
    method === 'env' ? tool.env?.variables : tool.targets.filter((target) => target.scope === scope)
  return JSON.stringify(written ?? {}).includes('{{ model }}')
}

function fits(name: string, tool: Tool, gateway: Gateway): boolean {
  const protocol = tool.variants[0]?.endpoints[0]?.protocol
  return protocol !== undefined && servesModel(gateway, protocol, name)
}
