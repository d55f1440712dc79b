import type { Catalog, Tool, ToolOption } from '../catalog/tool.ts'
import { hostTransport } from '../checks/check-gateway.ts'
import type { CommandContext } from '../command.ts'
import { GoneBack } from '../errors.ts'
import { fetchModels } from '../gateway/fetch-models.ts'
import { type Gateway, servesModel } from '../gateway/gateway.ts'
import type { Host } from '../host/host.ts'
import { detectedTools, lacksModel, methodsOf, namedTools } from '../request/choose-tools.ts'
import { chooseOrigin } from '../request/normalise-request.ts'
import {
  type Input,
  isOn,
  listOf,
  type Scope,
  type ToolChoice,
  textOf,
  withValues,
} from '../request/request.ts'
import { isOffered } from '../request/wishes.ts'
import type { Secret } from '../secrets/secret.ts'
import { say, written } from '../texts/message.ts'
import { withProgress } from '../ui/write-text.ts'
import { askCheckbox, askSelect, showAnswer } from './ask.ts'

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
    showAnswer(host, say('ask.tools.short'), say('report.list', { items: named.map(({ title }) => title) }))
    return input
  }
  const detected = await withProgress(host, host.texts['progress.look'], detectedTools(catalog, host))
  const isHere = (tool: Tool) => detected.includes(tool)
  const fitting = fittingTools(input, catalog)
  const choiceOf = (tool: Tool) => ({
    value: tool.id,
    name: say(isHere(tool) ? 'ask.tools.installed' : 'ask.tools.missing', { tool: tool.title }),
    detail: isHere(tool) ? undefined : tool.install,
    short: tool.title,
    checked: preset?.includes(tool.id) ?? isHere(tool),
  })
  const isFirst = (tool: Tool) => isHere(tool) || preset?.includes(tool.id) === true
  const first = fitting.filter(isFirst).toSorted((one, other) => Number(isHere(other)) - Number(isHere(one)))
  const question = { asked: say('ask.tools'), answered: say('ask.tools.short') }
  const chosen = await askCheckbox(host, question, first.map(choiceOf), {
    folded: fitting.filter((tool) => !isFirst(tool)).map(choiceOf),
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
  const fitting = catalog.tools.filter((tool) =>
    methodsOf(tool, scope).some((candidate) => method === undefined || candidate === method),
  )
  // What most people use comes first; the rest stays as it is.
  return fitting.toSorted(({ rank: one = 1000 }, { rank: other = 1000 }) => one - other)
}

/** What is answered by then. */
interface Answers {
  readonly input: Input
  readonly key: Secret | undefined
}

/** A tool with its choice so far, and the gateway's models that it can use. */
interface ToolModels {
  readonly choice: ToolChoice
  readonly fitting: readonly string[]
}

/** For the tools that take a model; none where one was named, or where the gateway may not be asked or gives no list. */
export async function listModels(
  answers: Answers,
  choices: readonly ToolChoice[],
  context: CommandContext,
): Promise<ToolModels[]> {
  const taking = choices.filter((choice) => takesModel(choice.tool, answers.input))
  if (listOf(answers.input, 'model').length > 0 || taking.length === 0) return []
  const names = await namesAt(answers, context)
  return taking.flatMap((choice) => {
    const fitting = names.filter((name) => fits(name, choice.tool, context.catalog.gateway))
    return fitting.length > 0 ? [{ choice, fitting }] : []
  })
}

/** All models of the gateway that was answered; none where it may not be asked. */
async function namesAt(
  { input, key }: Answers,
  { host, catalog }: CommandContext,
): Promise<readonly string[]> {
  if (key === undefined || isOn(input, 'noCheck')) return []
  const { origin } = chooseOrigin(input, catalog.gateway)
  const known = modelNames.get(host)
  if (known?.origin === origin.text && known.key === key) return known.names
  const asked = fetchModels(origin, catalog.gateway, key, hostTransport(host))
  const names = await withProgress(host, host.texts['check.progress'], asked)
  modelNames.set(host, { origin: origin.text, key, names })
  return names
}

/** Asked for once: whoever goes back and forth waits no second time. */
const modelNames = new WeakMap<Host, { origin: string; key: Secret; names: readonly string[] }>()

/**
 * Whether to choose models; then which one each tool is to use, out of the gateway's own list. What is set up stays where
 * nothing else is chosen, and a tool's default takes it out. `preset`: what was chosen before, as in `--model`.
 */
export async function askModels(
  input: Input,
  lists: readonly ToolModels[],
  { host }: CommandContext,
  preset: readonly string[] = [],
  canGoBack = false,
): Promise<Input> {
  const given = listOf(input, 'model')
  if (given.length > 0) showAnswer(host, say('ask.model.short'), say('report.list', { items: given }))
  const standing = lists.flatMap(({ choice: { tool, model } }) =>
    model === undefined ? [] : [`${tool.id}=${model}`],
  )
  let before = preset
  while (lists.length > 0 && (await wantsModels(host, before.length > 0, standing.length > 0, canGoBack))) {
    const chosen = new Map([...standing, ...before].map((each) => [each.split('=')[0], each]))
    const isDone = await inTurn(lists, (list) => askModel(list, chosen, host))
    before = [...chosen.values()]
    if (!isDone) continue
    const gone = standing.map((each) => each.split('=')[0] ?? '').filter((id) => !chosen.has(id))
    const named = before.length > 0 ? withValues(input, 'model', before) : input
    const unset = gone.map((id) => `${id}=model`)
    return unset.length > 0 ? withValues(named, 'unset', unset) : named
  }
  return input
}

/** One after the other; going back leads to the one before. False: from the first one. */
async function inTurn<Item>(items: readonly Item[], ask: (item: Item) => Promise<void>): Promise<boolean> {
  for (let index = 0; index < items.length; ) {
    try {
      await ask(items[index] as Item)
      index += 1
    } catch (error) {
      if (!(error instanceof GoneBack)) throw error
      if (index === 0) return false
      index -= 1
    }
  }
  return true
}

/** `chosen` takes the answer. A tool that cannot do without a model has no default. */
async function askModel(
  { choice, fitting }: ToolModels,
  chosen: Map<string | undefined, string>,
  host: Host,
): Promise<void> {
  const { tool, scope, method } = choice
  const own = lacksModel({ tool, scope, method })
    ? []
    : [{ value: undefined, name: say('ask.model.default') }]
  const models = fitting.map((name) => ({ value: name, name }))
  const [asked, answered] = [
    say('ask.model', { tool: tool.title }),
    say('ask.model.of', { tool: tool.title }),
  ]
  const model = await askSelect<string | undefined>(host, { asked, answered }, [...own, ...models], {
    preset: chosen.get(tool.id)?.slice(tool.id.length + 1),
    canGoBack: true,
    nothingFits: say('ask.nothing-fits'),
  })
  if (model === undefined) chosen.delete(tool.id)
  else chosen.set(tool.id, `${tool.id}=${model}`)
}

function wantsModels(host: Host, preset: boolean, isSetUp: boolean, canGoBack: boolean): Promise<boolean> {
  const choices = [
    { value: false, name: say(isSetUp ? 'ask.models.as-set-up' : 'ask.models.defaults') },
    { value: true, name: say('ask.models.choose') },
  ]
  const question = { asked: say('ask.models'), answered: say('ask.model.short') }
  return askSelect(host, question, choices, { preset, canGoBack })
}

interface Offer {
  readonly option: ToolOption
  readonly tool: Tool
}

/** Options of the tools that are worth a question here: for the region, for what is installed, or where the gateway lists its models. */
export async function offeredOptions(
  answers: Answers,
  choices: readonly ToolChoice[],
  context: CommandContext,
): Promise<Offer[]> {
  const open = choices.flatMap((choice) =>
    choice.tool.options
      .filter(({ id, number }) => number === undefined && choice.options?.[id] === undefined)
      .map((option) => ({ option, tool: choice.tool, isHere: isOffered(option, choice, context.host) })),
  )
  const isListing =
    open.some(({ option }) => option.offerWithModels) && (await namesAt(answers, context)).length > 0
  const offered = open.filter(({ option, isHere }) => isHere || (option.offerWithModels && isListing))
  return [...new Map(offered.map((offer) => [offer.option.id, offer])).values()]
}

/** A yes or no for each of these options; `GoneBack` from the first. */
export async function askOptions(
  input: Input,
  offers: readonly Offer[],
  { host }: CommandContext,
  canGoBack = false,
): Promise<Input> {
  const wanted = new Set<string>()
  const isDone = await inTurn(offers, async ({ option, tool }) => {
    const what = written(option.text, option.textZh)
    const question = {
      asked: say('ask.option', { tool: tool.title, what }),
      answered: say('ask.option.short', { flag: option.id }),
    }
    const answers = [
      { value: false, name: say('ask.no') },
      { value: true, name: say('ask.yes') },
    ]
    const name = `option:${option.id}`
    const isWanted = await askSelect(host, question, answers, {
      preset: wanted.has(name),
      canGoBack: canGoBack || option !== offers[0]?.option,
    })
    if (isWanted) wanted.add(name)
    else wanted.delete(name)
  })
  if (!isDone) throw new GoneBack()
  return { ...input, switches: new Set([...input.switches, ...wanted]) }
}

/** Whether what would be written for the tool has a place for a model. */
function takesModel(tool: Tool, input: Input): boolean {
  const scope = (textOf(input, 'scope') ?? 'user') as Scope
  const method = textOf(input, 'method') ?? methodsOf(tool, scope)[0]
  const written = method === 'env' ? tool.env?.variables : tool.targets.filter((one) => one.scope === scope)
  return JSON.stringify(written ?? {}).includes('{{ model }}')
}

function fits(name: string, tool: Tool, gateway: Gateway): boolean {
  const protocol = tool.variants[0]?.endpoints[0]?.protocol
  return protocol !== undefined && servesModel(gateway, protocol, name)
}
