import { loadFormats } from '../documents/formats.ts'
import type { Request, ToolChoice } from '../request/request.ts'
import { DocumentSet } from './document-set.ts'
import { dropEntries } from './drop-entry.ts'
import type { KeychainEdit } from './edit.ts'
import { editKeychain } from './edit-keychain.ts'
import { editTarget } from './edit-target.ts'
import { finishFile } from './finish-file.ts'
import { ignoreTarget, linesToDrop } from './ignore-lines.ts'
import { leavingHttp } from './leaving-http.ts'
import type { LedgerEntry } from './ledger.ts'
import { notesFor } from './notes.ts'
import { pathId } from './path-id.ts'
import type { KeyFile, Plan, PlanRow } from './plan.ts'
import { type FileWork, type PlanContext, type PlanWork, startWork } from './plan-work.ts'
import { settleShared } from './settle-shared.ts'
import { dropSetups, mergeSetups, setupOf } from './setups.ts'
import { otherKeyPaths, standingFiles, standingPaths, type WantedTarget, wantedTargets } from './wanted.ts'

/**
 * A request as changes to files. Values of ours that an earlier setup of the same tool wrote and that this one does not
 * want are taken out. Reads, never writes. Errors: UserError when a file cannot be read, parsed or edited without loss;
 * then there is no plan at all.
 */
export async function planSetup(request: Request, context: PlanContext): Promise<Plan> {
  const targets = request.choices.flatMap((choice) => wantedTargets(choice, context))
  const plan = await planTargets(targets, request.choices, context)
  const keychain = await keychainEdit(request, context)
  return { ...plan, ...(keychain && { keychain }) }
}

/** The key goes into the keychain where one of the choices reads it there. */
async function keychainEdit(
  { key, choices }: Request,
  context: PlanContext,
): Promise<KeychainEdit | undefined> {
  const isKept = choices.some(({ keyStore }) => keyStore === 'keychain')
  return key && isKept ? editKeychain({ kind: 'present', key }, await context.keychain()) : undefined
}

/** The same for targets that are worked out already. */
export async function planTargets(
  targets: readonly WantedTarget[],
  choices: readonly ToolChoice[],
  context: PlanContext,
): Promise<Plan> {
  const shared = settleShared(targets)
  const wanted = [...shared.targets.filter(hasLeaves), ...(context.ignores ?? []).map(ignoreTarget)]
  const setups = mergeSetups(context.ledger.setups, choices)
  const stale = staleEntries(choices, wanted, context)
  const work = await openWork([...wanted, ...stale], context)
  dropEntries(stale, work)
  const touched = wanted.filter((target) => editTarget(target, work))
  work.findings.push(...shared.findings, ...choices.flatMap((choice) => notesFor(choice, 'setup', work)))
  return finishPlan(work, setups, planRows(touched, work))
}

/** Everything of ours for these choices taken out again, what we replaced given back. */
export async function planRemoval(
  removed: readonly ToolChoice[],
  kept: readonly ToolChoice[],
  context: PlanContext,
): Promise<Plan> {
  const keptPaths = new Set(kept.flatMap((choice) => standingPaths(choice, context)))
  const leaving = new Set(removed.flatMap((choice) => standingPaths(choice, context)))
  const tools = new Set(removed.map((choice) => choice.tool.id))
  const keptTools = new Set(kept.map((choice) => choice.tool.id))
  const gone = context.ledger.entries.filter(({ path, keyPath, tool, hides }) => {
    const id = pathId(path, keyPath)
    if (hides !== undefined || keptPaths.has(id)) return false
    return leaving.has(id) || (tools.has(tool) && !keptTools.has(tool))
  })
  const lines = linesToDrop(context.ledger.entries, {
    gone,
    tools: new Set([...tools].filter((tool) => !keptTools.has(tool))),
    keptFiles: new Set(kept.flatMap((choice) => standingFiles(choice, context))),
  })
  const entries = [...gone, ...lines]
  const work = await openWork(entries, context)
  dropEntries(entries, work)
  work.findings.push(...removed.flatMap((choice) => notesFor(choice, 'remove', work)))
  return finishPlan(work, dropSetups(context.ledger.setups, removed), removalRows(work))
}

