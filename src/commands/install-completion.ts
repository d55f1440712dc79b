import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Completion } from '../catalog/tool.ts'
import type { CommandContext, Outcome, WritingContext } from '../command.ts'
import type { FormatId } from '../documents/formats.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { findProgram } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { completionId, completionIds, namesIn } from '../ledger.ts'
import { heldBy, planRemoval, planTargets } from '../plan/make-plan.ts'
import { pathInProfile } from '../plan/profile-path.ts'
import { firstExisting, type WantedTarget } from '../plan/wanted.ts'
import type { Input } from '../request/request.ts'
import type { SuggestContext } from '../request/suggest-words.ts'
import { asMessage, say } from '../texts/message.ts'
import { reportInstalled, reportRemoval } from '../ui/report-setup.ts'
import { loadLedger } from './choices-of.ts'
import { readScript } from './completion.ts'
import { recoverFirst } from './recover-first.ts'
import { planData, writePlan } from './write-plan.ts'

/** Writes the script where the shell finds it, as a run that can be undone. Errors: those of `writePlan`. */
export async function installCompletion(
  completion: Completion,
  input: Input,
  context: WritingContext,
): Promise<Outcome> {
  const { host, committer } = context
  const recovered = await recoverFirst(input, context)
  const targets = targetsOf(completion, host)
  const written = await writePlan(
    {
      command: 'completion',
      input,
      makePlan: async (planContext) =>
        heldBy({ id: completionId(completion.shell), targets }, await planTargets(targets, [], planContext)),
    },
    context,
  )
  const findings = [...recovered, ...written.plan.findings, ...written.effect, ...notFound(host)]
  const { shell, needs } = completion
  return {
    exit: 0,
    findings,
    data: { verb: 'install', shell, ...planData(written.plan, findings), run: written.run ?? null },
    ...reportInstalled({ ...written, shell, needs, dryRun: committer.dryRun }, host),
  }
}

/** Takes the scripts out again, of one shell or of all, and what was made for them. Errors: those of `writePlan`. */
export async function uninstallCompletion(
  completion: Completion | undefined,
  input: Input,
  context: WritingContext,
): Promise<Outcome> {
  const { host, committer } = context
  const recovered = await recoverFirst(input, context)
  const ledger = loadLedger(context)
  const removed = new Set(completion ? [completionId(completion.shell)] : completionIds(ledger))
  const written = await writePlan(
    {
      command: 'completion',
      input,
      makePlan: (planContext) => planRemoval({ removed, gone: new Set(), choices: [] }, planContext),
      removeFolders: ledger.folders,
    },
    context,
  )
  const findings = [...recovered, ...written.plan.findings, ...written.effect]
  return {
    exit: 0,
    findings,
    data: { verb: 'uninstall', ...planData(written.plan, findings), run: written.run ?? null },
    ...reportRemoval({ ...written, dryRun: committer.dryRun }, host),
  }
}

/** Tools that are set up and names that are saved, for who completes them: a ledger that cannot be read is no concern then. */
export function wordsOfLedger(context: CommandContext): Pick<SuggestContext, 'setUp' | 'names'> {
  try {
    const ledger = loadLedger(context)
    return { setUp: ledger.setups.map(({ tool }) => tool), names: [...namesIn(ledger).keys()] }
  } catch (error) {
    if (error instanceof UserError) return { setUp: [], names: [] }
    throw error
  }
}

function targetsOf(completion: Completion, host: Host): WantedTarget[] {
  const places = resolvePlaces({}, host)
  const file = resolvePath(completion.file, places)
  const common = { tool: 'completion', timestamps: [], baseUrl: '' }
  const content = { keyPath: ['content'], value: readScript(completion, host) }
  const { profileFormat } = completion
  const profiles = completion.profiles.map((paths) =>
    firstExisting(paths.map((path) => resolvePath(path, places))),
  )
  return [
    { ...common, path: file, format: 'whole-file', leaves: [content], protected: [content.keyPath] },
    ...profiles.flatMap((path) =>
      profileFormat ? [{ ...common, path, ...sourceIn(profileFormat, file, host) }] : [],
    ),
  ]
}

function sourceIn(
  format: FormatId,
  file: string,
  host: Host,
): Pick<WantedTarget, 'format' | 'leaves' | 'protected'> {
  const source = { keyPath: ['completion'], value: pathInProfile(file, format, host) }
  return { format, leaves: [source], protected: [source.keyPath] }
}

/** The scripts call the program by its name. */
function notFound(host: Host): Finding[] {
  if (findProgram('qcode-setup', host)) return []
  return [
    {
      id: 'not-in-path',
      level: 'warning',
      message: say('completion.not-in-path'),
      hint: asMessage('npm install -g qcode-setup'),
    },
  ]
}
