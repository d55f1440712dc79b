import { existsSync } from 'node:fs'
import { delimiter } from 'node:path'
import { detectTool } from '../../catalog/detect.ts'
import type { Catalog, Tool } from '../../catalog/tool.ts'
import type { ReadFile } from '../../effect/file-reader.ts'
import { judgeEffect, judgeMachine, openEffect, policyFindings } from '../../effect/judge-effect.ts'
import { viewMachine } from '../../effect/machine-view.ts'
import { profileFindings } from '../../effect/profile-findings.ts'
import type { Profile } from '../../effect/read-profiles.ts'
import { type EffectContext, type ToolView, viewTool } from '../../effect/tool-view.ts'
import { UserError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import type { Host } from '../../host/host.ts'
import { isInRegistry } from '../../host/read-file-state.ts'
import type { Ledger } from '../../ledger.ts'
import { ownKeys } from '../../plan/written-keys.ts'
import { say } from '../../texts/message.ts'
import { versionFindings } from '../prove-client.ts'
import { windowsFindings } from '../windows-folders.ts'
import { completeHints } from './complete-hints.ts'
import { type KeepsNoModes, keyFileFindings } from './key-file-findings.ts'
import { daemonFindings, oddFolderFindings } from './state-findings.ts'

/** What doctor looks at beside the effect: daemons, git and what we own. */
interface DoctorContext extends EffectContext {
  readonly host: Host
  readonly ledger: Ledger
  readonly keepsNoModes: KeepsNoModes
}

interface DiagnosisResult {
  readonly views: readonly ToolView[]
  readonly findings: readonly Finding[]
  readonly profiles: readonly Profile[]
  /** What the views were worked out from. */
  readonly effect: EffectContext
}

/** Looks at every tool that is on this machine or was set up here. Reads, never writes; nothing that cannot be read stops it. */
export async function diagnose(
  catalog: Catalog,
  host: Host,
  ledger: Ledger,
  keepsNoModes: KeepsNoModes,
): Promise<DiagnosisResult> {
  const machine = viewMachine(host)
  const effect = await openEffect({ catalog, machine, setups: ledger.setups, ownKeys: ownKeys(ledger) })
  const context: DoctorContext = { ...effect, host, ledger, keepsNoModes }
  const looks = await Promise.all(catalog.tools.map((tool) => lookAt(tool, context)))
  const views = looks.flatMap(({ view }) => view ?? [])
  const accounts = (await Promise.all(views.map((view) => otherAccounts(view, context)))).flat()
  const findings = [
    ...looks.flatMap(({ failure }) => failure ?? []),
    ...views.flatMap((view) => toolFindings(view, context)),
    ...accounts.flatMap((view) => completeHints(judgeEffect(view, context), [view], context)),
    ...oddFolderFindings(context),
    ...windowsFindings(catalog.tools, host),
    ...profileFindings(catalog.shells, machine),
    ...(await policyFindings(usedShells(catalog, ledger), machine)),
    ...completeHints(judgeMachine(context), views, context),
    ...(await keyFileFindings(keyFiles([...views, ...accounts], context), context)),
  ]
  return { views, findings: eachOnce(findings), profiles: effect.profiles, effect }
}

/** The shells whose profiles carry variables of ours. */
function usedShells({ shells }: Catalog, { setups }: Ledger) {
  return shells.filter(({ id }) => setups.some(({ shell }) => shell === id))
}

async function lookAt(tool: Tool, context: DoctorContext): Promise<{ view?: ToolView; failure?: Finding }> {
  try {
    const installed = await detectTool(tool, context.host)
    const isSetUp = context.setups.some((setup) => setup.tool === tool.id)
    return installed.present || isSetUp ? { view: await viewTool(tool, installed, context) } : {}
  } catch (error) {
    if (!isOfMachine(error)) throw error
    const reason = error instanceof UserError ? error.text : (error as Error).message
    const message = say('doctor.not-checked', { tool: tool.title, reason })
    return { failure: { id: 'could-not-look', level: 'failed', tool: tool.id, message } }
  }
}

/** The client in the other folders in which it is set up: an account each, whatever today's environment names. */
function otherAccounts(here: ToolView, context: DoctorContext): Promise<ToolView[]> {
  const { tool, installed } = here
  const others = context.ledger.setups.filter(
    (setup) =>
      setup.tool === tool.id &&
      setup.project === undefined &&
      !here.setups.includes(setup) &&
      (setup.place ?? '').split(delimiter).some((folder) => existsSync(folder)),
  )
  return Promise.all(
    others.map(({ folders, variant: id }) => {
      const variant = tool.variants.find((each) => each.id === id)
      return viewTool(tool, installed, context, { ...(variant && { variant }), ...(folders && { folders }) })
    }),
  )
}

/** A refusal of the operating system, or one of our own readers; anything else is a fault of this program. */
function isOfMachine(error: unknown): boolean {
  return error instanceof UserError || (error instanceof Error && 'code' in error)
}

function toolFindings(view: ToolView, context: DoctorContext): Finding[] {
  return [
    ...completeHints(judgeEffect(view, context), [view], context),
    ...daemonFindings(view, context.host),
    ...versionFindings(view),
  ]
}

/** Files with a text that looks like the gateway's keys, and files of ours in which a client finds its key. */
function keyFiles(views: readonly ToolView[], { files, ledger }: DoctorContext): ReadFile[] {
  const written = new Set(ledger.entries.map(({ path }) => path))
  const found = views
    .flatMap(({ connections }) => connections.flatMap(({ keys }) => [...keys.perSetting, ...keys.overridden]))
    .flatMap(({ source, value, isCommand }) =>
      source.file && value !== '' && !isCommand ? [source.file] : [],
    )
    .filter(({ path }) => written.has(path))
  const all = [...found, ...files.all().filter(({ text }) => /(?<![A-Za-z])cr_\w{16}/.test(text ?? ''))]
  return all.filter(({ path }) => !isInRegistry(path))
}

function eachOnce(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()]
}
