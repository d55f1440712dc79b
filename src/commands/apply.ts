import {
  type CommandContext,
  type CommandSpec,
  isInteractive,
  type Outcome,
  type WritingContext,
} from '../command.ts'
import { cancelled, UserError, usageError, type Where } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Origin } from '../gateway/origin.ts'
import { type Ledger, namesIn, type Setup, setupId } from '../ledger.ts'
import { type Holding, planSetup, type Removal } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { choiceId } from '../plan/setups.ts'
import { inspectSetup } from '../plan/tool-status.ts'
import { refuseWithoutKeychain, refuseWithoutVariable } from '../request/choose-tools.ts'
import { inScope, judgeKeyLook, noKeyFinding } from '../request/normalise-request.ts'
import { type Declaration, type DeclaredName, readSetupFiles } from '../request/read-setup-file.ts'
import { type Input, isOn, type ToolChoice, textOf, withValues } from '../request/request.ts'
import { describeReference, parseKeyReference } from '../secrets/key-reference.ts'
import { nameAccount, openKeychain } from '../secrets/keychain.ts'
import { Secret } from '../secrets/secret.ts'
import { asMessage, say } from '../texts/message.ts'
import { reportSetup } from '../ui/report-setup.ts'
import { type Applied, applyChoices, type Chosen } from './apply-choices.ts'
import { choiceOf, existingChoices, isGone, loadLedger } from './choices-of.ts'
import { type DeclaredChoices, declaredChoices } from './declared-choices.ts'
import { declaredKey, readSaid } from './declared-key.ts'
import { throwAwayKey } from './given-key.ts'
import { holdName } from './key.ts'
import { agentsRemoved, launchAgents } from './launch-agent.ts'
import { definedNames, isKeptInKeychain } from './names.ts'
import { acceptGateways, acceptsOrigin, otherGateways } from './plain-http.ts'
import { uniqueOrigins } from './plan-check.ts'
import { createPlanContext } from './plan-context.ts'
import { resolveVariants } from './resolve-region.ts'
import { planData } from './write-plan.ts'

export const applyCommand: CommandSpec = {
  name: 'apply',
  summary: say('help.apply'),
  positional: { name: 'FILE', required: true, many: true },
  examples: [
    ['qcode-setup apply qcode.toml --yes', say('help.apply.example-1')],
    ['qcode-setup apply qcode.toml --check', say('help.apply.example-2')],
    ['qcode-setup apply team.toml mine.toml', say('help.apply.example-3')],
  ],
  writes: 'files',
  network: true,
  needsEveryTool: true,
  run: runApply,
}

/**
 * Sets up what files say, and with `--prune` removes what earlier ones said. With `--check` nothing is written: exit 3 where the machine is
 * not as the files say, 4 where only the gateway is at fault. Errors: those of the files (exit 2), and of `applyChoices`.
 */
export async function runApply(given: Input, context: WritingContext): Promise<Outcome> {
  const input = isOn(given, 'check') ? checking(given) : given
  const said = await readSetupFiles(input.positionals, context.catalog, context.host)
  const declaration = await inScope(said, input)
  let wanted: Wanted | undefined
  return applyChoices<Plan>(
    {
      command: 'apply',
      input,
      choose: async () => {
        wanted = await choose(declaration, input, context)
        return wanted
      },
      report: (applied) => report(applied, wanted, input, context),
    },
    context,
  )
}

/** Nothing is written, so that what the user changed is no conflict: it is drift, and the diff shows what it would become. */
function checking(given: Input): Input {
  const onConflict = textOf(given, 'onConflict') ?? 'overwrite'
  return {
    ...withValues(given, 'onConflict', [onConflict]),
    switches: new Set([...given.switches, 'dryRun', 'exitCode']),
  }
}

interface Wanted extends Chosen<Plan> {
  readonly removal: Removal
  readonly passedOver: number
}

