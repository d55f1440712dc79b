import { readFileSync } from 'node:fs'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Proof } from '../catalog/proof.ts'
import { loadFormats } from '../documents/formats.ts'
import { BaseUrl } from '../gateway/base-url.ts'
import type { Endpoint, Gateway } from '../gateway/gateway.ts'
import type { StandIn } from '../gateway/stand-in.ts'
import { findProgram } from '../host/find-program.ts'
import type { Host, RunOptions } from '../host/host.ts'
import type { ToolChoice } from '../request/request.ts'
import { clientEnvironment, type ProofFolders, programPath } from './prove-environment.ts'
import { type Judged, judgeProof, printedVersion, proofPrompt } from './prove-verdict.ts'

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
  /** Undefined where neither its package nor the client itself has told it. */
  readonly version: string | undefined
  readonly baseUrl: string
}

/** The program of a proof's client in PATH, or undefined. */
export function findClient({ commands }: Proof, host: Host): string | undefined {
  const where = { env: { PATH: programPath(host) }, platform: host.platform }
  return commands.map((name) => findProgram(name, where)).find(Boolean)
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
  return format?.referee(readFileSync(file, 'utf8')) as Record<string, string>
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
