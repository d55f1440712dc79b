import { existsSync, readFileSync } from 'node:fs'
import { testedVersions } from '../catalog/diagnosis.ts'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Proof } from '../catalog/tool.ts'
import { loadFormats } from '../documents/formats.ts'
import { isInRange } from '../effect/find-setting.ts'
import type { ToolView } from '../effect/tool-view.ts'
import type { Finding } from '../finding.ts'
import type { Endpoint, Gateway } from '../gateway/gateway.ts'
import { BaseUrl } from '../gateway/judge-base-url.ts'
import type { SeenRequest, StandIn } from '../gateway/stand-in.ts'
import { findProgram } from '../host/files-at.ts'
import type { Host, RunOptions, RunResult } from '../host/host.ts'
import type { ToolChoice } from '../request/request.ts'
import { inShell, quoteWord } from '../texts/commands.ts'
import { asMessage, type Message, say } from '../texts/message.ts'
import { clientEnvironment, type ProofFolders, programPath } from './prove-environment.ts'

/** A client that was set up in a throw-away home, against a gateway on loopback. */
export interface ProofStage {
  readonly proof: Proof
  /** Absolute path of the client's program. */
  readonly program: string
  /** Its version, where its package tells. */
  readonly version: string | undefined
  readonly choice: ToolChoice
  readonly folders: ProofFolders
  /** The machine with the throw-away home, where the settings are. */
  readonly setUpOn: Host
  readonly standIn: StandIn
  readonly gateway: Gateway
}

/** What one run of a client has shown; its base URL is the one of the gateway on loopback. */
export interface ClientProof extends Judged {
  /** Undefined where neither its package nor the client itself says. */
  readonly version: string | undefined
  readonly baseUrl: string
}

/** The program of a proof's client in PATH, or undefined. */
export function findClient({ commands }: Proof, host: Host): string | undefined {
  const where = { env: { PATH: programPath(host) }, platform: host.platform }
  return commands.map((name) => findProgram(name, where)).find(Boolean)
}

/** A client older or newer than those that were measured; a proof settles it. */
export function versionFindings({ tool, installed: { version } }: ToolView): Finding[] {
  const { measured } = tool.diagnosis
  if (version === undefined || isInRange(measured, version)) return []
  const tested = testedVersions(measured ?? '')
  const canProve = tool.proofs.length > 0
  return [
    {
      id: 'version-not-measured',
      level: 'info',
      tool: tool.id,
      message: say('doctor.version', { tool: tool.title, version, tested }),
      hint: canProve
        ? asMessage(`qcode-setup prove --tool ${tool.id}`)
        : say('doctor.version.hint', { url: tool.docs }),
    },
  ]
}

/** Runs the client for one turn and judges what the gateway saw of it. `interrupted` ends it early. */
export async function proveClient(
  stage: ProofStage,
  host: Host,
  interrupted: AbortSignal,
): Promise<ClientProof> {
  const { proof, program, folders, standIn } = stage
  const surroundings: RunOptions = {
    alone: true,
    cwd: proof.inProject ? host.cwd : folders.work,
    env: clientEnvironment(host, folders, { ...proof.env, ...(await writtenVariables(stage)) }),
    timeoutMs: proof.timeout * 1000,
    stop: interrupted,
  }
  const version = stage.version ?? (proof.script ? undefined : await askVersion(program, surroundings, host))
  const before = standIn.requests.length
  const run = await host.run(program, proofArguments(proof), surroundings)
  const { baseUrl, expected } = aimOf(stage)
  return {
    ...judgeProof(standIn.requests.slice(before), expected, run),
    version: version ?? printedVersion(run.stdout),
    baseUrl,
  }
}

/** Asked in the throw-away home, since some clients write into their home even for this (codex 0.169). */
async function askVersion(
  program: string,
  surroundings: RunOptions,
  host: Host,
): Promise<string | undefined> {
  const { stdout } = await host.run(program, ['--version'], { ...surroundings, timeoutMs: 10_000 })
  return /\d+\.\d+[\w.-]*/.exec(stdout)?.[0]
}

/** The arguments of a proof's run, with the prompt filled in. */
export function proofArguments({ args, script = '' }: Proof): string[] {
  const values: Record<string, string> = { prompt: proofPrompt, script }
  return args.map((text) => text.replace(/\{\{ (\w+) \}\}/g, (_, name: string) => values[name] ?? ''))
}

/** The variables that a new shell has after the setup; none where the client reads a file of its own. */
async function writtenVariables({ choice, setUpOn }: ProofStage): Promise<Record<string, string>> {
  const { method, shell } = choice
  if (method !== 'env' || !shell) return {}
  const format = (await loadFormats([shell.envFormat])).get(shell.envFormat)
  const file = resolvePath(shell.envFile, resolvePlaces({}, setUpOn))
  return format?.parseStrict(readFileSync(file, 'utf8')) as Record<string, string>
}

