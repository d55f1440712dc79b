import { detectTool } from '../catalog/detect.ts'
import type { CommandContext } from '../command.ts'
import { judgeEffect as judgeView, openEffect, policyFindings, viewSetup } from '../effect/judge-effect.ts'
import { type MachineView, overlay, viewMachine } from '../effect/machine-view.ts'
import { profileFindings } from '../effect/profile-findings.ts'
import { viewTool } from '../effect/tool-view.ts'
import type { Finding } from '../finding.ts'
import { isInRegistry } from '../host/read-file-state.ts'
import type { Plan } from '../plan/plan.ts'
import { ownKeys } from '../plan/written-keys.ts'
import type { CommandName } from '../request/fields.ts'
import type { ToolChoice } from '../request/request.ts'
import { say } from '../texts/message.ts'

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
  const found = await judgeChoices(choices, plan.ledger, machine, context)
  if (command === 'remove') return judgeRemoval(found, plan)
  if (removed.length > 0) {
    const left = await judgeChoices(removed, plan.ledger, machine, context)
    found.push(...judgeRemoval(left, plan))
  }
  if (command !== 'key') return found
  const before = await judgeChoices(choices, plan.ledger, now, context)
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
  const [before, after] = [
    await keysSent(choices, plan.ledger, now, context),
    await keysSent(choices, plan.ledger, overlay(now, plan.edits), context),
  ]
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

/** The same after the write, on the machine as it is then. */
export async function judgeEffect(
  choices: readonly ToolChoice[],
  ledger: Plan['ledger'],
  context: CommandContext,
): Promise<Finding[]> {
  return judgeChoices(choices, ledger, viewMachine(context.host), context)
}

async function judgeChoices(
  choices: readonly ToolChoice[],
  ledger: Plan['ledger'],
  machine: MachineView,
  { catalog, host }: CommandContext,
): Promise<Finding[]> {
  const given = { catalog, machine, setups: ledger.setups, ownKeys: ownKeys(ledger) }
  const judged = await Promise.all(
    choices.map(async (choice) => {
      const { view, context } = await viewSetup(choice, await detectTool(choice.tool, host), given)
      return judgeView(view, context).flatMap((finding) => ofSetup(finding, choice))
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

/** What a setup reports of its own effect; its own command is no way out of it. */
function ofSetup(finding: Finding, { tool, keyStore }: ToolChoice): Finding[] {
  if (isUnknownStore(finding)) return [asWarning(finding)]
  const isTold = finding.level === 'error' || told.includes(finding.id)
  if (!isTold || (finding.id === 'no-key' && keyStore === 'env')) return []
  // Whoever runs this has the command at hand.
  if (finding.id === 'key-command-missing') return [asWarning(finding)]
  // What a proxy does shows in the check that follows.
  if (finding.id.startsWith('proxy-')) return []
  const { hint, ...rest } = finding
  return [hint && String(hint).startsWith(`qcode-setup --tool ${tool.id}`) ? rest : finding]
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

function asWarning(finding: Finding): Finding {
  return { ...finding, level: 'warning' }
}
