import { setTimeout } from 'node:timers/promises'
import type { Catalog, Tool } from '../catalog/tool.ts'
import { hostTransport } from '../checks/check-gateway.ts'
import type { CommandContext } from '../command.ts'
import { cancelled, quoteWord, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { fetchModels } from '../gateway/fetch-models.ts'
import { type Gateway, type Region, servesModel } from '../gateway/gateway.ts'
import { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { detectedTools, methodsOf, namedTools } from '../request/choose-tools.ts'
import { type Field, fields, fieldsOf } from '../request/fields.ts'
import { chooseOrigin } from '../request/normalise-request.ts'
import { type Input, isOn, type KeyStore, listOf, type Scope, textOf } from '../request/request.ts'
import { keyAccount, openKeychain } from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import { type Message, say, written } from '../texts/message.ts'
import { wrapText } from '../ui/render-table.ts'
import { styleFor } from '../ui/style.ts'
import { renderFindings } from '../ui/write-text.ts'
import { askCheckbox, askSelect, type Question, showAnswer, tell } from './ask.ts'
import { holdTerminal } from './hold-terminal.ts'
import { type KeyTest, resolveKey } from './resolve-key.ts'

/** Who judges the answers while they are given. */
interface Judges {
  readonly accepts: AcceptsOrigin
  /** The input with the tools whose files can be edited; asks where there are others. */
  readonly usableTools: (input: Input) => Promise<Input>
  /** As `KeyTest`, for what the input names by then. */
  readonly testKey: (key: Secret, input: Input) => ReturnType<KeyTest>
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
): Promise<{ input: Input; key: Secret | undefined }> {
  const { host } = context
  holdTerminal(host)
  const lines = wrapText(host.texts['ask.intro'], host.terminal.columns)
  tell(host, lines.map(styleFor(host, 'stderr').dim).join('\n'))
  const withTools = await usableTools(await askTools(input, context))
  const withRegion = await askRegion(withTools, context, accepts)
  const withStore = await askKeyStore(withRegion, host)
  const settledKey = await resolveKey(withStore, key, context, (each) => testKey(each, withStore))
  // Where the one that was given was refused, the command that does the same is not to name its source.
  const withKey = key && settledKey !== key ? withValues(withStore, 'keyFile', ['-']) : withStore
  return { input: await askModels(withKey, settledKey, context), key: settledKey }
}

const toolsQuestion = { asked: say('ask.tools'), answered: say('ask.tools.short') }

/** Which tools: those that can be set up as the flags say, the ones found on this machine ticked and marked. */
export async function askTools(input: Input, { host, catalog }: CommandContext): Promise<Input> {
  const named = await namedTools(input, catalog, host)
  if (named) {
    showAnswer(host, say('ask.tools.short'), named.map(({ id }) => id).join(', '))
    return input
  }
  const detected = await detectedTools(catalog, host)
  const choices = fittingTools(input, catalog).map((tool) => ({
    value: tool.id,
    name: detected.includes(tool) ? say('ask.tools.installed', { tool: tool.title }) : tool.title,
    short: tool.id,
    checked: detected.includes(tool),
  }))
  return withValues(input, 'tool', await askCheckbox(host, toolsQuestion, choices, say('ask.tools.required')))
}

function fittingTools(input: Input, catalog: Catalog): Tool[] {
  const scope = (textOf(input, 'scope') ?? 'user') as Scope
  const method = textOf(input, 'method')
  return catalog.tools.filter((tool) =>
    methodsOf(tool, scope).some((candidate) => method === undefined || candidate === method),
  )
}

/** Whether the user takes an origin; asks where it has no TLS and nobody has agreed to that on this machine. */
export type AcceptsOrigin = (origin: Origin) => Promise<boolean>

/** Which region. One that is not accepted is asked for again; one that a flag named is then left. */
export async function askRegion(
  input: Input,
  { host, catalog }: CommandContext,
  accepts: AcceptsOrigin,
): Promise<Input> {
  if (textOf(input, 'region') !== undefined || textOf(input, 'gateway') !== undefined) {
    const { origin } = chooseOrigin(input, catalog.gateway)
    showAnswer(host, say('ask.region'), origin.text)
    if (!(await accepts(origin))) throw cancelled()
    return input
  }
  const { regions } = catalog.gateway
  const choices = regions.map((region) => ({
    value: region,
    name: describe(region),
    short: written(region.title, region.titleZh),
  }))
  const preset = regions.find(({ id }) => id === fields.region.default)
  for (;;) {
    const region = await askSelect(host, say('ask.region'), choices, preset)
    if (await accepts(Origin.ofRegion(region))) return withValues(input, 'region', [region.id])
  }
}

/** Its name and the reason for it. */
function describe({ title, titleZh, audience, audienceZh }: Region): Message {
  return written(`${title}: ${audience}`, `${titleZh}：${audienceZh}`)
}

/** A keychain that does not answer by then is not offered, in ms. */
const timeoutMs = 1500

/** Where to keep the key: asked only where this machine has a keychain that answers; the default stays the files. */
export async function askKeyStore(input: Input, host: Host): Promise<Input> {
  if (textOf(input, 'keyStore') !== undefined || !(await answers(host))) return input
  const store = await askSelect<KeyStore>(
    host,
    { asked: say('ask.key-store'), answered: say('ask.key-store.short') },
    [
      { value: 'file', name: say('ask.key-store.file'), short: say('ask.key-store.file.short') },
      { value: 'keychain', name: say('ask.key-store.keychain'), short: say('ask.key-store.keychain.short') },
    ],
    'file',
  )
  return store === 'file' ? input : withValues(input, 'keyStore', [store])
}

async function answers(host: Host): Promise<boolean> {
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
 * Which model each tool is to use, out of the gateway's own list; first of all the client's default, which writes
 * nothing. Asked only where the gateway may be contacted and gives a list.
 */
export async function askModels(
  input: Input,
  key: Secret | undefined,
  context: CommandContext,
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
  const names = await fetchModels(origin, catalog.gateway, key, hostTransport(host))
  const chosen: string[] = []
  for (const tool of tools) {
    const fitting = names.filter((name) => fits(name, tool, catalog.gateway))
    if (fitting.length === 0) continue
    const own = { value: undefined, name: say('ask.model.default') }
    const models = fitting.map((name) => ({ value: name, name }))
    const model = await askSelect<string | undefined>(host, modelQuestion(tool), [own, ...models])
    if (model !== undefined) chosen.push(`${tool.id}=${model}`)
  }
  return chosen.length > 0 ? withValues(input, 'model', chosen) : input
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

/** The input as if these values had been given by the field's flag. */
export function withValues(input: Input, name: string, values: readonly string[]): Input {
  return { ...input, values: { ...input.values, [name]: values } }
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

/** `region`: take it back, and then ask which other region to take. */
type AfterFailedCheck = 'keep' | 'region' | 'undo'

/**
 * What to do when the gateway did not answer as it should. Asked after the files are written, so leaving the question
 * keeps them and is no cancellation.
 */
export async function askAfterFailedCheck(
  problems: readonly Finding[],
  canUndo: boolean,
  host: Host,
): Promise<AfterFailedCheck> {
  tell(host, renderFindings(problems, host))
  try {
    return await askSelect<AfterFailedCheck>(host, say('ask.failed-check'), [
      { value: 'keep', name: say('ask.failed-check.keep') },
      { value: 'region', name: say('ask.failed-check.region') },
      ...(canUndo ? [{ value: 'undo' as const, name: say('ask.failed-check.undo') }] : []),
    ])
  } catch (error) {
    if (error instanceof UserError && error.code === 'cancelled') return 'keep'
    throw error
  }
}

/** Which region to take instead. Errors: UserError `cancelled`. */
export async function askOtherRegion(context: CommandContext, accepts: AcceptsOrigin): Promise<string> {
  const nothing = { values: {}, switches: new Set<string>(), positionals: [] }
  return textOf(await askRegion(nothing, context, accepts), 'region') ?? ''
}
