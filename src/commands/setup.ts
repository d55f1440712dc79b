import {
  type CommandContext,
  type CommandSpec,
  isInteractive,
  type Outcome,
  type WritingContext,
} from '../command.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { readFileState } from '../host/read-file-state.ts'
import { planSetup } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { findWrittenKeys } from '../plan/written-keys.ts'
import { completeChoice, namedTools } from '../request/choose-tools.ts'
import { chooseOrigin, keychainKey, normaliseRequest } from '../request/normalise-request.ts'
import { type Input, isOn, type ToolChoice, textOf, withValues } from '../request/request.ts'
import { hashKey } from '../secrets/keychain.ts'
import { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { reportSetup } from '../ui/report-setup.ts'
import { withProgress } from '../ui/write-text.ts'
import type { Presets } from '../wizard/complete-input.ts'
import type { NextStep, PresentState } from '../wizard/resolve-conflict.ts'
import { type Applied, applyChoices, type ChoicesMaker, type Chosen } from './apply-choices.ts'
import { checkSetUp, findRefusals } from './check-after.ts'
import { existingChoices, loadLedger, storedKey } from './choices-of.ts'
import { givenKey, throwAwayKey } from './given-key.ts'
import { leaveOutBroken } from './leave-out-broken.ts'
import { acceptsOrigin } from './plain-http.ts'
import { resolveRegion, resolveVariants } from './resolve-region.ts'
import { planData } from './write-plan.ts'

export const setupCommand: CommandSpec = {
  name: 'setup',
  summary: say('help.setup'),
  examples: [
    ['qcode-setup', say('help.setup.example-1')],
    ['qcode-setup --tool codex --region eu --key-file ~/key.txt --yes', say('help.setup.example-2')],
    ['pass qcode | qcode-setup --tool all --key-file - --dry-run --diff', say('help.setup.example-3')],
  ],
  writes: 'files',
  network: true,
  needsEveryTool: true,
  run: runSetup,
}

/** Points tools at the gateway: what is missing is asked for on a terminal, else it is a usage error. */
export async function runSetup(given: Input, context: WritingContext): Promise<Outcome> {
  const present =
    isBare(given) && isInteractive(given, context.host) ? await readPresent(given, context) : undefined
  const next = present && (await askWhatNext(present, context.host))
  if (next && next !== 'setup') return goOn[next](given, context)
  const settled = await resolveRegion(given, context)
  const { input, key } = await complete(settled.input, context, present?.presets)
  return applyChoices(setupMaker(input, key, settled.findings, context), context)
}

/** Nothing was asked for but to talk. */
function isBare({ values, switches }: Input): boolean {
  const isTold = (name: string) => !['lang', 'timeout', 'noCheck'].includes(name)
  return ![...Object.keys(values), ...switches].some(isTold)
}

interface PresentSetup extends PresentState {
  readonly presets: Presets
}

/** What is set up, and whether it works, as far as that may be asked; undefined where nothing is. */
async function readPresent(input: Input, context: WritingContext): Promise<PresentSetup | undefined> {
  const { host, catalog } = context
  const { choices } = existingChoices(context)
  if (choices.length === 0) return undefined
  const ledger = loadLedger(context)
  const { keys } = await findWrittenKeys({ ledgers: [ledger], copies: [] }, catalog.tools, [], {
    read: readFileState,
  })
  const stored = await storedKey(choices, context)
  const all = [...[...keys].map((key) => new Secret(key)), ...(stored ? [stored] : [])]
  const [key, ...others] = new Map(all.map((one) => [hashKey(one), one])).values()
  const only = others.length === 0 ? key : undefined
  const origins = [...new Map(choices.map(({ origin }) => [origin.text, origin])).values()]
  const places = origins.map((origin) => ({
    origin,
    choices: choices.filter((one) => one.origin.text === origin.text),
  }))
  const quick = textOf(input, 'timeout') ? input : withValues(input, 'timeout', [patience])
  const work = Promise.all(
    places.map(async (place) => ({
      tools: [...new Set(place.choices.map(({ tool }) => tool.title))],
      region: place.origin.title,
      check: isOn(input, 'noCheck')
        ? undefined
        : await checkSetUp(
            { choices: place.choices, ...(only && { key: only }) },
            place.origin,
            quick,
            context,
          ),
    })),
  )
  const region = origins.length === 1 ? origins[0]?.region : undefined
  return {
    places: await withProgress(host, host.texts['check.progress'], work),
    ...(only && { key: only }),
    presets: {
      tools: [...new Set(choices.map(({ tool }) => tool.id))],
      ...(region !== undefined && region !== 'custom' && { region }),
      ...(only && { key: only }),
    },
  }
}

/** In seconds: what is set up is shown before the first question, and a gateway that is slower than this is told as silent. */
const patience = '3'

type Onward = (input: Input, context: WritingContext) => Promise<Outcome>

/** The commands that the first question leads to; each asks what it needs. */
const goOn: Readonly<Record<Exclude<NextStep, 'setup'>, Onward>> = {
  region: async (input, context) => {
    const { askRegion } = await import('../wizard/ask-region.ts')
    const accepts = (origin: Origin) => acceptsOrigin(origin, input, context)
    const region = textOf(await askRegion(input, context, accepts), 'region') ?? ''
    return (await import('./switch.ts')).runSwitch({ ...input, positionals: [region] }, context)
  },
  key: async (input, context) => (await import('./key-rotate.ts')).rotateKey(input, context),
  check: async (input, context) => (await import('./check.ts')).runCheck(input, context),
  undo: async (input, context) => (await import('./undo.ts')).runUndo(input, context),
  remove: async (input, context) => (await import('./remove.ts')).runRemove(input, context),
  quit: async () => ({ exit: 0, findings: [], data: {}, report: '' }),
}

async function askWhatNext(present: PresentState, host: Host): Promise<NextStep> {
  const { askNextStep } = await import('../wizard/resolve-conflict.ts')
  return askNextStep(present, host)
}

function setupMaker(
  input: Input,
  key: Secret | undefined,
  before: readonly Finding[],
  context: WritingContext,
): ChoicesMaker<Plan> {
  return {
    command: 'setup',
    input,
    choose: () => choose(input, key, before, context),
    inRegion: (region) => setupMaker(inRegion(input, region), key, [], context),
    report: (applied) => report(applied, input, context),
  }
}

async function choose(
  input: Input,
  key: Secret | undefined,
  before: readonly Finding[],
  context: CommandContext,
): Promise<Chosen<Plan>> {
  const { host, catalog } = context
  const tools = await namedTools(input, catalog, host)
  if (!tools) throw missingTool(catalog.tools.map(({ id }) => id))
  const { request, origin, findings } = await normaliseRequest(input, tools, key, catalog, host)
  const settled = await resolveVariants(request.choices, input, context)
  return {
    choices: settled.choices,
    origin,
    ...(request.key && { key: request.key, checkedKey: request.key }),
    findings: [...before, ...findings, ...settled.findings],
    makePlan: (planContext, choices) => planSetup({ ...request, choices }, planContext),
    canLeaveOut: true,
  }
}

async function report(applied: Applied<Plan>, input: Input, context: CommandContext): Promise<Outcome> {
  const { plan, findings, exit, run, plainHttp, check, choices } = applied
  const origin = choices[0]?.origin
  return {
    exit,
    findings,
    data: {
      ...planData(plan, findings),
      region: origin?.region ?? null,
      gateway: origin?.text ?? null,
      plainHttp,
      check,
      run: run ?? null,
    },
    ...reportSetup({ ...applied, ...(await sameCommand(input, applied, context)) }, context.host),
  }
}

async function complete(
  input: Input,
  context: WritingContext,
  presets?: Presets,
): Promise<{ input: Input; key: Secret | undefined }> {
  const interactive = isInteractive(input, context.host)
  const keyFile = textOf(input, 'keyFile')
  // On a terminal, standard input is where the questions are answered, the one for the key among them.
  const isAsked = textOf(input, 'keyStore') === 'env' || (interactive && keyFile === '-')
  const key = isAsked ? undefined : await givenKey(input, context.host)
  if (!interactive) return { input, key: key ?? (await keychainKey(input, context.host)) }
  const { completeInput } = await import('../wizard/complete-input.ts')
  const judges = {
    accepts: (origin: Origin) => acceptsOrigin(origin, input, context),
    usableTools: (answered: Input) => usableTools(answered, context),
    testKey: (tried: Secret, answered: Input) => testKey(tried, answered, context),
  }
  return completeInput(input, key, context, judges, presets)
}

/** What the gateway says against a key for the tools that were chosen. */
async function testKey(key: Secret, input: Input, context: WritingContext): Promise<readonly Finding[]> {
  return findRefusals(key, await choicesSoFar(input, context), input, context)
}

async function usableTools(input: Input, context: WritingContext): Promise<Input> {
  const choices = await choicesSoFar(input, context)
  // The key is asked for later; any other one stands in the same files.
  const key = textOf(input, 'keyStore') === 'env' ? undefined : new Secret(throwAwayKey(context.host))
  const usable = await leaveOutBroken(choices, key, input, context)
  if (usable.length === choices.length) return input
  return { ...input, values: { ...input.values, tool: usable.map(({ tool }) => tool.id) } }
}

/** What was named by then; a region that was not is global. */
async function choicesSoFar(input: Input, { host, catalog }: CommandContext): Promise<ToolChoice[]> {
  const { origin } = chooseOrigin(input, catalog.gateway)
  const tools = (await namedTools(input, catalog, host)) ?? []
  return Promise.all(tools.map((tool) => completeChoice(tool, origin, input, catalog, host)))
}

/** The input with the region of an answer in place of what was given. */
function inRegion({ values, ...input }: Input, region: string): Input {
  const { gateway: _, ...others } = values
  return { ...input, values: { ...others, region: [region] } }
}

/** The command line that does the same without questions, where questions were asked. */
async function sameCommand(
  input: Input,
  { onConflict, inGit, effect }: Applied<Plan>,
  context: CommandContext,
): Promise<{ sameCommand?: string }> {
  if (!isInteractive(input, context.host)) return {}
  const { equivalentCommand } = await import('../wizard/complete-input.ts')
  const decided = onConflict === undefined ? {} : { onConflict: [onConflict] }
  const values = { ...input.values, ...decided }
  const allowed = effect.some(({ level }) => level === 'error') ? ['allowProblems'] : []
  const switches = new Set([...input.switches, ...(inGit === undefined ? [] : [inGit]), ...allowed])
  return { sameCommand: equivalentCommand({ ...input, values, switches }, context) }
}

function missingTool(ids: readonly string[]): UserError {
  return new UserError({
    code: 'tool-missing',
    message: say('error.tool-missing'),
    hint: say('error.tool-missing.hint', { tools: ids }),
    exit: 2,
  })
}
