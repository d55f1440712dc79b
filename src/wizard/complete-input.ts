import { setTimeout } from 'node:timers/promises'
import type { Catalog, Tool } from '../catalog/tool.ts'
import { hostTransport } from '../checks/check-gateway.ts'
import type { CommandContext } from '../command.ts'
import { quoteWord } from '../errors.ts'
import { fetchModels } from '../gateway/fetch-models.ts'
import { type Gateway, servesModel } from '../gateway/gateway.ts'
import type { Host } from '../host/host.ts'
import { detectedTools, methodsOf, namedTools } from '../request/choose-tools.ts'
import { type Field, fieldsOf } from '../request/fields.ts'
import { chooseOrigin, keychainKey } from '../request/normalise-request.ts'
import {
  type Input,
  isOn,
  type KeyStore,
  listOf,
  type Scope,
  textOf,
  withValues,
} from '../request/request.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say } from '../texts/message.ts'
import { wrapText } from '../ui/render-table.ts'
import { styleFor } from '../ui/style.ts'
import { withProgress } from '../ui/write-text.ts'
import { askCheckbox, askSelect, GoneBack, type Question, showAnswer, tell } from './ask.ts'
import { type KeyTest, resolveKey } from './ask-key.ts'
import { type AcceptsOrigin, askRegion } from './ask-region.ts'
import { holdTerminal } from './hold-terminal.ts'

/** Who judges the answers while they are given. */
interface Judges {
  readonly accepts: AcceptsOrigin
  /** The input with the tools whose files can be edited; asks where there are others. */
  readonly usableTools: (input: Input) => Promise<Input>
  /** As `KeyTest`, for what the input names by then. */
  readonly testKey: (key: Secret, input: Input) => ReturnType<KeyTest>
}

/** What is answered already, and comes first where it is asked for: what is set up, or what was answered before. */
export interface Presets {
  readonly tools?: readonly string[]
  readonly region?: string
  readonly key?: Secret
}

/** As far as the questions have come. */
interface Answers {
  readonly input: Input
  readonly key: Secret | undefined
}

interface Step {
  /** Whether it will ask. */
  readonly asks: (answers: Answers) => boolean | Promise<boolean>
  readonly take: (answers: Answers, canGoBack: boolean) => Promise<Answers>
}

/**
 * Asks for what the flags did not give, and shows what they gave; the input that comes back is the one that flags would
 * have given. `key` is the one from `--key-file` or QCODE_API_KEY. Errors: UserError `cancelled` (exit 130) when the
 * user leaves, and exit 2 for flags that contradict each other.
 */
export async function completeInput(
  input: Input,
  key: Secret | undefined,
  context: CommandContext,
  { accepts, usableTools, testKey }: Judges,
  presets: Presets = {},
): Promise<{ input: Input; key: Secret | undefined }> {
  const { host } = context
  holdTerminal(host)
  const lines = wrapText(host.texts['ask.intro'], host.terminal.columns)
  tell(host, lines.map(styleFor(host, 'stderr').dim).join('\n'))
  // A given value is shown once, however often the questions are gone through.
  const step = (name: string, ask: (answers: Answers, canGoBack: boolean) => Promise<Input>): Step => ({
    asks: ({ input: { values } }) => values[name] === undefined,
    take: async (answers, canGoBack) => ({ ...answers, input: await ask(answers, canGoBack) }),
  })
  const region = step('region', ({ input: so }, back) =>
    askRegion(so, context, accepts, presets.region, back),
  )
  const steps: readonly Step[] = [
    step('tool', async ({ input: so }) => usableTools(await askTools(so, context, presets.tools))),
    {
      ...region,
      asks: ({ input: { values } }) => values.region === undefined && values.gateway === undefined,
    },
    {
      ...step('keyStore', ({ input: so }, back) => askKeyStore(so, host, back)),
      asks: async ({ input: so }) => asksKeyStore(so, host),
    },
    {
      asks: async ({ input: so, key: given }) =>
        textOf(so, 'keyStore') !== 'env' && !given && !(await keychainKey(so, host)),
      take: async ({ input: so, key: given }, back) => {
        const settled = await resolveKey(so, given, context, (each) => testKey(each, so), presets.key, back)
        // Where the one that was given was refused, the command that does the same is not to name its source.
        return { input: given && settled !== given ? withValues(so, 'keyFile', ['-']) : so, key: settled }
      },
    },
    {
      asks: () => false,
      take: async ({ input: so, key: settled }, back) => ({
        input: await askModels(so, settled, context, back),
        key: settled,
      }),
    },
  ]
  return takeSteps(steps, { input, key })
}

