import { readLedger } from '../apply/ledger-store.ts'
import {
  type CommandContext,
  type CommandSpec,
  isInteractive,
  type Outcome,
  type WritingContext,
} from '../command.ts'
import { cancelled, UserError } from '../errors.ts'
import type { Origin } from '../gateway/origin.ts'
import { planSetup } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { chooseOrigin } from '../request/normalise-request.ts'
import { type Input, isOn, listOf, textOf } from '../request/request.ts'
import { readKey } from '../secrets/read-key.ts'
import { say } from '../texts/message.ts'
import { reportSetup } from '../ui/report-setup.ts'
import { applyChoices, type ChoicesMaker, type Chosen } from './apply-choices.ts'
import { existingChoices, loadLedger, namedSetUp, stayingFindings, storedKey } from './choices-of.ts'
import { keepIn } from './leave-out-broken.ts'
import { acceptsOrigin } from './plain-http.ts'
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
  ],
  writes: 'files',
  network: true,
  run: runSwitch,
}

/** Moves everything that is set up to another region; the keys that stand in the files stay as they are. */
export async function runSwitch(input: Input, context: WritingContext): Promise<Outcome> {
  const asks = isInteractive(input, context.host) && readLedger(context.host).setups.length > 0
  if (asks && !namesGateway(input))
    return applyChoices(switchMaker(await askForRegion(input, context), context), context)
  const { origin } = originToTake(input, context)
  if (asks && !(await acceptsOrigin(origin, input, context))) throw cancelled()
  return applyChoices(switchMaker(input, context), context)
}

const namesGateway = ({ positionals: [region], values }: Input) =>
  region !== undefined || values.gateway !== undefined

async function askForRegion(input: Input, context: WritingContext): Promise<Input> {
  const { askRegion } = await import('../wizard/ask-region.ts')
  const accepts = (origin: Origin, back?: boolean) => acceptsOrigin(origin, input, context, back)
  return toRegion(input, textOf(await askRegion(input, context, accepts), 'region') ?? '')
}

function switchMaker(input: Input, context: WritingContext): ChoicesMaker<Plan> {
  const { origin } = originToTake(input, context)
  return {
    command: 'switch',
    input,
    choose: () => choose(input, context),
    inRegion: (region) => switchMaker(toRegion(input, region), context),
    report: (applied) => ({
      exit: applied.exit,
      findings: applied.findings,
      data: {
        ...planData(applied.plan, applied.findings),
        region: origin.region,
        gateway: origin.text,
        plainHttp: applied.plainHttp,
        check: applied.check,
        run: applied.run ?? null,
      },
      ...reportSetup(applied, context.host),
    }),
  }
}

async function choose(input: Input, context: WritingContext): Promise<Chosen<Plan>> {
  const { host, committer } = context
  const { origin, note } = originToTake(input, context)
  const { setups } = loadLedger(context)
  const tools = await namedSetUp(listOf(input, 'setUpTool'), setups, context)
  const { choices: standing, findings: skipped } = existingChoices(context, tools)
  const { choices: existing, findings: ledOut } = await keepIn(standing, context)
  const isChecked = !isOn(input, 'noCheck') && !committer.dryRun
  const key = isChecked
    ? ((await readKey(undefined, host)) ?? (await storedKey(existing, context)))
    : undefined
  const moved = existing.map((choice) => ({ ...choice, origin }))
  const { choices, findings } = await resolveVariants(moved, input, context)
  return {
    choices,
    origin,
    // What no longer exists needs no region; a tool that only its folder could move stays in the old one.
    isPartial: [...ledOut, ...skipped].some(({ id }) => id !== 'place-gone'),
    ...(key && { checkedKey: key }),
    findings: [
      ...skipped,
      ...ledOut,
      ...(tools ? stayingFindings(setups, tools, origin, context.catalog) : []),
      ...(note === undefined ? [] : [{ id: 'trailing-slash', level: 'warning' as const, message: note }]),
      ...findings,
    ],
    makePlan: (planContext, left) => planSetup({ choices: left }, planContext),
    canLeaveOut: true,
  }
}

function originToTake(input: Input, { catalog }: CommandContext): ReturnType<typeof chooseOrigin> {
  const region = input.positionals[0]
  if (namesGateway(input)) return chooseOrigin(input, catalog.gateway, region)
  throw new UserError({
    code: 'region-missing',
    message: say('error.region-missing'),
    hint: say('error.region-missing.hint', { regions: catalog.gateway.regions.map(({ id }) => id) }),
    exit: 2,
  })
}

function toRegion({ values, ...input }: Input, region: string): Input {
  const { gateway: _, ...others } = values
  return { ...input, values: others, positionals: [region] }
}
