import { existsSync, realpathSync } from 'node:fs'
import type { CommandSpec, Outcome, WritingContext } from '../command.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { completionIds, type Ledger, nameId, namesIn, type Setup, setupId } from '../ledger.ts'
import { planRemoval } from '../plan/make-plan.ts'
import { type Input, listOf, nameIn, textOf } from '../request/request.ts'
import { say } from '../texts/message.ts'
import { reportRemoval } from '../ui/report-setup.ts'
import { forgetStored, hasName } from './by-name.ts'
import { choiceOf, goneFindings, idsNamed, isGone, loadLedger, titlesOf } from './choices-of.ts'
import { gitWarnings } from './guard-git.ts'
import { settleBackups } from './key-in-backups.ts'
import { agentsRemoved, stillLoaded } from './launch-agent.ts'
import { refuseUnknownName } from './names.ts'
import { recoverFirst } from './recover-first.ts'
import { planData, writePlan } from './write-plan.ts'

export const removeCommand: CommandSpec = {
  name: 'remove',
  summary: say('help.remove'),
  examples: [
    ['qcode-setup remove --tool codex --yes', say('help.remove.example-1')],
    ['qcode-setup remove --name work', say('help.remove.example-2')],
  ],
  writes: 'files',
  network: false,
  run: runRemove,
}

/** Takes out what this program wrote for the named tools (by default all) and gives back what it replaced. */
export async function runRemove(input: Input, context: WritingContext): Promise<Outcome> {
  const { host, catalog, committer } = context
  const recovered = await recoverFirst(input, context)
  const ledger = loadLedger(context)
  const { setups, folders } = ledger
  const [tools, wanted] = [await idsNamed(listOf(input, 'setUpTool'), setups, context), nameIn(input)]
  refuseUnknownName(input, ledger, context)
  const scope = textOf(input, 'scope')
  const isAgentAlone = tools === undefined && input.values.launchAgent !== undefined
  const isOut = (one: Setup) => isMeant(one, tools, scope, host) && hasName(input)(one)
  const removed = isAgentAlone ? [] : setups.filter(isOut)
  const kept = setups.filter((setup) => !removed.includes(setup))
  const others = [...alsoRemoved(input, ledger, kept), ...agentsRemoved(input, ledger, kept)]
  const ids = new Set([...removed.map(setupId), ...others])
  const isForgotten = wanted !== undefined && ids.has(nameId(wanted))
  const keychain = isForgotten ? await forgetStored(wanted, ledger, context) : undefined
  const gone = removed.filter(isGone)
  const choices = removed.flatMap((setup) => choiceOf(setup, catalog, host) ?? [])
  const written = await writePlan(
    {
      command: 'remove',
      input,
      choices,
      makePlan: (planContext) =>
        planRemoval({ removed: ids, gone: new Set(gone.map(setupId)), choices, keychain }, planContext),
      removeFolders: folders,
      ...(context.canGoBack && { canGoBack: true }),
    },
    context,
  )
  const inGit = await gitWarnings(written.plan.edits, committer.dryRun, context)
  const backups = await settleBackups(written.plan.ledger.setups, input, context, true)
  const findings = [
    ...recovered,
    ...goneFindings(gone),
    ...written.plan.findings,
    ...written.effect,
    ...inGit,
    ...keyStays(removed, kept),
    ...stillLoaded(ledger, written.plan.ledger),
    ...backups.findings,
  ]
  return {
    exit: written.isBlocked ? 3 : 0,
    findings,
    data: { ...planData(written.plan, findings), run: written.run ?? null, backups: backups.data },
    ...reportRemoval(
      {
        ...written,
        dryRun: committer.dryRun,
        isFinal: backups.data.purged.length > 0,
        tools: titlesOf(
          removed.map(({ tool }) => tool),
          catalog,
        ),
      },
      host,
    ),
  }
}

/**
 * What goes besides: a name with the last place that has it; with everything, since who takes that out is done with the
 * program, all names, and the completion of its commands.
 */
function alsoRemoved(input: Input, ledger: Ledger, kept: readonly Setup[]): string[] {
  if (['setUpTool', 'scope', 'launchAgent'].some((field) => input.values[field] !== undefined)) return []
  const name = nameIn(input)
  if (name !== undefined) return kept.some((setup) => setup.name === name) ? [] : [nameId(name)]
  if (textOf(input, 'name') !== undefined || kept.length > 0) return []
  return [...completionIds(ledger), ...[...namesIn(ledger).keys()].map(nameId)]
}

/** The project scope is the project in this folder, and no other one. */
function isMeant(
  { tool, scope, project }: Setup,
  tools: ReadonlySet<string> | undefined,
  wanted: string | undefined,
  { cwd }: Host,
): boolean {
  if (tools && !tools.has(tool)) return false
  if (wanted !== undefined && scope !== wanted) return false
  return wanted !== 'project' || project === undefined || isSameFolder(project, cwd)
}

function isSameFolder(one: string, other: string): boolean {
  if (one === other) return true
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other)
}

/** What was never in a file is not taken out with it. */
function keyStays(removed: readonly Setup[], kept: readonly Setup[]): Finding[] {
  const isKept = ({ keyStore }: Setup) => keyStore === 'keychain'
  if (!removed.some(isKept) || kept.some(isKept)) return []
  const finding = { id: 'key-in-keychain', level: 'info', message: say('remove.key-in-keychain') } as const
  return [{ ...finding, hint: say('remove.key-in-keychain.hint') }]
}
