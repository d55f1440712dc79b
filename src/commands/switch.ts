import { readLedger } from '../apply/ledger-store.ts'
import { refuseRunningPrograms } from '../checks/running-clients.ts'
import { UserError } from '../errors.ts'
import { planSetup } from '../plan/make-plan.ts'
import { chooseOrigin } from '../request/choose-origin.ts'
import { type Input, isOn } from '../request/input.ts'
import { httpFindings } from '../request/normalise-request.ts'
import { reportSetup } from '../ui/report-setup.ts'
import { choicesOf } from './choices-of.ts'
import type { CommandContext, Outcome } from './command.ts'
import { planData } from './plan-data.ts'
import { recoverFirst } from './recover-first.ts'
import { settleDaemons } from './setup.ts'
import { writePlan } from './write-plan.ts'

/** Moves everything that is set up to another region; the keys that stand in the files stay as they are. */
export async function runSwitch(input: Input, context: CommandContext): Promise<Outcome> {
  const { host, catalog } = context
  const region = input.positionals[0]
  if (region === undefined && input.values.gateway === undefined) throw missingRegion(catalog.gateway.regions)
  const { origin, note } = chooseOrigin(input, catalog.gateway, region)
  const recovered = isOn(input, 'dryRun') ? [] : await recoverFirst(input, host)
  const choices = choicesOf(readLedger(host).setups, catalog, host).map((choice) => ({ ...choice, origin }))
  await refuseRunningPrograms(choices, host)
  const written = await writePlan(
    { command: 'switch', input, makePlan: (planContext) => planSetup({ choices }, planContext) },
    context,
  )
  const daemons = written.run === undefined ? [] : await settleDaemons(choices, input, host)
  const findings = [
    ...recovered,
    ...(note === undefined ? [] : [{ id: 'trailing-slash', level: 'warning' as const, message: note }]),
    ...httpFindings(origin),
    ...written.plan.findings,
    ...daemons,
  ]
  return {
    exit: 0,
    findings,
    data: {
      ...planData(written.plan, findings),
      region: origin.region,
      gateway: origin.text,
      run: written.run ?? null,
    },
    ...reportSetup({ ...written, dryRun: isOn(input, 'dryRun') }, host),
  }
}

function missingRegion(regions: readonly { id: string }[]): UserError {
  return new UserError({
    code: 'region-missing',
    message: 'The region to switch to is missing.',
    hint: `Type: qcode-setup switch ${regions.map(({ id }) => id).join('|')} (or --gateway URL)`,
    exit: 2,
  })
}
