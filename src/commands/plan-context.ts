import { type Runs, readBackup, readModeBefore, readModeGiven } from '../apply/journal.ts'
import { newRunId } from '../apply/run-record.ts'
import type { RecordedFolder } from '../apply/state-schemas.ts'
import { detectTool } from '../catalog/detect.ts'
import type { CommandContext, WritingContext } from '../command.ts'
import { viewMachine } from '../effect/machine-view.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { readState } from '../host/read-file-state.ts'
import type { Consent } from '../ledger.ts'
import type { Plan } from '../plan/plan.ts'
import type { Decision, PlanContext } from '../plan/plan-work.ts'
import type { CommandName } from '../request/fields.ts'
import { type Input, isOn, type ToolChoice } from '../request/request.ts'
import { openKeychain } from '../secrets/keychain.ts'
import type { Secret } from '../secrets/secret.ts'
import { say } from '../texts/message.ts'
import { loadLedger } from './choices-of.ts'

/** The machine as a plan may see it, with a new run's id. Errors: UserError for a damaged ledger. */
export function createPlanContext(
  context: CommandContext,
  key: Secret | undefined,
  decide: PlanContext['decide'],
): PlanContext {
  const { host, catalog } = context
  return {
    gateway: catalog.gateway,
    host,
    key,
    now: host.now(),
    ledger: loadLedger(context),
    tools: catalog.tools,
    run: newRunId(host),
    keychain: () => openKeychain(host),
    decide,
    effect: { catalog, machine: viewMachine(host), installed: (tool) => detectTool(tool, host) },
    machine: {
      read: (path) => readState(path, host),
      before: (run, path) => backupIfWhole(host, run, path),
      modeBefore: (run, path) => readModeBefore(host, run, path),
      modeGiven: (path, asked) => readModeGiven(host, path, asked),
      keepsModes: host.platform !== 'win32',
      newFileMode: 0o666 & ~host.umask,
    },
  }
}

/** Of a copy that was changed or lost nothing is known any more. */
function backupIfWhole(host: Host, run: string, path: string): Uint8Array | 'absent' | undefined {
  try {
    return readBackup(host, run, path)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/**
 * A warning for each run whose record cannot be used: it stops no command. Those that go through all runs tell of every one,
 * the others of what they met among the last.
 */
export function damagedRuns(damaged: Runs['damaged']): Finding[] {
  return [...damaged].map(([run, { code, text: reason, hintInLine: hint, where }]) => ({
    id: code,
    level: 'warning',
    message: say('recovery.damaged', { reason, run }),
    ...(hint !== undefined && { hint }),
    ...(where && { where }),
  }))
}

/** A plan to be made and written, and what goes with it. */
export interface WriteRequest<Planned extends Plan = Plan> {
  readonly command: CommandName
  readonly input: Input
  readonly key?: Secret
  /** What the plan sets up, moves or takes out. */
  readonly choices?: readonly ToolChoice[]
  /** Makes the plan; called again after the user has decided on conflicts. */
  readonly makePlan: (context: PlanContext) => Promise<Planned>
  /** What the plan takes out besides. */
  readonly removed?: readonly ToolChoice[]
  readonly removeFolders?: readonly RecordedFolder[]
  /** Given for this; remembered with the setups that are written. */
  readonly consents?: readonly Consent[]
  /** There is a question before this, which can be gone back to: writing it ends with `GoneBack` then. */
  readonly canGoBack?: boolean
  /** What it sets up can be tried first: writing it may end with `TriesFirst`. */
  readonly canTry?: boolean
  /** What else has to be right before anything is written, or anybody is asked; throws where it is not. */
  readonly beforeWrite?: () => Promise<void>
}

/** How the writing of a plan ended, for the report and for the line that does the same without questions. */
export interface Written<Planned extends Plan = Plan> {
  readonly plan: Planned
  /** What the clients would do wrong with it: told, and gone on all the same. */
  readonly effect: readonly Finding[]
  /** There are errors in the effect that nobody agreed to: a dry run says so by its exit code, 3. */
  readonly isBlocked: boolean
  /** Id of the run, when files were changed. */
  readonly run: string | undefined
  /** The changes as a diff, where they were asked for and not shown before a question. */
  readonly diff: string | undefined
  /** How the user settled all conflicts alike; undefined when there were none, or they were resolved differently. */
  readonly onConflict?: Decision
  /** What the user chose for keys that git would take; the name of the switch that says the same. */
  readonly inGit?: 'gitignore' | 'allowTracked'
}

/**
 * A note is told to a person once on a machine; the document of `--json` has them all. Where nothing was written, none is
 * remembered either.
 */
export async function withoutOldNotes(
  findings: readonly Finding[],
  { run }: { readonly run?: string | undefined },
  input: Input,
  { committer }: WritingContext,
): Promise<readonly Finding[]> {
  if (isOn(input, 'json') || isOn(input, 'quiet')) return findings
  const notes = findings.filter(({ isNote }) => isNote).map(({ message }) => String(message))
  const unseen = new Set(await committer.newNotes(notes, run !== undefined))
  return findings.filter(({ isNote, message }) => !isNote || unseen.has(String(message)))
}
