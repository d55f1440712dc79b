import { parse } from 'node:path'
import { detectTool } from '../catalog/detect.ts'
import { completeHints } from '../checks/doctor/complete-hints.ts'
import type { CommandContext } from '../command.ts'
import { describeSource } from '../effect/describe-source.ts'
import { judgeEffect as judgeView, openEffect, policyFindings, viewSetup } from '../effect/judge-effect.ts'
import { type MachineView, overlay, viewMachine } from '../effect/machine-view.ts'
import { profileFindings } from '../effect/profile-findings.ts'
import { type EffectContext, type ExistingSetup, type ToolView, viewTool } from '../effect/tool-view.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type Origin, originTextOf } from '../gateway/origin.ts'
import { maskUrl } from '../gateway/url-faults.ts'
import { isInRegistry } from '../host/read-file-state.ts'
import { terminalFindings } from '../plan/later-profiles.ts'
import type { Plan } from '../plan/plan.ts'
import { setupOf } from '../plan/setups.ts'
import { inspectSetup } from '../plan/tool-status.ts'
import { ownKeys } from '../plan/written-keys.ts'
import type { CommandName } from '../request/fields.ts'
import type { ToolChoice } from '../request/request.ts'
import { asMessage, type Message, say } from '../texts/message.ts'
import { createPlanContext } from './plan-context.ts'

/** A plan whose effect is to be judged before anybody is asked about it. */
export interface PlannedEffect {
  readonly command: CommandName
  /** What the plan sets up, moves or gives another key; of `remove` what it takes out. */
  readonly choices: readonly ToolChoice[]
  /** What it takes out besides. */
  readonly removed?: readonly ToolChoice[]
  /** Conflicts and git are settled in it. */
  readonly plan: Plan
}

/** What a removal, or a corrected URL, must not lead to: somebody's key at somebody else's address. */
const ownKeyLeaks = ['key-to-stranger', 'key-to-vendor']
const leaks = ['foreign-key', 'no-key', ...ownKeyLeaks]

/**
 * What is wrong with what the clients will do once the plan is applied; an `error` stops the plan where nobody can be
 * asked. Reads, never writes.
 */
export async function judgePlannedEffect(
  planned: PlannedEffect,
  context: CommandContext,
): Promise<Finding[]> {
  const { command, choices, removed = [], plan } = planned
  const now = viewMachine(context.host)
  const machine = overlay(now, plan.edits)
  if (command === 'lint') return judgeFixes(plan, machine, context)
  const found = await judgeChoices(choices, plan.ledger, machine, context, command)
  if (command === 'remove') return judgeRemoval(found, plan)
  if (removed.length > 0) {
    const left = await judgeChoices(removed, plan.ledger, machine, context, command)
    found.push(...judgeRemoval(left, plan))
  }
  if (command !== 'key') return found
  const before = await judgeChoices(choices, plan.ledger, now, context, command)
  const known = new Set(before.map(({ id, message }) => `${id} ${message}`))
  // Where the old key went to somebody else, the new one is not to go as well.
  return found.map((finding) =>
    known.has(`${finding.id} ${finding.message}`) && !ownKeyLeaks.includes(finding.id)
      ? asWarning(finding)
      : finding,
  )
}

/** Of what the plan is not about the setups whose clients would send another key all the same. Reads, never writes. */
export async function withOtherKey(
  choices: readonly ToolChoice[],
  plan: Plan,
  context: CommandContext,
): Promise<ToolChoice[]> {
  // What is set up for the user is looked at outside of any project.
  const now = { ...viewMachine(context.host), cwd: context.host.home }
  const before = await keysSent(choices, plan.ledger, now, context)
  const after = await keysSent(choices, plan.ledger, overlay(now, plan.edits), context)
  return choices.filter((choice) => before.get(choice) !== after.get(choice))
}

