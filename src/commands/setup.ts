import { windowsFindings } from '../checks/windows-folders.ts'
import {
  type CommandContext,
  type CommandSpec,
  isInteractive,
  type Outcome,
  type WritingContext,
} from '../command.ts'
import { GoneBack, TriesFirst, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { namesIn } from '../ledger.ts'
import { type Holding, planSetup } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { standingSetup } from '../plan/setups.ts'
import { withSharing } from '../plan/shared-keys.ts'
import { completeChoice, namedTools } from '../request/choose-tools.ts'
import {
  chooseOrigin,
  keychainKey,
  normaliseRequest,
  refuseWrongInstall,
} from '../request/normalise-request.ts'
import { type Input, isOn, nameIn, type ToolChoice, textOf } from '../request/request.ts'
import { keepWishes } from '../request/wishes.ts'
import { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { reportSetup } from '../ui/report-setup.ts'
import { renderFindings, withProgress, writeText } from '../ui/write-text.ts'
import type { Completed, Presets } from '../wizard/complete-input.ts'
import { type Applied, applyChoices, type ChoicesMaker, type Chosen } from './apply-choices.ts'
import { findRefusals } from './check-after.ts'
import { existingChoices, loadLedger } from './choices-of.ts'
import { givenKey, throwAwayKey } from './given-key.ts'
import { holdName } from './key.ts'
import { launchAgents, namedApplications } from './launch-agent.ts'
import { leaveOutBroken } from './leave-out-broken.ts'
import { type Named, readNamed, refuseNewName, refuseOther } from './names.ts'
import { acceptsOrigin } from './plain-http.ts'
import { createPlanContext } from './plan-context.ts'
import { resolveRegion, resolveVariants, toOrigin } from './resolve-region.ts'
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
  if (!isBare(given) || !isInteractive(given, context.host)) return setUp(given, context)
  const { askWhatNext } = await import('./what-next.ts')
  return askWhatNext(given, context, setUp)
}

/** Nothing was asked for but to talk. */
function isBare({ values, switches }: Input): boolean {
  const isTold = (name: string) => !['lang', 'timeout', 'noCheck'].includes(name)
  return ![...Object.keys(values), ...switches].some(isTold)
}

/** Going back from the last question about it leads to the answers that it is made of. */
async function setUp(given: Input, context: WritingContext, presets?: Presets): Promise<Outcome> {
  refuseWrongInstall(given, context.catalog, context.host, isInteractive(given, context.host))
  namedApplications(given, context.host)
  const { input: told, named } = await takeName(given, context)
  const settled = await resolveRegion(told, context)
  let answers = await complete(settled.input, context, presets, named?.key)
  for (;;) {
    const { input, key, goBack } = answers
    const before = [...settled.findings, ...(await install(input, given, context))]
    const canGoBack = goBack !== undefined || context.canGoBack === true
    try {
      return await applyChoices(setupMaker(input, key, before, context), { ...context, canGoBack })
    } catch (error) {
      if (error instanceof TriesFirst && key) {
        const { tryFirst } = await import('./try-first.ts')
        const tried = await tryFirst(await choicesSoFar(input, context), input, key, context)
        if (tried) return tried
      } else if (goBack !== undefined && error instanceof GoneBack) answers = await goBack()
      else throw error
    }
  }
}

/**
 * A name that is remembered says where the gateway is, and has the key; a new one is judged. Errors: UserErrors, exit 2, for a
 * new one that can be none, and where what is given beside one that is known says something else.
 */
async function takeName(
  input: Input,
  context: CommandContext,
): Promise<{ readonly input: Input; readonly named?: Named }> {
  const name = nameIn(input)
  if (name === undefined) return { input }
  refuseNewName(name, input, context.catalog)
  const ledger = loadLedger(context)
  if (!namesIn(ledger).has(name)) return { input }
  const named = await readNamed(name, ledger, context)
  const says = textOf(input, 'region') ?? textOf(input, 'gateway')
  const { origin } = says === undefined ? named : chooseOrigin(input, context.catalog.gateway)
  const isGiven = textOf(input, 'keyFile') !== undefined
  refuseOther(named, { origin, key: isGiven ? await givenKey(input, context.host) : undefined })
  return { input: toOrigin(input, named.origin), named }
}

/** The clients that are missing, once all is known that decides about them: their versions choose what is written. */
async function install(input: Input, given: Input, context: WritingContext): Promise<readonly Finding[]> {
  if (!isOn(input, 'install')) return []
  const { host, catalog } = context
  const { installMissing } = await import('./install-clients.ts')
  const tools = (await namedTools(input, catalog, host)) ?? []
  const how = { isAgreed: true, isOffer: !isOn(given, 'install') }
  const found = await installMissing(tools, input, context, how)
  if (!isInteractive(input, host) || found.length === 0) return found
  // What comes next is a question about the rest.
  writeText(host, 'error', `${renderFindings(found, host)}\n`)
  return []
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
    report: async (applied) => {
      const outcome = await report(applied, input, context)
      if (!isOn(input, 'alsoWindows')) return outcome
      const { alsoOnWindows } = await import('./export.ts')
      return alsoOnWindows(outcome, { ...applied, key }, input, context)
    },
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
  const { request, origin, findings } = await looking(
    host,
    normaliseRequest(input, tools, key, catalog, host, keepSetUp(input, context)),
  )
  const beside = isOn(input, 'alsoWindows') ? [] : windowsFindings(tools, host)
  const { key: own } = request
  const planContext = createPlanContext(context, own, () => 'skip')
  const shared = withSharing(request.choices, existingChoices(context).choices, planContext)
  const settled = await resolveVariants(shared.choices, input, context)
  const name = nameIn(input)
  const agents = launchAgents(input, settled.choices, host)
  const holding = name !== undefined && own ? await holdNew(name, own, origin, input, context) : undefined
  const keys = new Map(name !== undefined && own ? [[name, own]] : [])
  return {
    choices: settled.choices,
    origin,
    ...(own && { key: own, checkedKey: own }),
    findings: [
      ...[before, findings, shared.findings, settled.findings, beside].flat(),
      ...agents.map(({ howToStart }) => howToStart),
    ],
    makePlan: (planContext, choices) =>
      planSetup({ ...request, keys, choices }, planContext, undefined, [
        ...(holding ? [holding] : []),
        ...launchAgents(input, choices, host),
      ]),
    canLeaveOut: true,
    canTry: request.key !== undefined && (await hasTriable(settled.choices, input, context)),
  }
}

/** What remembers the gateway and the key, where the name is new: what is remembered has both already. */
async function holdNew(
  name: string,
  key: Secret,
  origin: Origin,
  input: Input,
  context: CommandContext,
): Promise<Holding | undefined> {
  const ledger = loadLedger(context)
  if (namesIn(ledger).has(name)) return undefined
  const keyStore = textOf(input, 'keyStore')
  return holdName(name, { origin, key, ...(keyStore !== undefined && { keyStore }) }, ledger, context)
}

async function hasTriable(
  choices: readonly ToolChoice[],
  input: Input,
  { host }: CommandContext,
): Promise<boolean> {
  if (!isInteractive(input, host)) return false
  return (await import('./try-first.ts')).triable(choices, host).length > 0
}

/** Adds to a choice what was wished for where it is set up already: a second setup need not say it again. */
function keepSetUp(input: Input, context: CommandContext): (choice: ToolChoice) => ToolChoice {
  const { setups } = loadLedger(context)
  return (choice) => keepWishes(choice, standingSetup(choice, setups, context.host) ?? {}, input)
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

/** `known`: the key of a name, in place of any other. */
async function complete(
  input: Input,
  context: WritingContext,
  presets?: Presets,
  known?: Secret,
): Promise<Completed> {
  const interactive = isInteractive(input, context.host)
  const keyFile = textOf(input, 'keyFile')
  // On a terminal, standard input is where the questions are answered, the one for the key among them.
  const isAsked = textOf(input, 'keyStore') === 'env' || (interactive && keyFile === '-')
  const key = known ?? (isAsked ? undefined : await givenKey(input, context.host))
  if (!interactive) return { input, key: key ?? (await keychainKey(input, context.host)) }
  const { completeInput } = await import('../wizard/complete-input.ts')
  const judges = {
    accepts: (origin: Origin, back?: boolean) => acceptsOrigin(origin, input, context, back),
    usableTools: (answered: Input, back: boolean) => usableTools(answered, context, back),
    choicesSoFar: (answered: Input) => choicesSoFar(answered, context),
    offerInstall: async (answered: Input) =>
      (await import('./install-clients.ts')).offerInstall(answered, input, context),
    testKey: (tried: Secret, answered: Input) => testKey(tried, answered, context),
  }
  return completeInput(input, key, context, judges, presets)
}

/** What the gateway says against a key for the tools that were chosen. */
async function testKey(key: Secret, input: Input, context: WritingContext): Promise<readonly Finding[]> {
  return findRefusals(key, await choicesSoFar(input, context), input, context)
}

async function usableTools(input: Input, context: WritingContext, canGoBack: boolean): Promise<Input> {
  const choices = await choicesSoFar(input, context)
  // The key is asked for later; any other one stands in the same files.
  const key = textOf(input, 'keyStore') === 'env' ? undefined : new Secret(throwAwayKey(context.host))
  const usable = await leaveOutBroken(choices, key, input, context, canGoBack)
  if (usable.length === choices.length) return input
  return { ...input, values: { ...input.values, tool: usable.map(({ tool }) => tool.id) } }
}

/** What was named by then; a region that was not is global. */
async function choicesSoFar(input: Input, context: CommandContext): Promise<ToolChoice[]> {
  const { host, catalog } = context
  const { origin } = chooseOrigin(input, catalog.gateway)
  const tools = (await namedTools(input, catalog, host)) ?? []
  const keep = keepSetUp(input, context)
  const all = tools.map(async (tool) => keep(await completeChoice(tool, origin, input, catalog, host)))
  return looking(host, Promise.all(all))
}

/** A client may be slow to tell its version. */
function looking<Result>(host: Host, work: Promise<Result>): Promise<Result> {
  return withProgress(host, host.texts['progress.look'], work)
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
