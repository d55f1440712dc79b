import { refuseRunningPrograms } from '../checks/running-clients.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { planSetup } from '../plan/make-plan.ts'
import { namedTools } from '../request/choose-tools.ts'
import { type Input, isOn, textOf } from '../request/input.ts'
import { keychainKey } from '../request/keychain-key.ts'
import { normaliseRequest } from '../request/normalise-request.ts'
import { readKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { reportSetup } from '../ui/report-setup.ts'
import { checkAfter, inRegion } from './check-after.ts'
import type { CommandContext, Outcome } from './command.ts'
import { isInteractive } from './is-interactive.ts'
import { acceptsOrigin, settlePlainHttp } from './plain-http.ts'
import { planData } from './plan-data.ts'
import { recoverFirst } from './recover-first.ts'
import { settleDaemons } from './settle-daemons.ts'
import { settleRegion } from './settle-region.ts'
import { settleVariants } from './settle-variants.ts'
import { type Written, writePlan } from './write-plan.ts'

/** Points tools at the gateway: what is missing is asked for on a terminal, else it is a usage error. */
export async function runSetup(given: Input, context: CommandContext): Promise<Outcome> {
  const settled = await settleRegion(given, context)
  const { input, key } = await complete(settled.input, context)
  return setUp(input, key, settled.findings, context)
}

async function setUp(
  input: Input,
  key: Secret | undefined,
  before: readonly Finding[],
  context: CommandContext,
): Promise<Outcome> {
  const { host, catalog } = context
  const tools = await namedTools(input, catalog, host)
  if (!tools) throw missingTool(catalog.tools.map(({ id }) => id))
  const normalised = await normaliseRequest(input, tools, key, catalog, host)
  const settled = await settleVariants(normalised.request.choices, input, context)
  const request = { ...normalised.request, choices: settled.choices }
  await refuseRunningPrograms(request.choices, host)
  const http = await settlePlainHttp(normalised.origin, input, context)
  const recovered = isOn(input, 'dryRun') ? [] : await recoverFirst(input, host)
  const written = await writePlan(
    {
      command: 'setup',
      input,
      ...(request.key && { key: request.key }),
      ...(http.consent && { consent: http.consent }),
      makePlan: (planContext) => planSetup(request, planContext),
    },
    context,
  )
  const checked = await checkAfter({ ...request, run: written.run }, input, context)
  if (checked.undone) return checked.undone
  if (checked.region !== undefined) return setUp(inRegion(input, checked.region), key, [], context)
  const daemons = written.run === undefined ? [] : await settleDaemons(request.choices, input, host)
  const all = [
    ...before,
    ...recovered,
    ...http.findings,
    ...normalised.findings,
    ...settled.findings,
    ...written.plan.findings,
    ...checked.findings,
    ...daemons,
  ]
  const { origin } = normalised
  return {
    exit: checked.exit,
    findings: all,
    data: {
      ...planData(written.plan, all),
      region: origin.region,
      gateway: origin.text,
      plainHttp: http.data,
      check: checked.data,
      run: written.run ?? null,
    },
    ...reportSetup(
      { ...written, dryRun: isOn(input, 'dryRun'), ...(await sameCommand(input, written, context)) },
      host,
    ),
  }
}

async function complete(
  input: Input,
  context: CommandContext,
): Promise<{ input: Input; key: Secret | undefined }> {
  const interactive = isInteractive(input, context.host)
  const keyFile = textOf(input, 'keyFile')
  // On a terminal, standard input is where the questions are answered, the one for the key among them.
  const isAsked = textOf(input, 'keyStore') === 'env' || (interactive && keyFile === '-')
  const key = isAsked ? undefined : await readKey(keyFile, context.host)
  if (!interactive) return { input, key: key ?? (await keychainKey(input, context.host)) }
  const { completeInput } = await import('../wizard/complete-input.ts')
  return completeInput(input, key, context, (origin) => acceptsOrigin(origin, input, context))
}

/** The command line that does the same without questions, where questions were asked. */
async function sameCommand(
  input: Input,
  { onConflict, inGit }: Written,
  context: CommandContext,
): Promise<{ sameCommand?: string }> {
  if (!isInteractive(input, context.host)) return {}
  const { equivalentCommand } = await import('../wizard/equivalent-command.ts')
  const decided = onConflict === undefined ? {} : { onConflict: [onConflict] }
  const values = { ...input.values, ...decided }
  const switches = new Set([...input.switches, ...(inGit === undefined ? [] : [inGit])])
  return { sameCommand: equivalentCommand({ ...input, values, switches }, context) }
}

function missingTool(ids: readonly string[]): UserError {
  return new UserError({
    code: 'tool-missing',
    message: 'The tool to set up is missing.',
    hint: `Give --tool ID (more than once for more tools), --tool all or --tool detected. Tools: ${ids.join(', ')}`,
    exit: 2,
  })
}
