import { isByHand, stepFormats } from '../catalog/steps.ts'
import type { Tool } from '../catalog/tool.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import { fillTemplate, fillText, type Lookup } from '../plan/placeholders.ts'
import { type Printed, printFormats, printTool, renderLeaves } from '../plan/print-tool.ts'
import { lookupFor, type WantedContext } from '../plan/wanted.ts'
import { completeChoice, lacksModel } from '../request/choose-tools.ts'
import { refuseForeignWishes } from '../request/folder-flags.ts'
import { chooseOrigin, missingKey } from '../request/normalise-request.ts'
import { notValid, printable, unknownValue } from '../request/parse-arguments.ts'
import { type Input, isOn, type ToolChoice, textOf } from '../request/request.ts'
import { synonymsOf } from '../request/synonyms.ts'
import { givenWishes } from '../request/wishes.ts'
import { Secret } from '../secrets/secret.ts'
import { asMessage, joined, type Message, say, written } from '../texts/message.ts'
import { shortFinding } from '../ui/plain-http-texts.ts'
import { loadLedger } from './choices-of.ts'
import { givenKey } from './given-key.ts'
import { namedIn, refuseBesideName } from './names.ts'

export const printCommand: CommandSpec = {
  name: 'print',
  summary: say('help.print'),
  positional: { name: 'TOOL', required: true },
  examples: [
    ['qcode-setup print codex --region asia', say('help.print.example-1')],
    ['qcode-setup print openai-sdk --format python', say('help.print.example-2')],
    ['qcode-setup print cursor --region eu', say('help.print.example-3')],
  ],
  writes: 'nothing',
  network: false,
  needsEveryTool: true,
  run: runPrint,
}

/** Stands for the key wherever the real one was not asked for. */
const standInKey = 'cr_YOUR_KEY'

const standInModel = 'MODEL_NAME'

/** Prints what one tool needs, for a paste or a script. Nothing is written. */
export async function runPrint(input: Input, context: CommandContext): Promise<Outcome> {
  const { host, catalog } = context
  refuseBesideName(input)
  const named = await namedIn(input, loadLedger(context), context)
  const choice = await chooseTool(input, named?.origin, context)
  const { gateway } = catalog
  const withoutKey: WantedContext = { gateway, host, key: new Secret(standInKey), now: host.now() }
  const formats = printFormats(choice, withoutKey)
  const format = textOf(input, 'format')
  if (format !== undefined && !formats.includes(format)) throw unknownFormat(choice.tool, format, formats)
  if (stepFormats(choice.tool).includes(format ?? formats[0] ?? ''))
    return showSteps(choice, format ?? 'steps', input, withoutKey, context)
  const planContext = { ...withoutKey, key: await chooseKey(input, named?.key, context) }
  const { text, files } = await printTool(choice, format, planContext)
  const { origin } = choice
  const others = await alsoNeeded(choice, files, format, planContext)
  const paths = files.map(({ path }) => path)
  const shown = format ?? formats[0] ?? 'sh'
  return {
    exit: 0,
    findings: [
      ...(origin.isUnencrypted ? [shortFinding(origin.text)] : []),
      ...(shown in choice.tool.importLinks && isOn(input, 'withKey') ? [linkHoldsKey] : []),
    ],
    data: {
      tool: choice.tool.id,
      region: origin.region,
      gateway: origin.text,
      format: shown,
      paths,
      files,
      text,
    },
    report: text.trimEnd(),
    showsKey: isOn(input, 'withKey'),
    next: [
      ...paths.map((path) => say('print.save-in', { path }).in(host.texts)),
      ...others.map((file) =>
        say('print.also', { path: file.path, tool: choice.tool.id, format: file.format }).in(host.texts),
      ),
    ],
  }
}

/** What is done by hand, as numbered lines, or the settings of one step alone. A key is never among them. */
async function showSteps(
  choice: ToolChoice,
  format: string,
  input: Input,
  context: WantedContext,
  { host }: CommandContext,
): Promise<Outcome> {
  if (isOn(input, 'withKey')) throw stepsWithKey()
  const { tool, origin } = choice
  const steps = await printSteps(choice, context)
  const one = steps.find(({ name }) => name === format)
  const text = one ? asMessage(one.settings ?? '') : numbered(steps, tool)
  return {
    exit: 0,
    findings: origin.isUnencrypted ? [shortFinding(origin.text)] : [],
    data: {
      ...{ tool: tool.id, region: origin.region, gateway: origin.text, format, paths: [], files: [] },
      facts: isByHand(tool) ? 'documented' : 'measured',
      steps,
      text,
    },
    report: text.in(host.texts),
    next: one ? [one.text.in(host.texts)] : [],
  }
}

