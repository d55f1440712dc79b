import { readHistory } from '../apply/history.ts'
import { findKeysElsewhere, findKeysInCopies } from '../checks/find-keys-elsewhere.ts'
import { refuseRunningPrograms } from '../checks/running-clients.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { planRotation, type Rotation, type RotationRequest } from '../plan/plan-rotation.ts'
import type { Past } from '../plan/written-keys.ts'
import { type Input, isOn, textOf } from '../request/input.ts'
import { judgeKeyLook } from '../request/judge-key-look.ts'
import { missingKey } from '../request/normalise-request.ts'
import { readKey } from '../secrets/read-key.ts'
import type { Secret } from '../secrets/secret.ts'
import { keyTextsFor } from '../ui/key-texts.ts'
import { reportNothingSetUp, reportNotRotated, reportRotation } from '../ui/report-rotation.ts'
import type { CommandContext, Outcome } from './command.ts'
import { isInteractive } from './is-interactive.ts'
import { createPlanContext } from './plan-context.ts'
import { planData } from './plan-data.ts'
import { recoverFirst } from './recover-first.ts'
import { settleDaemons } from './settle-daemons.ts'
import { standingChoices } from './standing-choices.ts'
import { tryKey } from './try-key.ts'
import { writePlan } from './write-plan.ts'

/**
 * Another key in every place where this program wrote one, in one run, once every gateway that is set up has accepted it.
 * Errors: UserError `key-missing` (exit 2), those of `planSetup`, and those of a write.
 */
export async function rotateKey(input: Input, context: CommandContext): Promise<Outcome> {
  const { host, catalog } = context
  const recovered = isOn(input, 'dryRun') ? [] : await recoverFirst(input, host)
  const { choices, findings: gone } = standingChoices(context)
  const past = readPast(host)
  if (
    choices.length === 0 &&
    !past.usesKeychain &&
    past.ledgers.every(({ entries }) => entries.length === 0)
  ) {
    return notRotated(0, undefined, [...recovered, ...gone], null, reportNothingSetUp(host))
  }
  const planFor = (key: Secret) =>
    // The most that could be replaced: what the user decides on conflicts comes later.
    planRotation(
      { key, choices, tools: catalog.tools, past },
      createPlanContext(context, key, () => 'overwrite'),
    )
  const { key, most } = await chooseKey(planFor, input, host)
  const before = [...recovered, ...judgeKeyLook(key), ...gone]
  if (!isNew(most)) return notRotated(0, most, before, null, reportNotRotated('same', key, host))
  await refuseRunningPrograms(choices, host)
  const tried = await tryKey(key, choices, input, context)
  const findings = [...before, ...tried.findings]
  if (!tried.isRight) return notRotated(4, most, findings, tried.data, reportNotRotated('refused', key, host))
  return write({ key, choices, tools: catalog.tools, past }, findings, tried.data, input, context)
}

/** The key that was given, else asked for; so is one that the environment has from before. */
async function chooseKey(
  planFor: (key: Secret) => Promise<Rotation>,
  input: Input,
  host: Host,
): Promise<{ key: Secret; most: Rotation }> {
  const keyFile = textOf(input, 'keyFile')
  const given = await readKey(keyFile, host)
  const key = given ?? (await askForKey(input, host))
  const most = await planFor(key)
  const isFromBefore = given !== undefined && keyFile === undefined && !isNew(most)
  if (!isFromBefore || !isInteractive(input, host)) return { key, most }
  const asked = await askForKey(input, host)
  return { key: asked, most: await planFor(asked) }
}

/** Whether there is a place, in a file or in what is kept for undo, that does not have the key yet. */
function isNew({ places, old }: Rotation): boolean {
  return places > 0 || old.length > 0
}

async function askForKey(input: Input, host: Host): Promise<Secret> {
  if (!isInteractive(input, host)) throw missingKey()
  const { askKey } = await import('../wizard/ask.ts')
  return askKey(host, keyTextsFor(host).newKey)
}

function readPast(host: Host): Past {
  const { ledgers, copies, usesKeychain } = readHistory(host)
  return {
    ledgers,
    copies: copies.map(({ file, bytes }) => ({ path: file.path, bytes })),
    usesKeychain,
  }
}

async function write(
  request: RotationRequest,
  before: readonly Finding[],
  check: unknown,
  input: Input,
  context: CommandContext,
): Promise<Outcome> {
  const { host } = context
  const { key, choices } = request
  const makePlan: Parameters<typeof writePlan<Rotation>>[0]['makePlan'] = (planContext) =>
    planRotation(request, planContext)
  const written = await writePlan({ command: 'key', input, key, makePlan }, context)
  const { plan, run } = written
  const daemons = run === undefined ? [] : await settleDaemons(choices, input, host)
  const elsewhere = run === undefined ? [] : lookElsewhere(plan, context)
  const findings = [...before, ...plan.findings, ...daemons, ...elsewhere]
  return {
    exit: 0,
    findings,
    data: {
      ...rotationData(plan, findings),
      elsewhere: elsewhere.flatMap(({ where }) => where ?? []),
      check,
      run: run ?? null,
    },
    ...reportRotation({ ...written, dryRun: isOn(input, 'dryRun') }, key, host),
  }
}

/** Every place where one of the old keys stands still; a copy with one is of a kind that could not be renewed. */
function lookElsewhere({ old, ledger }: Rotation, { catalog, host }: CommandContext): Finding[] {
  const copies = readHistory(host).copies.map(({ copy }) => copy)
  return [...findKeysElsewhere(old, { catalog, ledger }, host), ...findKeysInCopies(old, copies)]
}

function notRotated(
  exit: 0 | 4,
  plan: Rotation | undefined,
  findings: readonly Finding[],
  check: unknown,
  told: Pick<Outcome, 'report' | 'next'>,
): Outcome {
  const data = { ...rotationData(plan, findings), changed: false, edits: [], elsewhere: [], check, run: null }
  return { exit, findings, data, ...told }
}

function rotationData(plan: Rotation | undefined, findings: readonly Finding[]): Record<string, unknown> {
  const { places, old, tools } = plan ?? { places: 0, old: [], tools: [] }
  const changed = plan !== undefined && isNew(plan)
  return {
    verb: 'rotate',
    ...planData(plan ?? nothing, findings),
    changed,
    places,
    tools,
    replacedKeys: old.length,
  }
}

const nothing = { edits: [], rows: [] }
