import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createCommitter, provenNote } from '../apply/committer.ts'
import { writeCopies } from '../apply/file-system.ts'
import { readLedger } from '../apply/ledger-store.ts'
import { stateFolder } from '../apply/state-folder.ts'
import { chooseVariant, detectTool, type Installed } from '../catalog/detect.ts'
import { resolvePlaces } from '../catalog/places.ts'
import type { Proof, Tool, Variant } from '../catalog/tool.ts'
import { type ClientProof, findClient, notNoted, proveClient } from '../checks/prove-client.ts'
import {
  type CopiedSettings,
  type CopyPlace,
  copySettings,
  type ProofFolders,
} from '../checks/prove-environment.ts'
import { ownFolders, watchOwnFolders } from '../checks/windows-folders.ts'
import type { CommandContext, CommandSpec, Outcome, WritingContext } from '../command.ts'
import { openEffect } from '../effect/judge-effect.ts'
import { viewMachine } from '../effect/machine-view.ts'
import { viewTool } from '../effect/tool-view.ts'
import type { Finding } from '../finding.ts'
import { startStandIn } from '../gateway/stand-in.ts'
import type { Host } from '../host/host.ts'
import { throwAwayHost } from '../host/throw-away-host.ts'
import { ownKeys } from '../plan/written-keys.ts'
import { detectedTools, namedTools } from '../request/choose-tools.ts'
import { type Input, listOf, type ToolChoice } from '../request/request.ts'
import { type Message, say } from '../texts/message.ts'
import { type ProofRow, reportProve } from '../ui/report-prove.ts'
import { withProgress } from '../ui/write-text.ts'
import { existingChoices } from './choices-of.ts'
import { throwAwayKey } from './given-key.ts'
import { runSetup } from './setup.ts'

export const proveCommand: CommandSpec = {
  name: 'prove',
  summary: say('help.prove'),
  examples: [
    ['qcode-setup prove', say('help.prove.example-1')],
    ['qcode-setup prove --tool codex --json', say('help.prove.example-2')],
  ],
  writes: 'state',
  network: false,
  needsEveryTool: true,
  run: runProve,
}

/**
 * Runs the clients that are installed here with the settings that setup would write, in a throw-away home, against a
 * gateway on this machine. Ends with 4 where one failed, with 1 where nothing of the tools that were named was run; with 0
 * also where no tool was named and there was nothing to run (that is said).
 */
export function runProve(input: Input, context: WritingContext): Promise<Outcome> {
  return context.host.interruption.hold((interrupted) => prove(input, context, interrupted))
}

async function prove(input: Input, context: WritingContext, interrupted: AbortSignal): Promise<Outcome> {
  const { catalog, host } = context
  const tools = (await namedTools(input, catalog, host)) ?? (await foundTools(context))
  const rows: ProofRow[] = []
  for (const tool of tools) rows.push(...(await proveTool(tool, context, interrupted)))
  const notes = provenNotes(rows)
  await context.committer.newNotes(notes, true)
  const lost = notNoted(await context.committer.newNotes(notes, false), stateFolder(host))
  const failed = rows.some(isFailed)
  const proven = rows.some(({ verdict }) => verdict === 'proven')
  const isNamed = listOf(input, 'tool').some((word) => word !== 'all' && word !== 'detected')
  return {
    exit: failed ? 4 : isNamed && !proven ? 1 : 0,
    findings: [...rows.flatMap(touchedFinding), ...(failed || proven ? [] : [nothingProven]), ...lost],
    data: { rows },
    ...reportProve(rows, host),
  }
}

/** A folder of the user's own says which programs are run with what: only where it is named. */
async function foundTools({ catalog, host }: CommandContext): Promise<readonly Tool[]> {
  return (await detectedTools(catalog, host)).filter(({ isOwn }) => !isOwn)
}

/** The versions of which doctor need not say any more that nobody has tested them; one that failed in part is none. */
function provenNotes(rows: readonly ProofRow[]): string[] {
  const failed = rows.filter(isFailed).map(({ tool }) => tool)
  return rows.flatMap(({ tool, version, verdict }) =>
    verdict === 'proven' && version !== null && !failed.includes(tool) ? [provenNote(tool, version)] : [],
  )
}

const isFailed = ({ verdict }: ProofRow) => verdict !== 'proven' && verdict !== 'skipped'

const nothingProven: Finding = {
  id: 'nothing-proven',
  level: 'warning',
  message: say('prove.nothing'),
  hint: say('prove.nothing.hint'),
}

/** What no proof may do, said even where the client passed. */
function touchedFinding({ client, touched = [], tool }: ProofRow): Finding[] {
  if (touched.length === 0) return []
  const message = say('prove.touched', { tool: client, paths: touched.slice(0, 5) })
  return [{ id: 'own-files-touched', level: 'warning', tool, message, hint: say('prove.touched.hint') }]
}

/** Proves every client of one tool, one after the other; a client that is not there gives a row as well. */
export async function proveTool(
  tool: Tool,
  context: CommandContext,
  interrupted: AbortSignal,
): Promise<ProofRow[]> {
  const installed = await detectTool(tool, context.host)
  const variant = await chooseVariant(tool, installed)
  const proofs = tool.proofs.filter(({ variants }) => variants === undefined || variants.includes(variant.id))
  const subject = { tool, installed, variant }
  if (proofs.length === 0) return [skip(tool.title, subject, say('prove.no-way'))]
  const rows: ProofRow[] = []
  for (const proof of proofs) {
    if (!interrupted.aborted) rows.push(await proveOne(proof, subject, context, interrupted))
  }
  return rows
}