async function choose(declaration: Declaration, input: Input, context: WritingContext): Promise<Wanted> {
  const { choices: existing } = existingChoices(context)
  const reference = declaration.key && parseKeyReference(declaration.key.said)
  const store = reference?.kind === 'keychain' ? reference.kind : undefined
  const from = reference && say('setup-file.key', { from: describeReference(reference) })
  const ledger = loadLedger(context)
  const skipped: Finding[] = []
  const keyOf = async (one: DeclaredName, known: Secret | undefined) => {
    const read = await definedKey(one, known, input, context)
    if (read instanceof Secret) return read
    skipped.push(read)
    return known ?? new Secret(throwAwayKey(context.host))
  }
  const defined = await definedNames(declaration.names, keyOf, ledger, input, context)
  const changes = [...defined.values()].flatMap(({ name, change }) => (change ? [{ name, ...change }] : []))
  const said = await declaredChoices(declaration.tools, defined, existing, store, input, context)
  const declared = { ...said, choices: [...said.choices, ...alsoMoved(changes, said, existing, context)] }
  const [first] = declaration.tools
  await atPlace(first && (() => first.where('key_store')), () => {
    refuseWithoutKeychain(declared.choices)
    refuseWithoutVariable(declared.choices)
  })
  const { said: apps, folder: cwd = context.host.cwd, where } = declaration.launchAgents ?? {}
  const asked = withValues(input, 'launchAgent', apps ?? [])
  const there = { ...context.host, cwd }
  const agents = await atPlace(where, () => launchAgents(asked, declared.choices, there))
  const origins = uniqueOrigins(declared.choices.map(({ origin }) => origin))
  const all = uniqueOrigins([...origins, ...changes.map(({ origin }) => origin)])
  await acceptOrigins(all, input, context)
  const isNew = (name: string) => changes.some((change) => change.name === name)
  const named = [...declared.names.values()].filter(({ name }) => !isNew(name)).map(({ origin }) => origin)
  const strangers = otherGateways(all, [...existing.map(({ origin }) => origin), ...named])
  await acceptGateways(strangers, input, context)
  const key = await declaredKey(declaration.key, declared.choices, existing, input, context)
  const { setups, folders } = ledger
  const unlisted = setups.filter((setup) => !isListed(setup, declared, context))
  // What was set up by hand is no part of any file, so that it was not taken out of one either.
  const takenOut = unlisted.filter(({ declared: wasDeclared }) => wasDeclared)
  const byHand = unlisted.filter((setup) => !takenOut.includes(setup))
  const pruned = isOn(input, 'prune') ? takenOut : []
  const kept = [...setups.filter((setup) => !pruned.includes(setup)), ...declared.choices]
  const lost = pruned.length > 0 ? agentsRemoved(input, ledger, kept) : []
  const removal = removalOf(pruned, lost, context)
  const keys = new Map([...declared.names.values()].map((named) => [named.name, named.key]))
  const holdings: Holding[] = [...agents]
  for (const { name, ...change } of changes) holdings.push(await holdName(name, change, ledger, context))
  const open = declared.choices.filter((choice) => !declared.pinned.has(choice))
  const settled = await resolveVariants(open, input, context)
  const choices = declared.choices.map((choice) => settled.choices[open.indexOf(choice)] ?? choice)
  return {
    choices,
    origins,
    ...(key.secret && { key: key.secret }),
    ...(key.isGiven && key.secret && { checkedKey: key.secret }),
    // One that stands in for a command that was not run is no key to ask about.
    keys: new Map(
      skipped.length > 0 ? [] : changes.flatMap(({ name, key: own }) => (own ? [[name, own]] : [])),
    ),
    removed: removal.choices,
    ...(removal.removed.size > 0 && { removeFolders: folders }),
    removal,
    passedOver: declared.passedOver.size,
    isPartial: declared.passedOver.size > 0,
    findings: [
      ...declared.findings,
      ...skipped,
      ...key.findings,
      ...(key.isGiven && key.secret ? judgeKeyLook(key.secret) : []),
      ...strangers.map(({ finding }) => finding),
      ...declared.choices
        .filter(({ scope }) => scope === 'managed')
        .map((choice) => noKeyFinding(choice, context.host)),
      ...(from ? [{ id: 'key-source', level: 'info' as const, message: from }] : []),
      ...(isOn(input, 'prune')
        ? unusedNames(ledger, declared, removal)
        : notListed(takenOut, 'setup-file.not-listed')),
      ...notListed(byHand, 'setup-file.by-hand'),
      ...settled.findings,
      ...declaration.findings,
      ...agents.map(({ howToStart }) => howToStart),
    ],
    makePlan: (planContext, choices) =>
      planSetup({ choices, ...(key.secret && { key: key.secret }), keys }, planContext, removal, holdings),
    canLeaveOut: true,
  }
}

/** What goes by a name that has another gateway or key now, and is in no file: they are always written together. */
function alsoMoved(
  changes: readonly { readonly name: string; readonly origin: Origin }[],
  { choices, passedOver }: DeclaredChoices,
  existing: readonly ToolChoice[],
  { host }: CommandContext,
): ToolChoice[] {
  const ids = new Set([...passedOver, ...choices.map((choice) => choiceId(choice, host))])
  return existing.flatMap((choice) => {
    const change = changes.find(({ name }) => name === choice.name)
    return change && !ids.has(choiceId(choice, host)) ? [{ ...choice, origin: change.origin }] : []
  })
}

/** The key of a name: behind the reference of the file, else as it is remembered. Errors: UserError `key-missing`, exit 2. */
async function definedKey(
  { name, said, folderOf, where }: DeclaredName,
  known: Secret | undefined,
  input: Input,
  context: WritingContext,
): Promise<Secret | Finding> {
  const reference = said.key && parseKeyReference(said.key)
  if (reference && reference.kind !== 'keychain')
    return readSaid(reference, folderOf('key'), () => where('key'), input, context)
  const account = nameAccount(name)
  const stored = !known && isKeptInKeychain(said) ? await openKeychain(context.host) : undefined
  const key = known ?? (await stored?.read(account))
  if (key) return key
  const hint = say('setup-file.name-key.hint', { name })
  throw usageError('key-missing', say('setup-file.name-key', { name }), hint)
}

