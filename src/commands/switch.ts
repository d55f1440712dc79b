import { readLedger } from '../apply/ledger-store.ts'
import { refuseRunningPrograms } from '../checks/running-clients.ts'
import { UserError } from '../errors.ts'
import { planSetup } from '../plan/make-plan.ts'
import { chooseOrigin } from '../request/choose-origin.ts'
import { type Input, isOn } from '../request/input.ts'
import { readKey } from '../secrets/read-key.ts'
import { reportSetup } from '../ui/report-setup.ts'
import { cancelled } from '../wizard/cancelled.ts'
import { checkAfter } from './check-after.ts'
import { choicesOf } from './choices-of.ts'
import type { CommandContext, Outcome } from './command.ts'
import { isInteractive } from './is-interactive.ts'
import { acceptsOrigin, type PlainHttp, settlePlainHttp } from './plain-http.ts'
import { planData } from './plan-data.ts'
import { recoverFirst } from './recover-first.ts'
import { settleDaemons } from './settle-daemons.ts'
import { settleVariants } from './settle-variants.ts'
import { storedKey } from './stored-key.ts'
import { writePlan } from './write-plan.ts'

/** Moves everything that is set up to another region; the keys that stand in the files stay as they are. */
export async function runSwitch(input: Input, context: CommandContext): Promise<Outcome> {
  const { origin } = originToTake(input, context)
  const asks = isInteractive(input, context.host) && readLedger(context.host).setups.length > 0
  if (asks && !(await acceptsOrigin(origin, input, context))) throw cancelled()
  return moveAll(input, context)
}

async function moveAll(input: Input, context: CommandContext): Promise<Outcome> {
  const { host, catalog } = context
  const { origin, note } = originToTake(input, context)
  const recovered = isOn(input, 'dryRun') ? [] : await recoverFirst(input, host)
  const standing = choicesOf(readLedger(host).setups, catalog, host)
  const isChecked = !isOn(input, 'noCheck') && !isOn(input, 'dryRun')
  const key = isChecked
    ? ((await readKey(undefined, host)) ?? (await storedKey(standing, context)))
    : undefined
  const moved = standing.map((choice) => ({ ...choice, origin }))
  const { choices, findings: settled } = await settleVariants(moved, input, context)
  await refuseRunningPrograms(choices, host)
  const http: PlainHttp =
    choices.length > 0 ? await settlePlainHttp(origin, input, context) : { findings: [], data: null }
  const written = await writePlan(
    {
      command: 'switch',
      input,
      ...(http.consent && { consent: http.consent }),
      makePlan: (planContext) => planSetup({ choices }, planContext),
    },
    context,
  )
  const checked = await checkAfter({ choices, run: written.run, ...(key && { key }) }, input, context)
  if (checked.undone) return checked.undone
  if (checked.region !== undefined) return moveAll(toRegion(input, checked.region), context)
  const daemons = written.run === undefined ? [] : await settleDaemons(choices, input, host)
  const findings = [
    ...recovered,
    ...(note === undefined ? [] : [{ id: 'trailing-slash', level: 'warning' as const, message: note }]),
    ...http.findings,
    ...settled,
    ...written.plan.findings,
    ...checked.findings,
    ...daemons,
  ]
  return {
    exit: checked.exit,
    findings,
    data: {
      ...planData(written.plan, findings),
      region: origin.region,
      gateway: origin.text,
      plainHttp: http.data,
      check: checked.data,
      run: written.run ?? null,
    },
    ...reportSetup({ ...written, dryRun: isOn(input, 'dryRun') }, host),
  }
}

function originToTake(input: Input, { catalog }: CommandContext): ReturnType<typeof chooseOrigin> {
  const region = input.positionals[0]
  if (region === undefined && input.values.gateway === undefined) throw missingRegion(catalog.gateway.regions)
  return chooseOrigin(input, catalog.gateway, region)
}

function toRegion({ values, ...input }: Input, region: string): Input {
  const { gateway: _, ...others } = values
  return { ...input, values: others, positionals: [region] }
}

function missingRegion(regions: readonly { id: string }[]): UserError {
  return new UserError({
    code: 'region-missing',
    message: 'The region to switch to is missing.',
    hint: `Type: qcode-setup switch ${regions.map(({ id }) => id).join('|')} (or --gateway URL)`,
    exit: 2,
  })
}
