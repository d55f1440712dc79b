import { basename } from 'node:path'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Installer } from '../catalog/steps.ts'
import type { Tool } from '../catalog/tool.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { findProgram, readText } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import type { ToolChoice } from '../request/request.ts'
import { say } from '../texts/message.ts'

/** A background process of a client that keeps the settings it was started with. */
export interface RunningDaemon {
  readonly tool: string
  readonly title: string
  readonly pid: number
  /** The command that restarts it. */
  readonly restart: readonly string[]
  /** From a folder of the user's own: its command is shown and never run. */
  readonly isOwn: boolean
}

/** The daemons that run for these choices (seen in Codex from 0.160 on, which leaves a JSON file with their pid). */
export function findDaemons(choices: readonly Pick<ToolChoice, 'tool'>[], host: Host): RunningDaemon[] {
  return choices.flatMap(({ tool }) => {
    if (!tool.daemon) return []
    const pid = readPid(resolvePath(tool.daemon.pidFile, resolvePlaces(tool.places, host)))
    if (pid === undefined || !host.isAlive(pid)) return []
    const { id, title, isOwn = false } = tool
    return [{ tool: id, title, pid, restart: tool.daemon.restart, isOwn }]
  })
}

/** Restarts a daemon; false when its command failed. */
export async function restartDaemon({ restart }: RunningDaemon, host: Host): Promise<boolean> {
  const [command = '', ...args] = restart
  // It goes on with the environment that it is given here, the user's key in it included.
  return (await host.run(command, args, { env: host.env, timeoutMs: 20_000, mayLeave: true })).exit === 0
}

/**
 * Refuses to write files of a program that runs and would write them over; where the system does not say what runs, that is
 * what is found. Errors: UserError `program-running`, exit 1.
 */
export async function refuseRunningPrograms(
  choices: readonly ToolChoice[],
  host: Host,
): Promise<readonly Finding[]> {
  const held = choices.filter(({ variant }) => variant.mustNotRun.length > 0)
  if (held.length === 0) return []
  const closed = held.flatMap(({ variant }) => variant.mustNotRun)
  const names = await listPrograms(host)
  if (names === undefined) return held.map(({ tool }) => programsUnknown(tool))
  const running = names.find((name) => closed.includes(name))
  if (running === undefined) return []
  throw new UserError({
    code: 'program-running',
    message: say('error.program-running', { program: running }),
    hint: say('error.program-running.hint'),
  })
}

function programsUnknown({ id, title }: Tool): Finding {
  return {
    id: 'programs-unknown',
    level: 'warning',
    tool: id,
    message: say('programs-unknown', { tool: title }),
    hint: say('programs-unknown.hint', { tool: title }),
  }
}

/** Undefined where the list is not there or cannot be read: the program that lists them is always on it. */
async function listPrograms(host: Host): Promise<string[] | undefined> {
  const onWindows = host.platform === 'win32'
  const { exit, stdout } = onWindows
    ? await host.run('tasklist', ['/fo', 'csv', '/nh'], { timeoutMs: 5000 })
    : await host.run('ps', ['-A', '-o', 'comm='], { timeoutMs: 5000 })
  // Where standard output is no console some write UTF-16 (Wine 10), of which names in ASCII are left with zeros between.
  const lines = stdout.replaceAll('\0', '').split('\n')
  const names = lines.map((line) => basename(onWindows ? (line.split('"')[1] ?? '') : line.trim()))
  return exit === 0 && names.some((name) => name !== '') ? names : undefined
}

function readPid(file: string): number | undefined {
  try {
    const { pid } = JSON.parse(readText(file) ?? '{}')
    return typeof pid === 'number' ? pid : undefined
  } catch {
    return undefined
  }
}

/** A client that what runs it in PATH is no version for. */
export interface Unfit {
  readonly tool: string
  readonly runtime: string
  readonly wanted: string
  readonly version: string
}

/** Undefined also where the version cannot be told: then the installer has the word. */
export async function judgeRuntime(
  tool: Tool,
  runtime: Installer['runtime'],
  host: Host,
): Promise<Unfit | undefined> {
  const wanted = tool.needs?.[runtime.id]
  const program = runtime.commands.map((name) => findProgram(name, host)).find(Boolean)
  if (wanted === undefined || program === undefined) return undefined
  const { stdout } = await host.run(program, ['--version'], { timeoutMs: 5000 })
  const version = /\d+\.\d+\.\d+/.exec(stdout)?.[0]
  const { default: satisfies } = await import('semver/functions/satisfies.js')
  if (version === undefined || satisfies(version, wanted)) return undefined
  return { tool: tool.title, runtime: runtime.title, wanted, version }
}