/** One step after the other; a question that is gone back from leads to the one before it that was asked. */
async function takeSteps(steps: readonly Step[], start: Answers): Promise<Answers> {
  const asked: { readonly index: number; readonly before: Answers }[] = []
  let answers = start
  for (let index = 0; index < steps.length; ) {
    const step = steps[index] as Step
    const before = answers
    try {
      const asks = await step.asks(before)
      answers = await step.take(before, asked.length > 0)
      if (asks) asked.push({ index, before })
      index += 1
    } catch (error) {
      const last = error instanceof GoneBack ? asked.pop() : undefined
      if (last === undefined) throw error
      index = last.index
      answers = last.before
    }
  }
  return answers
}

const toolsQuestion = { asked: say('ask.tools'), answered: say('ask.tools.short') }

/** Which tools: those that can be set up as the flags say, installed ones first and ticked, others with how to install them. */
export async function askTools(
  input: Input,
  { host, catalog }: CommandContext,
  preset?: readonly string[],
): Promise<Input> {
  const named = await namedTools(input, catalog, host)
  if (named) {
    showAnswer(host, say('ask.tools.short'), named.map(({ id }) => id).join(', '))
    return input
  }
  const detected = await detectedTools(catalog, host)
  const isHere = (tool: Tool) => detected.includes(tool)
  const fitting = fittingTools(input, catalog)
  const choices = [...fitting.filter(isHere), ...fitting.filter((tool) => !isHere(tool))].map((tool) => ({
    value: tool.id,
    name: isHere(tool) ? say('ask.tools.installed', { tool: tool.title }) : missingName(tool),
    short: tool.id,
    checked: preset?.includes(tool.id) ?? isHere(tool),
  }))
  return withValues(input, 'tool', await askCheckbox(host, toolsQuestion, choices, say('ask.tools.required')))
}

function missingName({ title: tool, install: command }: Tool): Message {
  return command === undefined
    ? say('ask.tools.missing', { tool })
    : say('ask.tools.install', { tool, command })
}

function fittingTools(input: Input, catalog: Catalog): Tool[] {
  const scope = (textOf(input, 'scope') ?? 'user') as Scope
  const method = textOf(input, 'method')
  return catalog.tools.filter((tool) =>
    methodsOf(tool, scope).some((candidate) => method === undefined || candidate === method),
  )
}

/** A keychain that does not answer by then is not offered, in ms. */
const timeoutMs = 1500

/** Whether the question where to keep the key comes: only where this machine has a keychain that answers. */
async function asksKeyStore(input: Input, host: Host): Promise<boolean> {
  return textOf(input, 'keyStore') === undefined && (await answers(host))
}

/** Where to keep the key; the default stays the files. */
async function askKeyStore(input: Input, host: Host, canGoBack: boolean): Promise<Input> {
  if (!(await asksKeyStore(input, host))) return input
  const store = await askSelect<KeyStore>(
    host,
    { asked: say('ask.key-store'), answered: say('ask.key-store.short') },
    [
      { value: 'file', name: say('ask.key-store.file'), short: say('ask.key-store.file.short') },
      { value: 'keychain', name: say('ask.key-store.keychain'), short: say('ask.key-store.keychain.short') },
    ],
    { preset: 'file', canGoBack },
  )
  return store === 'file' ? input : withValues(input, 'keyStore', [store])
}