async function openWork(
  files: readonly (WantedTarget | LedgerEntry)[],
  context: PlanContext,
): Promise<PlanWork> {
  const formats = await loadFormats(files.map(({ format }) => format))
  return startWork(context, new DocumentSet(context.machine.read, formats))
}

function finishPlan(work: PlanWork, setups: Plan['ledger']['setups'], rows: readonly PlanRow[]): Plan {
  const finished = [...work.files.values()].map((file) => finishFile(file, work))
  const edits = finished.flatMap(({ edit }) => edit ?? [])
  const { conflicts, findings, entries, context } = work
  return {
    edits,
    keyFiles: [...work.files.values()]
      .filter(({ holdsKey }) => holdsKey)
      .map((file) => keyFileOf(file, edits)),
    rows,
    conflicts,
    findings: [...findings, ...leavingHttp(context.ledger.setups, setups)],
    ledger: { version: 1, setups, entries: [...entries.values()] },
    secrets: [...(context.key ? [context.key] : []), ...finished.flatMap(({ secrets }) => secrets)],
  }
}

function keyFileOf({ file: { path, before }, tools }: FileWork, edits: Plan['edits']): KeyFile {
  const isWritten = edits.some((edit) => edit.path === path)
  return { path, resolvedPath: before.resolvedPath, tool: [...tools][0] ?? '', isWritten }
}

function hasLeaves(target: WantedTarget): boolean {
  return target.leaves.length > 0
}

/** Values that an earlier setup of these tools wrote in the same place and that no template of theirs holds now. */
function staleEntries(
  choices: readonly ToolChoice[],
  wanted: readonly WantedTarget[],
  context: PlanContext,
): LedgerEntry[] {
  const standing = new Set(choices.flatMap((choice) => standingPaths(choice, context)))
  const earlier = context.ledger.setups.filter((setup) => choices.some((choice) => samePlace(setup, choice)))
  const tools = new Set(earlier.filter(({ tool }) => isOnlyPlace(tool, context)).map(({ tool }) => tool))
  const otherPaths = new Set(choices.flatMap((choice) => otherKeyPaths(choice, context)))
  const chosen = new Set(choices.map((choice) => choice.tool.id))
  const gone = context.ledger.entries.filter(({ path, keyPath, tool, hides }) => {
    const id = pathId(path, keyPath)
    if (hides !== undefined || standing.has(id)) return false
    return tools.has(tool) || (chosen.has(tool) && otherPaths.has(id))
  })
  const keptFiles = new Set([
    ...choices.flatMap((choice) => standingFiles(choice, context)),
    ...wanted.map(({ path }) => path),
  ])
  return [...gone, ...linesToDrop(context.ledger.entries, { gone, tools, keptFiles })]
}

function samePlace(setup: ReturnType<typeof setupOf>, choice: ToolChoice): boolean {
  const other = setupOf(choice)
  return setup.tool === other.tool && setup.scope === other.scope && setup.project === other.project
}

/** A tool that is set up in several places owns values in each: those of the other places are not stale. */
function isOnlyPlace(tool: string, { ledger }: PlanContext): boolean {
  return ledger.setups.filter((setup) => setup.tool === tool).length === 1
}

function planRows(targets: readonly WantedTarget[], work: PlanWork): PlanRow[] {
  const rows = new Map<string, PlanRow>()
  for (const { tool, path, format, baseUrl, keyStore } of targets) {
    const file = work.files.get(path)
    const changed = file !== undefined && file.changes.length > 0
    const action = !changed ? 'unchanged' : file.file.before.kind === 'absent' ? 'create' : 'update'
    rows.set(JSON.stringify([tool, path]), {
      tool,
      path,
      format,
      action,
      baseUrl,
      ...(keyStore && { keyStore }),
    })
  }
  return [...rows.values()]
}

function removalRows(work: PlanWork): PlanRow[] {
  return [...work.files.values()].flatMap(({ file, tools, changes }) =>
    [...tools].map((tool) => ({
      tool,
      path: file.path,
      format: file.formatId,
      action: changes.length > 0 ? ('remove' as const) : ('unchanged' as const),
      baseUrl: '',
    })),
  )
}