interface Subject {
  readonly tool: Tool
  readonly installed: Installed
  readonly variant: Variant
}

async function proveOne(
  proof: Proof,
  subject: Subject,
  context: CommandContext,
  interrupted: AbortSignal,
): Promise<ProofRow> {
  const program = findClient(proof, context.host)
  if (program === undefined)
    return skip(proof.client, subject, say('prove.not-in-path', { commands: proof.commands }))
  const { tool } = subject
  if (ownFolders(tool, context.host) === undefined) return skip(proof.client, subject, say('prove.own-home'))
  const lookAgain = watchOwnFolders(tool, context.host)
  const work = inThrowAwayFolders((folders) =>
    stageProof(proof, program, subject, folders, context, interrupted),
  )
  const { version, ...judged } = await withProgress(context.host, `${proof.client} …`, work)
  const touched = lookAgain()
  return {
    ...identify(proof.client, subject, version),
    ...judged,
    ...(touched.length > 0 && { touched }),
  }
}

/**
 * Sets the tool up as `setup` does, over a copy of the user's own files of it, in a home and with a gateway of its own, and
 * runs the client there.
 */
async function stageProof(
  proof: Proof,
  program: string,
  { tool, installed, variant }: Subject,
  folders: ProofFolders,
  { host, catalog }: CommandContext,
  interrupted: AbortSignal,
): Promise<ClientProof> {
  const { gateway } = catalog
  const key = throwAwayKey(host)
  const standIn = await startStandIn(gateway, key)
  try {
    const there = withBash(throwAwayHost(host, folders.home, key))
    const { setUpOn, moved } = await leadHome(tool, there, folders)
    const files = await ownFiles(tool, installed, setUpOn, { origin: standIn.origin, key }, { host, catalog })
    writeCopies(dirname(folders.home), files)
    const choice = await setUp(tool, variant, standIn.origin, { catalog, host: setUpOn })
    return await proveClient(
      { proof, program, version: installed.version, choice, folders: moved, setUpOn, standIn, gateway },
      host,
      interrupted,
    )
  } finally {
    await standIn.close()
  }
}

/** The throw-away machine with the folders of its own that the client's variables name. */
export async function leadHome(tool: Tool, there: Host, folders: ProofFolders) {
  const named = ownFolders(tool, there) ?? {}
  for (const folder of Object.values(named)) await mkdir(folder, { recursive: true })
  return { setUpOn: { ...there, env: { ...there.env, ...named } }, moved: { ...folders, named } }
}

/** Copies of the user's own files of the client, which may hold what it refuses; one that does not parse stops every setup. */
async function ownFiles(
  tool: Tool,
  installed: Installed,
  setUpOn: Host,
  { origin, key }: Pick<CopyPlace, 'origin' | 'key'>,
  { host, catalog }: CommandContext,
): Promise<CopiedSettings['files']> {
  const { setups, entries } = readLedger(host)
  const own = ownKeys({ setups, entries })
  const effect = await openEffect({ catalog, machine: viewMachine(host), setups, ownKeys: own })
  const view = await viewTool(tool, installed, effect)
  const sources = view.sources.filter(({ level, file }) => level === 'user' && !file?.problem)
  const names = resolvePlaces(tool.places, setUpOn)
  return copySettings({ ...view, sources }, effect, host, { home: setUpOn.home, names, origin, key }).files
}

async function setUp(
  tool: Tool,
  variant: Variant,
  gateway: string,
  context: CommandContext,
): Promise<ToolChoice> {
  const input: Input = {
    values: {
      tool: [tool.id],
      gateway: [gateway],
      onConflict: ['overwrite'],
      [`pin:${tool.id}`]: [variant.id],
    },
    switches: new Set(['yes', 'noCheck', 'allowProblems']),
    positionals: [],
  }
  await runSetup(input, { ...context, committer: createCommitter(context.host, false) })
  const [choice] = existingChoices(context).choices
  if (!choice) throw new Error(`${tool.id} was not set up`)
  return choice
}

/** The user's shell takes no part in the proof, and it may be one that no profile is written for. */
function withBash(host: Host): Host {
  return { ...host, env: { ...host.env, SHELL: '/bin/bash' } }
}

/** Folders of their own for one run of a client, gone at its end. */
export async function inThrowAwayFolders<T>(work: (folders: ProofFolders) => Promise<T>): Promise<T> {
  const root = await mkdtemp(join(tmpdir(), 'qcode-setup-prove-'))
  const folders = { home: join(root, 'home'), work: join(root, 'work'), temporary: join(root, 'tmp') }
  try {
    await Promise.all(Object.values(folders).map((folder) => mkdir(folder)))
    return await work({ ...folders, named: {} })
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 })
  }
}

function skip(client: string, subject: Subject, reason: Message): ProofRow {
  const nothing = { baseUrl: null, requests: [], replySeen: false }
  return { ...identify(client, subject), ...nothing, verdict: 'skipped', reason }
}

function identify(
  client: string,
  { tool, installed, variant }: Subject,
  version = installed.version,
): Pick<ProofRow, 'tool' | 'client' | 'version' | 'variant'> {
  return { tool: tool.id, client, version: version ?? null, variant: variant.id }
}