/** For each choice the keys that its client sends, as one text. */
async function keysSent(
  choices: readonly ToolChoice[],
  ledger: Plan['ledger'],
  machine: MachineView,
  { catalog, host }: CommandContext,
): Promise<Map<ToolChoice, string>> {
  const given = { catalog, machine, setups: ledger.setups, ownKeys: ownKeys(ledger) }
  const keys = choices.map(async (choice) => {
    const { view } = await viewSetup(choice, await detectTool(choice.tool, host), given)
    const sent = view.connections.flatMap((connection) => connection.keys.sent.map(({ value }) => value))
    return [choice, JSON.stringify(sent)] as const
  })
  return new Map(await Promise.all(keys))
}

/** What was wrong before a key was replaced, and keeps a client from working with it. */
const stillWrong = [...leaks, 'placeholder-key', 'base-url-elsewhere', 'base-url-missing', 'base-url-empty']

/** Whether a client is left that does not use a new key, or hands it to somebody else. */
export function isLeftWrong(effect: readonly Finding[]): boolean {
  return effect.some(({ id }) => stillWrong.includes(id))
}

/** The same after the write, on the machine as it is then. */
export async function judgeEffect(
  choices: readonly ToolChoice[],
  ledger: Plan['ledger'],
  context: CommandContext,
  command: CommandName,
): Promise<Finding[]> {
  return judgeChoices(choices, ledger, viewMachine(context.host), context, command)
}

/**
 * What keeps these clients from what they are set up for, on the machine as it is: each time with the command that mends it. A
 * project that somebody is in by chance does not count.
 */
export async function judgeStanding(choices: readonly ToolChoice[], context: CommandContext) {
  const machine = { ...viewMachine(context.host), cwd: parse(context.host.home).root }
  const planContext = createPlanContext(context, undefined, () => 'stop')
  const looks = choices.map((choice) => inspectSetup(setupOf(choice, context.host), choice, planContext))
  const setups = await Promise.all(looks)
  const found = await judgeChoices(choices, planContext.ledger, machine, context, 'check', setups)
  return found.filter(({ level }) => level === 'error')
}

async function judgeChoices(
  choices: readonly ToolChoice[],
  ledger: Plan['ledger'],
  machine: MachineView,
  { catalog, host }: CommandContext,
  command: CommandName,
  setups: readonly ExistingSetup[] = choices.map((choice) => setupOf(choice, host)),
): Promise<Finding[]> {
  const given = { catalog, machine, setups: ledger.setups, ownKeys: ownKeys(ledger) }
  const judged = await Promise.all(
    choices.map(async (choice, index) => {
      const { view, context } = await viewSetup(choice, await detectTool(choice.tool, host), given)
      const moved = command === 'check' ? otherGateway(view, choice, context) : []
      const own = [...judgeView(view, context), ...moved].flatMap((one) => ofSetup(one, choice, command))
      const isWritten = command !== 'check' && command !== 'remove'
      if (isWritten && own.every(({ level }) => level !== 'error'))
        own.push(...(await terminalFindings(choice, view.installed, given)))
      return completeHints(own, [], { catalog, host, ledger, setups: setups.slice(index, index + 1) })
    }),
  )
  const shells = [...new Set(choices.flatMap(({ shell }) => shell ?? []))]
  const found = [...judged.flat(), ...profileFindings(shells, machine)]
  const once = [...new Map(found.map((finding) => [JSON.stringify(finding), finding])).values()]
  return [...once, ...(await policyFindings(shells, machine))]
}

/** No errors, but the client does not go where it was set up to go. */
const told = ['base-url-elsewhere', 'base-url-managed']

/** What nobody could read and may beat the setup; profiles are told of by what is wrong with them. */
function isUnknownStore({ id, tool, where }: Finding): boolean {
  return id === 'could-not-look' && (tool !== undefined || isInRegistry(where?.file ?? ''))
}

const isElsewhere = (url: string, { text }: Origin) => URL.canParse(url) && originTextOf(url) !== text