async function atPlace<Result>(
  where: (() => Promise<Where>) | undefined,
  work: () => Result,
): Promise<Result> {
  try {
    return work()
  } catch (error) {
    throw error instanceof UserError && where ? error.at(await where()) : error
  }
}

/** On a terminal an origin without TLS is explained and asked about; elsewhere naming it was the user's word, as for `setup`. */
async function acceptOrigins(
  origins: readonly Origin[],
  input: Input,
  context: WritingContext,
): Promise<void> {
  if (!isInteractive(input, context.host) || context.committer.dryRun) return
  for (const origin of origins) if (!(await acceptsOrigin(origin, input, context))) throw cancelled()
}

function isListed(setup: Setup, { choices, passedOver }: DeclaredChoices, { host }: CommandContext): boolean {
  const id = setupId(setup)
  return passedOver.has(id) || choices.some((choice) => choiceId(choice, host) === id)
}

function removalOf(setups: readonly Setup[], agents: string[], { catalog, host }: CommandContext): Removal {
  return {
    removed: new Set([...setups.map(setupId), ...agents]),
    gone: new Set(setups.filter(isGone).map(setupId)),
    choices: setups.flatMap((setup) => choiceOf(setup, catalog, host) ?? []),
  }
}

function notListed(
  setups: readonly Setup[],
  text: 'setup-file.not-listed' | 'setup-file.by-hand',
): Finding[] {
  if (setups.length === 0) return []
  const tools = [...new Set(setups.map(({ tool }) => tool))]
  return [{ id: 'not-in-file', level: 'info', message: say(text, { tools }) }]
}

/** Names that nothing goes by any more: whether a file or the user saved them nobody knows, so they stay. */
function unusedNames(ledger: Ledger, declared: DeclaredChoices, { removed }: Removal): Finding[] {
  const isKept = (setup: Setup) => !removed.has(setupId(setup))
  const used = new Set([...declared.names.keys(), ...ledger.setups.filter(isKept).map(({ name }) => name)])
  const unused = [...namesIn(ledger).keys()].filter((name) => !used.has(name))
  return unused.map((name) => {
    const hint = asMessage(`qcode-setup key forget --name ${name}`)
    return { id: 'name-not-in-file', level: 'info', message: say('setup-file.name-stays', { name }), hint }
  })
}

/** Values that are not as they were written, also those that the files do not speak of, such as a key in place. */
async function findDrift(choices: readonly ToolChoice[], context: CommandContext) {
  const planContext = createPlanContext(context, undefined, () => 'stop')
  const looks = choices.map(async (choice) => {
    const id = choiceId(choice, context.host)
    const setup = planContext.ledger.setups.find((one) => setupId(one) === id)
    const known = setup && choiceOf(setup, context.catalog, context.host)
    const { files = [] } = setup && known ? await inspectSetup(setup, known, planContext) : {}
    const { id: tool } = choice.tool
    return files.flatMap(({ state, ...file }) => (state === 'as-written' ? [] : [{ tool, state, ...file }]))
  })
  return (await Promise.all(looks)).flat()
}

async function report(
  applied: Applied<Plan>,
  wanted: Wanted | undefined,
  input: Input,
  context: CommandContext,
): Promise<Outcome> {
  const { plan, exit, run, plainHttp, check, choices, effect } = applied
  const isCheck = isOn(input, 'check')
  const drift = isCheck ? await findDrift(choices, context) : []
  const isPending = isCheck && (drift.length > 0 || (wanted?.removal.removed.size ?? 0) > 0)
  const findings = [
    ...applied.findings,
    ...drift.map(({ tool, path, state, differs }) => ({
      id: 'drift',
      level: 'warning' as const,
      tool,
      message: say(`setup-file.drift.${state}`, { path, values: differs }),
      where: { file: path },
    })),
  ]
  const said = reportSetup(applied, context.host)
  const { texts } = context.host
  const next = said.next.map((line) =>
    isCheck && line === texts['report.dry-run'] ? texts['report.checked'] : line,
  )
  return {
    exit: isPending ? 3 : exit,
    findings,
    data: {
      ...planData(plan, findings),
      files: input.positionals,
      tools: choices.map(({ tool, scope, method, keyStore, origin, project, shell, name }) => ({
        id: tool.id,
        ...(name !== undefined && { name }),
        scope,
        method,
        keyStore,
        region: origin.region,
        gateway: origin.text,
        place: project ?? shell?.id ?? null,
      })),
      removed: (wanted?.removal.choices ?? []).map(({ tool }) => tool.id),
      drift: drift.map(({ tool, path, state, differs }) => ({ tool, path, state, differs })),
      effect: effect.map(({ id, level, tool, message }) => ({ id, level, tool: tool ?? null, message })),
      plainHttp,
      check,
      run: run ?? null,
    },
    report: said.report,
    next,
  }
}
