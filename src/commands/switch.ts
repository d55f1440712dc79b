import { readLedger } from '../apply/ledger-store.ts'
import { withKeyConflicts } from '../checks/doctor/complete-hints.ts'
import {
  type CommandContext,
  type CommandSpec,
  isInteractive,
  type Outcome,
  type WritingContext,
} from '../command.ts'
import { cancelled, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { findRegion } from '../gateway/gateway.ts'
import type { Origin } from '../gateway/origin.ts'
import { namesIn } from '../ledger.ts'
import { planSetup } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { withSharing } from '../plan/shared-keys.ts'
import { chooseOrigin } from '../request/normalise-request.ts'
import { unknownValue } from '../request/parse-arguments.ts'
import {
  type Input,
  isManagedScope,
  isOn,
  listOf,
  type ToolChoice,
  textOf,
  withValues,
} from '../request/request.ts'
import { asMessage, type Message, say } from '../texts/message.ts'
import { reportSetup } from '../ui/report-setup.ts'
import { applyChoices, type ChoicesMaker, type Chosen } from './apply-choices.ts'
import { describeNames } from './by-name.ts'
import { keyInPlace } from './check-after.ts'
import { existingChoices, loadLedger, namedSetUp, stayingFindings } from './choices-of.ts'
import { untestedKeys } from './given-key.ts'
import { holdName } from './key.ts'
import { keepIn } from './leave-out-broken.ts'
import { type Named, namedIn, refuseNewName, refusePart, typedOrigin } from './names.ts'
import { acceptsOrigin } from './plain-http.ts'
import { createPlanContext } from './plan-context.ts'
import { resolveVariants } from './resolve-region.ts'
import { planData } from './write-plan.ts'

export const switchCommand: CommandSpec = {
  name: 'switch',
  summary: say('help.switch'),
  positional: { name: 'REGION', required: false },
  examples: [
    ['qcode-setup switch eu', say('help.switch.example-1')],
    ['qcode-setup switch eu codex', say('help.switch.example-3')],
    ['qcode-setup switch --gateway https://relay.example.com', say('help.switch.example-2')],
    ['qcode-setup switch work', say('help.switch.example-4')],
  ],
  writes: 'files',
  network: true,
  run: runSwitch,
}

/** Where it goes. */
interface Goal {
  readonly origin: Origin
  readonly note?: Message
  /** What is remembered under the name that was given. */
  readonly named?: Named
  /** Everything gets that gateway and that key; else what goes by the name, or by none, moves to the origin, and the name with it. */
  readonly takes: boolean
}

/**
 * Moves what is set up to another region, the keys that stand in the files as they are; or puts a gateway and its key into
 * effect by their name.
 */
export async function runSwitch(given: Input, context: WritingContext): Promise<Outcome> {
  const { host } = context
  const told = byName(given, context)
  const asks = isInteractive(told, host) && readLedger(host).setups.length > 0
  const isOpen = asks && textOf(told, 'name') === undefined && !namesGateway(told)
  const picked = isOpen ? await askForName(context) : undefined
  const input = picked === undefined ? told : withValues(told, 'name', [picked])
  const named = await namedIn(input, loadLedger(context), context)
  if (named && isManagedScope(input)) refuseNewName(named.name, input, context.catalog)
  if (asks && !named && !namesGateway(input)) {
    const answered = await askForRegion(input, context)
    return applyChoices(switchMaker(answered, goalOf(answered, named, context), context), context)
  }
  const goal = goalOf(input, named, context)
  if (asks && !(await acceptsOrigin(goal.origin, input, context))) throw cancelled()
  return applyChoices(switchMaker(input, goal, context), context)
}

/** A name may stand where a region does: it is never the same word. */
function byName(input: Input, context: WritingContext): Input {
  const [word] = input.positionals
  const name = word?.toLowerCase() ?? ''
  if (!namesIn(loadLedger(context)).has(name) || textOf(input, 'name') !== undefined) return input
  return { ...withValues(input, 'name', [name]), positionals: [] }
}

const namesGateway = ({ positionals: [region], values }: Input) =>
  region !== undefined || values.gateway !== undefined

async function askForName(context: WritingContext): Promise<string | undefined> {
  const names = describeNames(loadLedger(context), context).filter(({ fault }) => !fault)
  const { askName } = await import('../wizard/ask-region.ts')
  return names.length === 0 ? undefined : askName(context.host, names)
}

async function askForRegion(input: Input, context: WritingContext): Promise<Input> {
  const { askRegion } = await import('../wizard/ask-region.ts')
  const accepts = (origin: Origin, back?: boolean) => acceptsOrigin(origin, input, context, back)
  return toRegion(input, textOf(await askRegion(input, context, accepts), 'region') ?? '')
}

function switchMaker(input: Input, goal: Goal, context: WritingContext): ChoicesMaker<Plan> {
  const { origin, named } = goal
  return {
    command: 'switch',
    input,
    choose: () => choose(input, goal, context),
    inRegion: (region) => {
      const moved = toRegion(input, region)
      return switchMaker(moved, { ...goal, ...chooseOrigin(moved, context.catalog.gateway, region) }, context)
    },
    report: (applied) => ({
      exit: applied.exit,
      findings: applied.findings,
      data: {
        ...planData(applied.plan, applied.findings),
        region: origin.region,
        gateway: origin.text,
        ...(named && { name: named.name }),
        plainHttp: applied.plainHttp,
        check: applied.check,
        run: applied.run ?? null,
      },
      ...(applied.plan.rows.length === 0 && loadLedger(context).setups.length > 0
        ? { report: context.host.texts['ending.nothing'] }
        : reportSetup(applied, context.host)),
    }),
  }
}

async function choose(input: Input, goal: Goal, context: WritingContext): Promise<Chosen<Plan>> {
  const { host, committer } = context
  const { origin, note, named, takes } = goal
  const ledger = loadLedger(context)
  const { setups } = ledger
  const tools = await namedSetUp(listOf(input, 'setUpTool'), setups, context)
  if (named && !takes && tools) refusePart(named.name, origin, setups, tools)
  const { choices: all, findings: skipped } = existingChoices(context, tools)
  const { standing, findings: passed } = meant(all, goal, tools !== undefined)
  const { choices: existing, findings: ledOut } = await keepIn(standing, context)
  const isChecked = !isOn(input, 'noCheck') && !committer.dryRun
  const goingTo = existing.map((choice) => ({ ...choice, origin, ...(named && { name: named.name }) }))
  const planContext = createPlanContext(context, named?.key, () => 'skip')
  const key = isChecked ? (named?.key ?? (await keyInPlace(existing, planContext, context))) : undefined
  const shared = withSharing(goingTo, existingChoices(context).choices, planContext)
  const { choices, findings } = await resolveVariants(shared.choices, input, context)
  const moves = named && named.origin.text !== origin.text
  const holding = moves ? await holdName(named.name, { origin }, ledger, context) : undefined
  // A region takes along the keys that are in place; a name brings its own.
  const keys = new Map(named && takes ? [[named.name, named.key]] : [])
  return {
    choices,
    origin,
    // What no longer exists needs no region; a tool that only its folder could move stays in the old one.
    isPartial: [...ledOut, ...skipped, ...passed].some(
      ({ id, level }) => id !== 'place-gone' && level !== 'info',
    ),
    ...(named && takes && { key: named.key }),
    ...(key && { checkedKey: key }),
    findings: [
      ...skipped,
      ...passed,
      ...ledOut,
      ...shared.findings,
      ...(named ? [] : await untestedKeys(existing, key, planContext, context)),
      ...(tools ? stayingFindings(setups, tools, origin, context.catalog) : []),
      ...(note === undefined ? [] : [{ id: 'trailing-slash', level: 'warning' as const, message: note }]),
      ...findings,
    ],
    makePlan: async (made, left) => {
      const plan = await planSetup({ choices: left, keys }, made, undefined, holding && [holding])
      return named && takes ? plan : withKeyConflicts(plan, left, made, host)
    },
    canLeaveOut: true,
  }
}

/** What of all that is set up the command is about, and what it passes over; `isChosen`: the user named these tools. */
function meant(
  all: readonly ToolChoice[],
  { origin, named, takes }: Goal,
  isChosen: boolean,
): { readonly standing: readonly ToolChoice[]; readonly findings: readonly Finding[] } {
  if (named && takes) {
    const byVariable = all.filter(({ keyStore, name }) => keyStore === 'env' && name !== named.name)
    const standing = all.filter((choice) => !byVariable.includes(choice))
    const nameless = standing.filter(({ name, keyStore }) => name === undefined && keyStore === 'file')
    return { standing, findings: [...keyOfVariable(byVariable), ...namelessKey(nameless)] }
  }
  const standing = all.filter(({ name }) => name === named?.name)
  const others = named ? [] : all.filter((choice) => !standing.includes(choice))
  const isLeft = ({ tool }: ToolChoice) => !standing.some((choice) => choice.tool === tool)
  // Of what was asked for, nothing is done with it.
  const isUndone = isChosen ? others.some(isLeft) : standing.length === 0
  return { standing, findings: namesStay(others, origin, isUndone ? 'warning' : 'info') }
}

/** Its key is in a variable of the user's: the gateway alone would get a key that is not its own. */
function keyOfVariable(choices: readonly ToolChoice[]): Finding[] {
  if (choices.length === 0) return []
  const tools = choices.map(({ tool }) => tool.title)
  return [{ id: 'name-needs-key', level: 'warning', message: say('name.variable', { tools }) }]
}

function namelessKey(choices: readonly ToolChoice[]): Finding[] {
  if (choices.length === 0) return []
  const tools = [...new Set(choices.map(({ tool }) => tool.title))]
  const message = say('name.replaces', { tools })
  return [{ id: 'key-without-name', level: 'info', message, hint: asMessage('qcode-setup undo') }]
}

/** What has a name keeps its gateway, since its key would go along. */
function namesStay(choices: readonly ToolChoice[], origin: Origin, level: 'warning' | 'info'): Finding[] {
  const names = [...new Set(choices.flatMap(({ name }) => name ?? []))]
  return names.map((name) => ({
    id: 'name-stays',
    level,
    message: say('name.stays', {
      name,
      tools: [...new Set(choices.filter((choice) => choice.name === name).map(({ tool }) => tool.title))],
    }),
    hint: asMessage(`qcode-setup switch ${typedOrigin(origin)} --name ${name}`),
  }))
}

/** Errors: UserErrors `region-missing`, `unknown-region` (a name may be meant as well), and those of `chooseOrigin`. */
function goalOf(input: Input, named: Named | undefined, context: CommandContext): Goal {
  const { catalog } = context
  const region = input.positionals[0]
  const about = named && { named }
  const names = [...namesIn(loadLedger(context)).keys()]
  const places = [...catalog.gateway.regions.map(({ id }) => id), ...names]
  if (region !== undefined && names.length > 0 && !findRegion(catalog.gateway, region))
    throw unknownValue('region', region, places, catalog)
  if (namesGateway(input)) return { ...chooseOrigin(input, catalog.gateway, region), ...about, takes: false }
  if (named) return { origin: named.origin, named, takes: true }
  throw new UserError({
    code: 'region-missing',
    message: say('error.region-missing'),
    hint: say('error.region-missing.hint', { regions: places }),
    exit: 2,
  })
}

function toRegion({ values, ...input }: Input, region: string): Input {
  const { gateway: _, ...others } = values
  return { ...input, values: others, positionals: [region] }
}
