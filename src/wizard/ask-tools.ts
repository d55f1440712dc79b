import type { Catalog, Tool } from '../catalog/tool.ts'
import { hostTransport } from '../checks/check-gateway.ts'
import type { CommandContext } from '../command.ts'
import { GoneBack } from '../errors.ts'
import { fetchModels } from '../gateway/fetch-models.ts'
import { type Gateway, servesModel } from '../gateway/gateway.ts'
import type { Host } from '../host/host.ts'
import { detectedTools, methodsOf, namedTools } from '../request/choose-tools.ts'
import { chooseOrigin } from '../request/normalise-request.ts'
import { type Input, isOn, listOf, type Scope, textOf, withValues } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { withProgress } from '../ui/write-text.ts'
import { askCheckbox, askSelect, type Question, showAnswer } from './ask.ts'

const toolsQuestion = { asked: say('ask.tools'), answered: say('ask.tools.short') }

/**
 * Which tools: those that can be set up as the flags say, installed ones first and ticked. The others are behind one line,
 * each with how to install it; `preset` is what is ticked in place of the installed ones.
 */
export async function askTools(
  input: Input,
  { host, catalog }: CommandContext,
  preset?: readonly string[],
  canGoBack = false,
): Promise<Input> {
  const named = await namedTools(input, catalog, host)
  if (named) {
    showAnswer(host, say('ask.tools.short'), named.map(({ id }) => id).join(', '))
    return input
  }
  const detected = await withProgress(host, host.texts['progress.look'], detectedTools(catalog, host))
  const isHere = (tool: Tool) => detected.includes(tool)
  const fitting = fittingTools(input, catalog)
  const choiceOf = (tool: Tool) => ({
    value: tool.id,
    name: say(isHere(tool) ? 'ask.tools.installed' : 'ask.tools.missing', { tool: tool.title }),
    detail: isHere(tool) ? undefined : tool.install,
    short: tool.id,
    checked: preset?.includes(tool.id) ?? isHere(tool),
  })
  const missing = fitting.filter((tool) => !isHere(tool))
  const isPreset = ({ id }: Tool) => preset?.includes(id) === true
  const first = [...fitting.filter(isHere), ...missing.filter(isPreset)]
  const chosen = await askCheckbox(host, toolsQuestion, first.map(choiceOf), {
    folded: missing.filter((tool) => !isPreset(tool)).map(choiceOf),
    more: (count) => say('ask.tools.more', { count }),
    required: say('ask.tools.required'),
    nothingFits: say('ask.nothing-fits'),
    canGoBack,
  })
  return withValues(input, 'tool', chosen)
}

function fittingTools(input: Input, catalog: Catalog): Tool[] {
  const scope = (textOf(input, 'scope') ?? 'user') as Scope
  const method = textOf(input, 'method')
  return catalog.tools.filter((tool) =>
    methodsOf(tool, scope).some((candidate) => method === undefined || candidate === method),
  )
}

/** What is answered by then. */
interface Answers {
  readonly input: Input
  readonly key: Secret | undefined
}

/** A tool, and the gateway's models that it can use. */
interface ToolModels {
  readonly tool: Tool
  readonly fitting: readonly string[]
}

/** For the tools that take a model; none where one was named, or where the gateway may not be asked or gives no list. */
export async function listModels({ input, key }: Answers, context: CommandContext): Promise<ToolModels[]> {
  const { host, catalog } = context
  if (listOf(input, 'model').length > 0) return []
  const tools = ((await namedTools(input, catalog, host)) ?? []).filter((tool) => takesModel(tool, input))
  if (tools.length === 0 || key === undefined || isOn(input, 'noCheck')) return []
  const { origin } = chooseOrigin(input, catalog.gateway)
  const known = modelNames.get(host)
  const names =
    known?.origin === origin.text && known.key === key
      ? known.names
      : await withProgress(
          host,
          host.texts['check.progress'],
          fetchModels(origin, catalog.gateway, key, hostTransport(host)),
        )
  modelNames.set(host, { origin: origin.text, key, names })
  return tools.flatMap((tool) => {
    const fitting = names.filter((name) => fits(name, tool, catalog.gateway))
    return fitting.length > 0 ? [{ tool, fitting }] : []
  })
}

/** Asked for once: whoever goes back and forth waits no second time. */
const modelNames = new WeakMap<Host, { origin: string; key: Secret; names: readonly string[] }>()

/**
 * Whether to choose models; then which one each tool is to use, out of the gateway's own list. A tool's default writes
 * nothing. `preset`: what was chosen before, as in `--model`.
 */
export async function askModels(
  answers: Answers,
  context: CommandContext,
  preset: readonly string[] = [],
  canGoBack = false,
): Promise<Input> {
  const { host } = context
  const { input } = answers
  const given = listOf(input, 'model')
  if (given.length > 0) showAnswer(host, say('ask.model.short'), given.join(', '))
  const lists = await listModels(answers, context)
  let before = preset
  while (lists.length > 0 && (await wantsModels(host, before.length > 0, canGoBack))) {
    const chosen = new Map(before.map((each) => [each.split('=')[0], each]))
    const isDone = await askEach(lists, chosen, host)
    before = [...chosen.values()]
    if (isDone) return before.length > 0 ? withValues(input, 'model', before) : input
  }
  return input
}

/** One tool after the other; going back leads to the tool before. False: from the first one. `chosen` takes the answers. */
async function askEach(
  lists: readonly ToolModels[],
  chosen: Map<string | undefined, string>,
  host: Host,
): Promise<boolean> {
  for (let index = 0; index < lists.length; ) {
    const { tool, fitting } = lists[index] as ToolModels
    const own = { value: undefined, name: say('ask.model.default') }
    const models = fitting.map((name) => ({ value: name, name }))
    try {
      const model = await askSelect<string | undefined>(host, modelQuestion(tool), [own, ...models], {
        preset: chosen.get(tool.id)?.slice(tool.id.length + 1),
        canGoBack: true,
        nothingFits: say('ask.nothing-fits'),
      })
      if (model === undefined) chosen.delete(tool.id)
      else chosen.set(tool.id, `${tool.id}=${model}`)
      index += 1
    } catch (error) {
      if (!(error instanceof GoneBack)) throw error
      if (index === 0) return false
      index -= 1
    }
  }
  return true
}

function wantsModels(host: Host, preset: boolean, canGoBack: boolean): Promise<boolean> {
  const choices = [
    { value: false, name: say('ask.models.defaults') },
    { value: true, name: say('ask.models.choose') },
  ]
  return askSelect(host, { asked: say('ask.models'), answered: say('ask.model.short') }, choices, {
    preset,
    canGoBack,
  })
}

function modelQuestion({ title: tool }: Tool): Question {
  return { asked: say('ask.model', { tool }), answered: say('ask.model.of', { tool }) }
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