const keychainAnswers = new WeakMap<Host, Promise<boolean>>()

/** Asked once: a keychain that is locked may want its own question answered each time. */
function answers(host: Host): Promise<boolean> {
  const known = keychainAnswers.get(host) ?? askKeychain(host)
  keychainAnswers.set(host, known)
  return known
}

async function askKeychain(host: Host): Promise<boolean> {
  const giveUp = new AbortController()
  const read = openKeychain(host)
    .then((keychain) => keychain.read(keyAccount))
    .then(
      () => true,
      () => false,
    )
  const late = setTimeout(timeoutMs, false, { signal: giveUp.signal }).catch(() => false)
  const answered = await Promise.race([read, late])
  giveUp.abort()
  return answered
}

/**
 * Whether to choose models; then which one each tool is to use, out of the gateway's own list. A tool's default writes
 * nothing. Asked only where the gateway may be contacted and gives a list.
 */
async function askModels(
  input: Input,
  key: Secret | undefined,
  context: CommandContext,
  canGoBack: boolean,
): Promise<Input> {
  const { host, catalog } = context
  const given = listOf(input, 'model')
  if (given.length > 0) {
    showAnswer(host, say('ask.model.short'), given.join(', '))
    return input
  }
  const tools = ((await namedTools(input, catalog, host)) ?? []).filter((tool) => takesModel(tool, input))
  if (tools.length === 0 || key === undefined || isOn(input, 'noCheck')) return input
  const { origin } = chooseOrigin(input, catalog.gateway)
  const work = fetchModels(origin, catalog.gateway, key, hostTransport(host))
  const names = await withProgress(host, host.texts['check.progress'], work)
  const lists = tools.flatMap((tool) => {
    const fitting = names.filter((name) => fits(name, tool, catalog.gateway))
    return fitting.length > 0 ? [{ tool, fitting }] : []
  })
  if (lists.length === 0 || !(await wantsModels(host, canGoBack))) return input
  const chosen: string[] = []
  for (const { tool, fitting } of lists) {
    const own = { value: undefined, name: say('ask.model.default') }
    const models = fitting.map((name) => ({ value: name, name }))
    const model = await askSelect<string | undefined>(host, modelQuestion(tool), [own, ...models], {
      canGoBack: true,
      nothingFits: say('ask.nothing-fits'),
    })
    if (model !== undefined) chosen.push(`${tool.id}=${model}`)
  }
  return chosen.length > 0 ? withValues(input, 'model', chosen) : input
}

function wantsModels(host: Host, canGoBack: boolean): Promise<boolean> {
  const choices = [
    { value: false, name: say('ask.models.defaults') },
    { value: true, name: say('ask.models.choose') },
  ]
  return askSelect(host, { asked: say('ask.models'), answered: say('ask.model.short') }, choices, {
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

/**
 * The command line that does the same without questions. The key is left out: where no variable and no file holds it,
 * the command reads it from standard input.
 */
export function equivalentCommand(input: Input, { host, catalog }: CommandContext): string {
  const withKey = needsKey(input, host.env) ? withValues(input, 'keyFile', ['-']) : input
  const switches = new Set([...input.switches, 'yes'])
  const flags = fieldsOf('setup', catalog).flatMap(([name, field]) =>
    flagsOf(field, withKey.values[name] ?? [], switches.has(name)),
  )
  return ['qcode-setup', ...flags].join(' ')
}

function needsKey(input: Input, env: Readonly<Record<string, string | undefined>>): boolean {
  const given = textOf(input, 'keyFile') !== undefined || Boolean(env.QCODE_API_KEY)
  // What is kept in the keychain is there once the command has run.
  return !given && (textOf(input, 'keyStore') ?? 'file') === 'file'
}

function flagsOf({ flag, value, many }: Field, values: readonly string[], isOn: boolean): string[] {
  if (value === undefined) return isOn ? [`--${flag}`] : []
  const counting = many ? values : values.slice(-1)
  return counting.flatMap((text) => [`--${flag}`, quoteWord(text)])
}
