import { readHistory } from '../apply/kept-backups.ts'
import { findKeysElsewhere, findKeysInCopies } from '../checks/find-keys-elsewhere.ts'
import { refuseRunningPrograms } from '../checks/running-clients.ts'
import { type CommandContext, isInteractive, type Outcome, type WritingContext } from '../command.ts'
import { GoneBack, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import type { Host } from '../host/host.ts'
import { planRotation, type Rotation, type RotationRequest } from '../plan/plan-rotation.ts'
import type { Past } from '../plan/written-keys.ts'
import { judgeKeyLook, keyVariableFinding, missingKey } from '../request/normalise-request.ts'
import { type Input, listOf, type ToolChoice, textOf } from '../request/request.ts'
import type { Secret } from '../secrets/secret.ts'
import { asMessage, say } from '../texts/message.ts'
import { reportNothingSetUp, reportNotRotated, reportRotation } from '../ui/report-key.ts'
import { type Applied, applyChoices, type ChoicesMaker } from './apply-choices.ts'
import { keysStay } from './by-name.ts'
import { tryKey } from './check-after.ts'
import { existingChoices, loadLedger, namedSetUp, titlesOf } from './choices-of.ts'
import { givenKey } from './given-key.ts'
import { isLeftWrong } from './judge-plan.ts'
import { holdName } from './key.ts'
import { keepIn, nameToRotate, splitExisting } from './leave-out-broken.ts'
import { readNamed } from './names.ts'
import { createPlanContext } from './plan-context.ts'
import { planData } from './write-plan.ts'

/**
 * Another key in every place where this program wrote one, in one run, once every gateway that is set up has accepted it.
 * Errors: UserError `key-missing` (exit 2), those of `planSetup`, and those of a write.
 */
export async function rotateKey(input: Input, context: WritingContext): Promise<Outcome> {
  for (let typed: Secret | undefined; ; ) {
    let chosen: ChosenKey | undefined
    const maker: ChoicesMaker<Rotation> = {
      command: 'key',
      input,
      choose: async () => {
        const found = await choose(input, context, typed)
        if ('ended' in found) return found
        chosen = found
        return {
          choices: found.request.choices,
          key: found.request.key,
          findings: found.findings,
          isPartial: found.request.ledOut.size > 0,
          hasAsked: found.hasAsked,
          makePlan: (planContext) => planRotation(found.request, planContext),
        }
      },
      report: (applied) => {
        if (chosen === undefined) throw new Error('a key was written that nobody chose')
        return report(applied, chosen, context)
      },
    }
    try {
      return await applyChoices(maker, context)
    } catch (error) {
      const gone = chosen as ChosenKey | undefined
      if (!(error instanceof GoneBack) || !gone?.hasAsked) throw error
      typed = gone.request.key
    }
  }
}

/** A key that every gateway has accepted, and what it replaces. */
interface ChosenKey {
  readonly request: RotationRequest
  readonly findings: readonly Finding[]
  readonly check: unknown
  /** It was typed in. */
  readonly hasAsked: boolean
}

/** `typed`: the answer that was gone back to. */
async function choose(
  input: Input,
  context: WritingContext,
  typed: Secret | undefined,
): Promise<ChosenKey | { ended: Outcome }> {
  const { host, catalog } = context
  const past = readPast(host)
  const ledger = loadLedger(context)
  const tools = await namedSetUp(listOf(input, 'setUpTool'), ledger.setups, context)
  const name = nameToRotate(input, tools, ledger, context)
  const known = name === undefined ? undefined : await readNamed(name, ledger, context)
  const { moving, staying, named } = await splitExisting(tools, name, past, context)
  const { choices, findings: kept, ledOut } = await keepIn(moving, context)
  const byVariable = named ? refuseVariables(choices, context) : []
  const others = known || tools ? [] : keysStay(ledger, choices.length === 0 ? 'warning' : 'info')
  const gone = [...existingChoices(context, named).findings, ...kept, ...byVariable, ...others]
  if (!known && others.length > 0 && choices.length === 0)
    return { ended: notRotated(3, undefined, gone, null, { report: host.texts['ending.nothing'] }) }
  if (!known && !hasKeys(choices, past))
    return { ended: notRotated(0, undefined, gone, null, reportNothingSetUp(host)) }
  const requestFor = async (key: Secret) => ({
    key,
    choices,
    staying,
    ...(named && { named }),
    tools: catalog.tools,
    past,
    ledOut,
    ...(known && {
      name: known.name,
      holding: await holdName(known.name, { ...known, key }, ledger, context),
    }),
  })
  const asked = known && choices.length === 0 ? anyChoices(known.origin, context) : choices
  const planFor = async (key: Secret) =>
    // The most that could be replaced: what the user decides on conflicts comes later.
    planRotation(
      await requestFor(key),
      createPlanContext(context, key, () => 'overwrite'),
    )
  let { key, most, hasAsked } = await chooseKey(planFor, input, context, typed)
  for (;;) {
    const before = [...gone, ...judgeKeyLook(key)]
    const exit = kept.length > 0 ? 3 : 0
    if (!isNew(most))
      return { ended: notRotated(exit, most, before, null, reportNotRotated('same', key, host)) }
    await refuseRunningPrograms(choices, host)
    const { isRight, isRefused, findings, data } = await tryKey(key, asked, input, context)
    const all = [...before, ...findings]
    if (isRight) return { request: await requestFor(key), findings: all, check: data, hasAsked }
    if (!isRefused || !isInteractive(input, host)) {
      return { ended: notRotated(4, most, all, data, reportNotRotated('refused', key, host)) }
    }
    const { askAgain } = await import('../wizard/ask-key.ts')
    key = await askAgain(host, findings, { isNew: true, canGoBack: context.canGoBack === true })
    hasAsked = true
    most = await planFor(key)
  }
}

/** For a key that nothing is set up with: any tool, so that its gateway can be asked about it. */
function anyChoices(origin: Origin, { catalog }: CommandContext): ToolChoice[] {
  const [tool] = catalog.tools
  const [variant] = tool?.variants ?? []
  if (!tool || !variant) return []
  return [{ tool, variant, origin, scope: 'user', method: 'file', keyStore: 'file' }]
}

/** Of tools that read the key from a variable of the user's nothing can be written. Errors: UserError, exit 2, where all do. */
function refuseVariables(choices: readonly ToolChoice[], { host }: CommandContext): Finding[] {
  const byVariable = choices.filter(({ keyStore }) => keyStore === 'env')
  const findings = byVariable.map(({ tool }) => keyVariableFinding(tool, host))
  const [first] = byVariable
  if (first === undefined || byVariable.length < choices.length) return findings
  throw new UserError({
    code: 'key-from-environment',
    message: findings.map(({ message }) => asMessage(message)),
    hint: say('key.from-environment.hint'),
    exit: 2,
  })
}

function hasKeys(choices: readonly ToolChoice[], { usesKeychain, ledgers }: Past): boolean {
  return choices.length > 0 || usesKeychain || ledgers.some(({ entries }) => entries.length > 0)
}

/** The key that was given, else asked for; so is one that the environment has from before. */
async function chooseKey(
  planFor: (key: Secret) => Promise<Rotation>,
  input: Input,
  context: WritingContext,
  typed: Secret | undefined,
): Promise<{ key: Secret; most: Rotation; hasAsked: boolean }> {
  const keyFile = textOf(input, 'keyFile')
  const given = await givenKey(input, context.host, { isNew: true })
  const key = given ?? (await askForKey(input, context, typed))
  const most = await planFor(key)
  const isFromBefore = given !== undefined && keyFile === undefined && !isNew(most)
  if (!isFromBefore || !isInteractive(input, context.host))
    return { key, most, hasAsked: given === undefined }
  const asked = await askForKey(input, context, typed)
  return { key: asked, most: await planFor(asked), hasAsked: true }
}

/** Whether there is a place, in a file or in what is kept for undo, that does not have the key yet. */
function isNew({ places, old }: Rotation): boolean {
  return places > 0 || old.length > 0
}

async function askForKey(
  input: Input,
  { host, canGoBack = false }: WritingContext,
  kept: Secret | undefined,
): Promise<Secret> {
  if (!isInteractive(input, host)) throw missingKey()
  const { askKey } = await import('../wizard/ask-key.ts')
  return askKey(host, { isNew: true, kept, canGoBack })
}

function readPast(host: Host): Past {
  const { ledgers, copies, usesKeychain } = readHistory(host)
  return {
    ledgers,
    copies: copies.map(({ file, bytes }) => ({ path: file.path, bytes })),
    usesKeychain,
  }
}

async function report(
  applied: Applied<Rotation>,
  { request: { key }, check }: ChosenKey,
  context: CommandContext,
): Promise<Outcome> {
  const { plan, run } = applied
  const elsewhere = run === undefined ? [] : await lookElsewhere(plan, context)
  const findings = [...applied.findings, ...elsewhere]
  return {
    exit: applied.exit === 0 && isLeftWrong(applied.effect) ? 3 : applied.exit,
    findings,
    data: {
      ...rotationData(plan, findings),
      elsewhere: elsewhere.flatMap(({ where }) => where ?? []),
      check,
      run: run ?? null,
    },
    ...reportRotation({ ...applied, stillOld: titlesOf(plan.stillOld, context.catalog) }, key, context.host),
  }
}

/** Where an old key stands still: in a copy that could not be renewed, too, unless a tool was left out, which undo may need. */
async function lookElsewhere(plan: Rotation, { catalog, host }: CommandContext): Promise<Finding[]> {
  const { retired, ledger, isWhole } = plan
  const copies = isWhole ? readHistory(host).copies.map(({ copy }) => copy) : []
  const elsewhere = await findKeysElsewhere(retired, { catalog, ledger }, host)
  return [...elsewhere, ...findKeysInCopies(retired, copies)]
}

function notRotated(
  exit: 0 | 3 | 4,
  plan: Rotation | undefined,
  findings: readonly Finding[],
  check: unknown,
  told: Pick<Outcome, 'report' | 'next'>,
): Outcome {
  const data = { ...rotationData(plan, findings), changed: false, edits: [], elsewhere: [], check, run: null }
  return { exit, findings, data, ...told }
}

function rotationData(plan: Rotation | undefined, findings: readonly Finding[]): Record<string, unknown> {
  const { places, old, tools, sharing, stillOld } = plan ?? nothing
  const changed = plan !== undefined && isNew(plan)
  return {
    verb: 'rotate',
    ...planData(plan ?? nothing, findings),
    changed,
    places,
    tools,
    alsoChanged: sharing,
    stillWithOldKey: stillOld,
    replacedKeys: old.length,
  }
}

const nothing = { edits: [], rows: [], places: 0, old: [], tools: [], sharing: [], stillOld: [] }