function numbered(steps: readonly PrintedStep[], tool: Tool): Message {
  const { title, docs } = tool
  const head = isByHand(tool) ? [say('print.by-hand', { tool: title, docs }), ''] : []
  const lines = steps.flatMap(({ text, settings }, index) => [
    joined([`${index + 1}. `, text], ''),
    ...(settings === undefined ? [] : [settings.replace(/^(?=.)/gm, '   ')]),
  ])
  return joined([...head, ...lines])
}

function stepsWithKey(): UserError {
  return new UserError({
    code: 'steps-with-key',
    message: say('print.steps-key'),
    hint: say('print.steps-key.hint'),
    exit: 2,
  })
}

const linkHoldsKey: Finding = {
  id: 'link-holds-key',
  level: 'warning',
  message: say('print.link-holds-key'),
}

/** One step with its values filled in. */
interface PrintedStep {
  readonly text: Message
  /** What is pasted, in its format. */
  readonly settings?: string
  readonly format?: string
  readonly name?: string
}

/** What a user does by hand, in order; nothing where the tool has no steps. The key is never in it. */
function printSteps(choice: ToolChoice, context: WantedContext): Promise<PrintedStep[]> {
  const known = lookupFor(choice, context)
  const lookup: Lookup = (name) => (name === 'key' ? standInKey : known(name))
  return Promise.all(
    choice.tool.steps.map(async ({ text, textZh, settings }) => {
      const said = { text: written(fillText(text, lookup), fillText(textZh, lookup)) }
      if (!settings) return said
      const { format, content, name } = settings
      const filled = await renderLeaves(format, fillTemplate(content, lookup))
      return { ...said, settings: filled.trimEnd(), format, ...(name !== undefined && { name }) }
    }),
  )
}

/** What the tool needs besides, where one format was asked for; code, and variables of a tool that goes by these alone, need nothing. */
async function alsoNeeded(
  choice: ToolChoice,
  files: Printed['files'],
  format: string | undefined,
  context: WantedContext,
): Promise<Printed['files']> {
  const { env, snippets, importLinks } = choice.tool
  const isWhole = format !== undefined && (format in snippets || format in importLinks)
  if (format === undefined || isWhole || (files.length === 0 && env)) return []
  const { files: all } = await printTool(choice, undefined, context)
  // Lines for a shell take the place of the file of variables.
  const printed = files.length > 0 ? files : all.filter((file) => file.format === 'dotenv')
  return all.filter(({ path }) => !printed.some((file) => file.path === path))
}

function unknownFormat({ id, title }: Tool, format: string, formats: readonly string[]): UserError {
  const message = say('unknown.format', { tool: title, value: printable(format) })
  return notValid(`format-of-${id}`, message, format, formats, synonymsOf('format'))
}

async function chooseTool(
  input: Input,
  named: Origin | undefined,
  { host, catalog }: CommandContext,
): Promise<ToolChoice> {
  const id = input.positionals[0] ?? ''
  const tools = [...catalog.tools, ...catalog.byHand]
  const tool = tools.find((candidate) => candidate.id === id)
  if (!tool)
    throw unknownValue(
      'tool',
      id,
      tools.map((candidate) => candidate.id),
      { ...catalog, tools, byHand: [] },
    )
  const origin = named ?? chooseOrigin(input, catalog.gateway, textOf(input, 'printRegion')).origin
  refuseForeignWishes(input, [tool], catalog)
  const [variant] = tool.variants
  if (isByHand(tool) && variant) {
    const model = givenWishes(tool, input).model ?? standInModel
    return { ...{ tool, variant, origin, model }, scope: 'user', method: 'file', keyStore: 'file' }
  }
  const choice = await completeChoice(tool, origin, input, catalog, host)
  const hasSteps = stepFormats(tool).includes(textOf(input, 'format') ?? '')
  const lacksOne = lacksModel(choice) || (hasSteps && choice.model === undefined)
  return lacksOne ? { ...choice, model: standInModel } : choice
}

async function chooseKey(input: Input, named: Secret | undefined, { host }: CommandContext): Promise<Secret> {
  if (!isOn(input, 'withKey')) return new Secret(standInKey)
  if (named) return named
  const key = await givenKey(input, host)
  if (!key) throw missingKey()
  return key
}