/** The client works, but with another gateway than it was set up for: what is checked is not what it uses. */
function otherGateway(
  { tool: { id, title }, connections }: ToolView,
  { origin }: ToolChoice,
  { profiles }: EffectContext,
): Finding[] {
  const used = connections.flatMap(({ destination, baseUrl: { winner } }) =>
    destination === 'gateway' && winner && isElsewhere(winner.value.trim(), origin) ? [winner] : [],
  )
  return used.slice(0, 1).map((found) => {
    const url = maskUrl(found.value.trim())
    const source = describeSource(found, profiles)
    const message = say('effect.base-url-other', { tool: title, url, source, origin: origin.text })
    const hint = asMessage(`qcode-setup --tool ${id}`)
    return { id: 'base-url-other', level: 'error', tool: id, message, hint }
  })
}

/** Commands for which setting the tool up again is a way out. */
const others: readonly CommandName[] = ['switch', 'key', 'check', 'status']

/** What a setup reports of its own effect; its own command is no way out of it. */
function ofSetup(finding: Finding, { tool, keyStore }: ToolChoice, command: CommandName): Finding[] {
  if (isUnknownStore(finding)) return [asWarning(finding)]
  const trap = tool.diagnosis.traps.find(({ id }) => id === finding.id)
  // The variable may be there for this one command, and a profile sets another.
  const isOtherLater = finding.id === 'different-keys' && keyStore === 'env'
  const isTold = finding.level === 'error' || told.includes(finding.id) || trap?.toldAtSetup || isOtherLater
  if (!isTold || (finding.id === 'no-key' && keyStore === 'env' && command !== 'check')) return []
  // Whoever runs this has the command at hand.
  if (finding.id === 'key-command-missing') return [asWarning(finding)]
  // What a proxy does shows in the check that follows.
  if (finding.id.startsWith('proxy-')) return []
  const { hint, ...rest } = finding
  if (others.includes(command)) return [finding]
  const isSame = new RegExp(`^qcode-setup --tool ${tool.id}\\b(?!.* --model )`).test(String(hint))
  return [isSame ? rest : finding]
}

/** Where the user has changed one part of a connection and keeps it, the other part cannot go without it. */
function judgeRemoval(found: readonly Finding[], { findings }: Plan): Finding[] {
  const hint = say('error.split-connection')
  const isSplit = findings.some(({ id }) => id === 'value-kept')
  return found
    .filter(({ id }) => leaks.includes(id))
    .map((finding) => (isSplit ? { ...finding, hint } : asWarning(finding)))
}

/** Of every client whose base URL stands in a file that is corrected. */
async function judgeFixes(
  plan: Plan,
  machine: MachineView,
  { catalog, host }: CommandContext,
): Promise<Finding[]> {
  const fixed = new Set(plan.edits.map(({ path }) => path))
  const context = await openEffect({
    catalog,
    machine,
    setups: plan.ledger.setups,
    ownKeys: ownKeys(plan.ledger),
  })
  const views = await Promise.all(
    catalog.tools.map(async (tool) => viewTool(tool, await detectTool(tool, host), context)),
  )
  return views
    .filter(({ connections }) =>
      connections.some(({ baseUrl }) => fixed.has(baseUrl.winner?.source.file?.path ?? '')),
    )
    .flatMap((view) => judgeView(view, context))
    .filter(({ id, level }) => level === 'error' && leaks.includes(id) && id !== 'no-key')
}

/** UserError `no-effect`, exit 3: the plan would not do what was asked for, and nobody can be asked about it. */
export function withoutEffect(problems: readonly Finding[]): UserError {
  const lines = problems.flatMap(({ message, hint }) => [
    indented(message, 2),
    ...(hint === undefined ? [] : [indented(hint, 4)]),
  ])
  return new UserError({
    code: 'no-effect',
    message: [say('error.no-effect'), ...lines],
    hint: say('error.no-effect.hint'),
    exit: 3,
    ...(problems[0]?.where && { where: problems[0].where }),
  })
}

function indented(text: Message | string, blanks: number): Message {
  return asMessage(text).map((line) => ' '.repeat(blanks) + line)
}

function asWarning(finding: Finding): Finding {
  return { ...finding, level: 'warning' }
}
