import {
  type CommandContext,
  type CommandSpec,
  isInteractive,
  type Outcome,
  type WritingContext,
} from '../command.ts'
import { cancelled, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { isUnencryptedUrl, type Origin } from '../gateway/origin.ts'
import { type Setup, setupId } from '../ledger.ts'
import { planSetup, type Removal } from '../plan/make-plan.ts'
import type { Plan } from '../plan/plan.ts'
import { choiceId } from '../plan/setups.ts'
import { type FileStatus, inspectSetup } from '../plan/tool-status.ts'
import { refuseWithoutKeychain, refuseWithoutVariable } from '../request/choose-tools.ts'
import { inScope, judgeKeyLook, noKeyFinding } from '../request/normalise-request.ts'
import { type Declaration, readSetupFiles } from '../request/read-setup-file.ts'
import { type Input, isOn, type ToolChoice, textOf, withValues } from '../request/request.ts'
import { describeReference, parseKeyReference } from '../secrets/key-reference.ts'
import type { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { reportSetup } from '../ui/report-setup.ts'
import { renderFindings } from '../ui/write-text.ts'
import { type Applied, applyChoices, type Chosen } from './apply-choices.ts'
import { choiceOf, existingChoices, isGone, loadLedger } from './choices-of.ts'
import { type DeclaredChoices, declaredChoices } from './declared-choices.ts'
import { declaredKey } from './declared-key.ts'
import { acceptsOrigin } from './plain-http.ts'
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
  const declared = await declaredChoices(declaration.tools, existing, store, input, context)
  await atFirstTool(declaration, () => {
    refuseWithoutKeychain(declared.choices)
    refuseWithoutVariable(declared.choices)
  })
  const origins = [...new Map(declared.choices.map(({ origin }) => [origin.text, origin])).values()]
  await acceptOrigins(origins, input, context)
  const named = [...declared.names.values()].map(({ origin }) => origin)
  const strangers = otherGateways(origins, [...existing.map(({ origin }) => origin), ...named])
  await acceptGateways(strangers, input, context)
  const key = await declaredKey(declaration.key, declared.choices, existing, input, context)
  const { setups, folders } = loadLedger(context)
  const unlisted = setups.filter((setup) => !isListed(setup, declared, context))
  // What was set up by hand is no part of any file, so that it was not taken out of one either.
  const takenOut = unlisted.filter(({ declared: wasDeclared }) => wasDeclared)
  const byHand = unlisted.filter((setup) => !takenOut.includes(setup))
  const removal = removalOf(isOn(input, 'prune') ? takenOut : [], context)
  const keys = new Map([...declared.names.values()].map((named) => [named.name, named.key]))
  const open = declared.choices.filter((choice) => !declared.pinned.has(choice))
  const settled = await resolveVariants(open, input, context)
  const choices = declared.choices.map((choice) => settled.choices[open.indexOf(choice)] ?? choice)
  return {
    choices,
    origins,
    ...(key.secret && { key: key.secret }),
    ...(key.isGiven && key.secret && { checkedKey: key.secret }),
    removed: removal.choices,
    ...(removal.removed.size > 0 && { removeFolders: folders }),
    removal,
    passedOver: declared.passedOver.size,
    isPartial: declared.passedOver.size > 0,
    findings: [
      ...declared.findings,
      ...key.findings,
      ...(key.isGiven && key.secret ? judgeKeyLook(key.secret) : []),
      ...strangers.map(({ finding }) => finding),
      ...declared.choices
        .filter(({ scope }) => scope === 'managed')
        .map((choice) => noKeyFinding(choice, context.host)),
      ...(reference
        ? [
            {
              id: 'key-source',
              level: 'info' as const,
              message: say('setup-file.key', { from: describeReference(reference) }),
            },
          ]
        : []),
      ...(isOn(input, 'prune') ? [] : notListed(takenOut, 'setup-file.not-listed')),
      ...notListed(byHand, 'setup-file.by-hand'),
      ...settled.findings,
    ],
    makePlan: (planContext, left) =>
      planSetup({ ...requestFor(left, key.secret), keys }, planContext, removal),
    canLeaveOut: true,
  }
}

function requestFor(choices: readonly ToolChoice[], key: Secret | undefined) {
  return { choices, ...(key && { key }) }
}

async function atFirstTool({ tools }: Declaration, refuse: () => void): Promise<void> {
  try {
    refuse()
  } catch (error) {
    const [first] = tools
    throw error instanceof UserError && first ? error.at(await first.where('key_store')) : error
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

function removalOf(setups: readonly Setup[], { catalog, host }: CommandContext): Removal {
  return {
    removed: new Set(setups.map(setupId)),
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

/** The key goes to no region of the gateway on a file's word alone: the user's is asked for, or `--allow-gateway`. */
async function acceptGateways(
  strangers: readonly Stranger[],
  input: Input,
  context: WritingContext,
): Promise<void> {
  const { host, committer } = context
  const [first] = strangers
  if (!first || committer.dryRun || isOn(input, 'allowGateway')) return
  if (!isInteractive(input, host)) {
    throw new UserError({
      code: 'gateway-not-allowed',
      message: say('setup-file.gateway.not-allowed', { origin: first.origin }),
      hint: say('setup-file.gateway.not-allowed.hint'),
      exit: 2,
    })
  }
  const { askConfirm, tell } = await import('../wizard/ask.ts')
  tell(
    host,
    renderFindings(
      strangers.map(({ finding }) => finding),
      host,
    ),
  )
  if (!(await askConfirm(host, say('ask.use-anyway'), false))) throw cancelled()
}

interface Stranger {
  readonly origin: string
  readonly finding: Finding
}

/** A file may be somebody else's: where it leads the key to no region of the gateway, that is said, the first time. */
function otherGateways(origins: readonly Origin[], existing: readonly Origin[]): Stranger[] {
  const known = new Set(existing.map(({ text }) => text))
  const isLocal = (text: string) => text.startsWith('http:') && !isUnencryptedUrl(text)
  return origins
    .filter(({ region, text }) => region === 'custom' && !known.has(text) && !isLocal(text))
    .map(({ text: origin }) => ({
      origin,
      finding: {
        id: 'other-gateway',
        level: 'warning',
        message: say('setup-file.other-gateway', { origin }),
      },
    }))
}

/** Values that are not as they were written, also those that the files do not speak of, such as a key in place. */
async function findDrift(choices: readonly ToolChoice[], context: CommandContext): Promise<Drift[]> {
  const planContext = createPlanContext(context, undefined, () => 'stop')
  const drift: Drift[] = []
  for (const choice of choices) {
    const id = choiceId(choice, context.host)
    const setup = planContext.ledger.setups.find((one) => setupId(one) === id)
    const known = setup && choiceOf(setup, context.catalog, context.host)
    const { files = [] } = setup && known ? await inspectSetup(setup, known, planContext) : {}
    drift.push(
      ...files
        .filter(({ state }) => state !== 'as-written')
        .map((file) => ({ tool: choice.tool.id, ...file })),
    )
  }
  return drift
}

type Drift = FileStatus & { readonly tool: string }

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
      message: say(`setup-file.drift.${state as Exclude<typeof state, 'as-written'>}`, {
        path,
        values: differs,
      }),
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
