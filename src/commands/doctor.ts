import { wasProven } from '../apply/committer.ts'
import { endingCommand, findUnfinishedRun, isOnDiskWithoutModes, lastRuns } from '../apply/journal.ts'
import { readLedger } from '../apply/ledger-store.ts'
import { isTrustedFolder, stateFolder } from '../apply/state-folder.ts'
import { inFolders } from '../catalog/folder-variables.ts'
import type { Tool } from '../catalog/tool.ts'
import { checkSettings } from '../checks/check-gateway.ts'
import { askGateway } from '../checks/doctor/ask-gateway.ts'
import { completeHints } from '../checks/doctor/complete-hints.ts'
import { diagnose } from '../checks/doctor/diagnose.ts'
import {
  countLevels,
  driftFindings,
  finishFindings,
  folderFindings,
  lintFindings,
  mendByLint,
} from '../checks/doctor/state-findings.ts'
import { toolData } from '../checks/doctor/tool-data.ts'
import { stateInGit } from '../checks/key-in-git.ts'
import { lintFiles } from '../checks/lint/lint-files.ts'
import type { CommandContext, CommandSpec, Outcome } from '../command.ts'
import { type ExitCode, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { emptyLedger, type Ledger } from '../ledger.ts'
import { inspectEntries, inspectSetup } from '../plan/tool-status.ts'
import { toolsNamed } from '../request/choose-tools.ts'
import { type Input, isOn, listOf, nameIn, textOf } from '../request/request.ts'
import { asMessage, say } from '../texts/message.ts'
import { reportDoctor } from '../ui/report-doctor.ts'
import { withProgress } from '../ui/write-text.ts'
import { describeNames, nameFindings } from './by-name.ts'
import { choiceOf } from './choices-of.ts'
import { deepFindings } from './doctor-deep.ts'
import { agentFindings } from './launch-agent.ts'
import { refuseUnknownName } from './names.ts'
import { plainHttpWarnings } from './plain-http.ts'
import { createPlanContext, damagedRuns } from './plan-context.ts'

export const doctorCommand: CommandSpec = {
  name: 'doctor',
  summary: say('help.doctor'),
  examples: [
    ['qcode-setup doctor', say('help.doctor.example-1')],
    ['qcode-setup doctor --deep', say('help.doctor.example-2')],
    ['qcode-setup doctor --no-check --json', say('help.doctor.example-3')],
  ],
  writes: 'nothing',
  network: true,
  run: runDoctor,
}

/** Everything that is known of the tools on this machine: what they go by, and what is wrong with it. */
export async function runDoctor(input: Input, context: CommandContext): Promise<Outcome> {
  const { host } = context
  const named =
    (await toolsNamed(listOf(input, 'onlyTools'), context.catalog, host)) ?? toolsWithName(input, context)
  const catalog = named ? { ...context.catalog, tools: named } : context.catalog
  const isMeant = ({ tool, tools = [] }: Finding) =>
    named === undefined ||
    named.some(({ id }) => id === tool || tools.includes(id)) ||
    (!tool && tools.length === 0)
  const state = await lookAtOwnState(context)
  const {
    views,
    findings: found,
    profiles,
    effect,
  } = await withProgress(
    host,
    host.texts['progress.look'],
    diagnose(catalog, host, state.ledger, (path) => isOnDiskWithoutModes(host, path)),
  )
  const search = lintFiles({ paths: [], project: false }, context.catalog, host, state.ledger)
  const lint = await withProgress(host, host.texts['progress.search'], search)
  const deep = isOn(input, 'deep') ? await deepFindings(views, effect, context) : []
  const isSettled = ({ id, tool }: Finding) =>
    id === 'version-not-measured' &&
    views.some((view) => view.tool.id === tool && wasProven(tool, view.installed.version ?? '', host))
  const local = mendByLint(
    [
      ...found.filter((finding) => !isSettled(finding)),
      ...deep,
      ...state.findings,
      ...lintFindings(lint.problems, views),
      ...lint.failures,
    ],
    lint.problems,
    views,
  ).filter(isMeant)
  const settings = isOn(input, 'noCheck') ? undefined : checkSettings(input, host)
  const work = Promise.all([
    settings ? askGateway(views, settings, state.ledger, effect) : [],
    plainHttpWarnings(views, profiles, settings, context),
  ])
  const [asked, plainHttp] = await withProgress(host, host.texts['check.progress'], work)
  const missing = (named ?? []).filter(({ id }) => !views.some(({ tool }) => tool.id === id)).map(notHere)
  const { ledger } = state
  const toSetUp = completeHints(missing, views, { ...context, ledger, setups: ledger.setups })
  const nothing = views.length === 0 && named === undefined ? [nothingFound] : toSetUp
  const findings = finishFindings(
    [...local, ...plainHttp.filter((finding) => !isTold(finding, local)), ...asked, ...nothing],
    views,
  )
  const shown = new Set([...views.map(({ tool }) => tool.id), ...findings.flatMap(({ tool }) => tool ?? [])])
  const absent = catalog.tools.filter(({ id }) => !shown.has(id)).map(({ title }) => title)
  const titles = new Map(catalog.tools.map(({ id, title }) => [id, title]))
  const tools = views.flatMap((view) => toolData(view, profiles))
  const summary = countLevels(findings)
  return {
    exit: exitOf(local, asked),
    findings: [],
    data: { findings, tools, summary },
    ...reportDoctor({ tools, findings, summary, absent, titles }, host),
  }
}

/** The tools that go by the name that was given; undefined where none was. Errors: UserError `unknown-name`, exit 2. */
function toolsWithName(input: Input, context: CommandContext): readonly Tool[] | undefined {
  const { host, catalog } = context
  if (textOf(input, 'name') === undefined) return undefined
  const ledger = readLedger(host)
  const name = nameIn(input)
  refuseUnknownName(input, ledger, context)
  const own = ledger.setups.filter((setup) => setup.name === name)
  return catalog.tools.filter(({ id }) => own.some(({ tool }) => tool === id))
}

/** A state that is not to be read is met once by each who looks into it. */
function isTold({ message }: Finding, findings: readonly Finding[]): boolean {
  return findings.some((other) => String(other.message) === String(message))
}

function notHere({ id, title }: Tool): Finding {
  return {
    id: 'not-set-up',
    level: 'skipped',
    tool: id,
    message: say('doctor.not-here-at-all', { tool: title }),
    hint: asMessage(`qcode-setup --tool ${id}`),
  }
}

const nothingFound: Finding = {
  id: 'nothing-found',
  level: 'skipped',
  message: say('doctor.nothing-found'),
  hint: asMessage('qcode-setup'),
}

/** 4 says that the gateway alone is at fault. */
function exitOf(local: readonly Finding[], asked: readonly Finding[]): ExitCode {
  if (local.some(({ level }) => level === 'error')) return 3
  return asked.some(({ level }) => level === 'error') ? 4 : 0
}

/** What this program knows of its own work, and what is wrong with that. A state that is damaged counts as empty. */
export interface OwnState {
  /** Each setup with how its files stand. */
  readonly ledger: Ledger
  readonly findings: readonly Finding[]
}

/** Drift, a run that was stopped half-way, the folder of backups. */
export async function lookAtOwnState(context: CommandContext): Promise<OwnState> {
  const { host } = context
  try {
    // Before all else: of a folder that cannot be looked at, nothing more can be said.
    isTrustedFolder(stateFolder(host), host)
  } catch (error) {
    return { ledger: emptyLedger, findings: [stateProblem(error)] }
  }
  const inGit = await stateInGit(stateFolder(host), context)
  const folder = [
    ...folderFindings(stateFolder(host), host, (path) => isOnDiskWithoutModes(host, path)),
    ...(inGit ? [inGit] : []),
  ]
  try {
    const { ledger, drift } = await findDrift(context)
    return {
      ledger,
      findings: [...folder, ...damagedRuns(lastRuns(host).damaged), ...unfinishedRun(host), ...drift],
    }
  } catch (error) {
    return { ledger: emptyLedger, findings: [...folder, stateProblem(error)] }
  }
}

function stateProblem(error: unknown): Finding {
  if (!(error instanceof UserError)) throw error
  const { code, text: message, hintInLine: hint, where } = error
  return {
    id: code,
    level: 'error',
    message,
    ...(hint !== undefined && { hint }),
    ...(where && { where }),
  }
}

async function findDrift(context: CommandContext): Promise<{ ledger: Ledger; drift: Finding[] }> {
  const planContext = createPlanContext(context, undefined, () => 'stop')
  const { ledger } = planContext
  const looks = ledger.setups.map(async (setup) => {
    const choice = choiceOf(setup, context.catalog, context.host)
    const looked = choice ? inspectSetup(setup, choice, planContext) : inspectEntries(setup, planContext)
    const inPlace = (line: string) =>
      choice ? inFolders(line, choice.tool, setup.folders ?? {}, context.host) : line
    const status = await looked
    return { status, drift: driftFindings(status, inPlace) }
  })
  const found = await Promise.all(looks)
  const names = nameFindings(ledger.setups, describeNames(ledger, context), ledger, context.catalog)
  return {
    ledger: { ...ledger, setups: found.map(({ status }) => status) },
    drift: [...found.flatMap(({ drift }) => drift), ...names, ...agentFindings(ledger)],
  }
}

function unfinishedRun(host: Host): Finding[] {
  const run = findUnfinishedRun(host)
  if (!run) return []
  return [
    {
      id: 'unfinished-run',
      level: 'warning',
      message: say('recovery.interrupted', { run: run.id, command: run.command }),
      hint: asMessage(endingCommand(run)),
    },
  ]
}