/** The base URL that the client was given, and the paths that are right with it. */
function aimOf({ proof, choice, gateway }: ProofStage): { baseUrl: string; expected: string[] } {
  const { endpoints } = choice.variant
  const aim = endpoints.find(({ protocol }) => proof.protocol === undefined || protocol === proof.protocol)
  if (!aim) throw new Error(`${choice.tool.id} has no endpoint for ${proof.protocol}`)
  const build = (endpoint: Endpoint) => BaseUrl.build(choice.origin, endpoint, gateway)
  const baseUrl = build(aim).text
  const same = endpoints.map(build).filter(({ text }) => text === baseUrl)
  return { baseUrl, expected: same.map(({ requests }) => requests) }
}

/**
 * `wrong`: a request did not get its reply, or was not the one that the settings are made for. `no-request`: the client
 * never asked the gateway. `no-reply`: it asked rightly and did not show the reply. `skipped`: it is not there.
 */
export type ProofVerdict = 'proven' | 'wrong' | 'no-request' | 'no-reply' | 'skipped'

/** A request as the gateway on loopback saw it, with nothing of the key but how it was sent. */
export type ProofRequest = Pick<SeenRequest, 'method' | 'path' | 'auth' | 'status'>

/**
 * Of proofs that could not be written down, so that `doctor` names the versions again: what these tools were proven with, where
 * nothing is kept, since nothing was ever set up.
 */
export function notNoted(notes: readonly string[], folder: string): Finding[] {
  if (notes.length === 0) return []
  if (!existsSync(folder)) {
    const tools = new Set(notes.map((note) => note.split(' ')[0] ?? ''))
    const hint = say('prove.not-set-up.hint', { tools: [...tools] })
    return [{ id: 'nothing-set-up', level: 'info', message: say('prove.not-set-up'), hint }]
  }
  const hint = say('prove.not-noted.hint', { look: inShell().look(quoteWord(folder)) })
  return [{ id: 'proof-not-noted', level: 'warning', message: say('prove.not-noted', { folder }), hint }]
}

/** The result of one run of a client; the reason is for a verdict other than `proven`. */
export interface Judged {
  readonly verdict: ProofVerdict
  /** Each kind of request once, in the order of the first. */
  readonly requests: readonly ProofRequest[]
  readonly replySeen: boolean
  readonly reason?: Message | string
}

/** What the gateway on loopback says; a person would hardly get it otherwise. */
const reply = 'pong'

/** Said to the client: no word of the reply, and more than one word (Cline 3 refuses one). */
export const proofPrompt = 'Answer with one short word please'

/**
 * Judges a run by the requests that the gateway saw and the reply in the client's output. Never by its exit code (Aider
 * ends with 0 on a 404, Cline 2 with 1 on success), nor by its wording.
 */
export function judgeProof(
  seen: readonly SeenRequest[],
  expected: readonly string[],
  run: RunResult,
): Judged {
  const replySeen = run.stdout.includes(reply)
  const judged = { requests: uniqueRequests(seen), replySeen }
  const posts = judged.requests.filter(({ method }) => method === 'POST')
  const missing = /^missing: (.*)$/m.exec(run.stdout)?.[1]
  if (posts.length === 0 && missing !== undefined) return { ...judged, verdict: 'skipped', reason: missing }
  if (posts.length === 0) return { ...judged, verdict: 'no-request', reason: explainEnd(run) }
  const wrong = posts.find(({ status, path }) => status !== 200 || !expected.includes(path))
  if (wrong) return { ...judged, verdict: 'wrong', reason: explainWrong(wrong, expected) }
  return replySeen
    ? { ...judged, verdict: 'proven' }
    : { ...judged, verdict: 'no-reply', reason: explainEnd(run) }
}

/** The version that a library's proof has printed. */
export function printedVersion(stdout: string): string | undefined {
  return /^version: (\S+)/m.exec(stdout)?.[1]
}

function uniqueRequests(seen: readonly SeenRequest[]): ProofRequest[] {
  const requests = seen.map(({ method, path, auth, status }) => ({ method, path, auth, status }))
  return [...new Map(requests.map((request) => [JSON.stringify(request), request])).values()]
}

function explainWrong({ path, status }: ProofRequest, expected: readonly string[]): Message {
  return status === 200
    ? say('prove.wrong-path', { path, expected })
    : say('prove.wrong-status', { path, status })
}

function explainEnd({ exit, stderr, timedOut }: RunResult): Message {
  if (timedOut) return say('prove.timed-out')
  if (exit === null) return say('prove.not-started')
  const said = stderr.trim().split('\n').at(-1)?.trim().slice(0, 200) ?? ''
  return say('prove.exit', { exit, said })
}
