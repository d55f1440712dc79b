import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Tells one process from every other one, also from a later one that got the same number. */
export interface ProcessMark {
  readonly pid: number
  /** The machine since it was started, and in it the container: elsewhere the number means another process. */
  readonly machine: string
  /** When the process began, in ticks since the machine was started, which no change of the clock touches; Linux only. */
  readonly started?: string | undefined
}

/** What can be known about processes. */
export interface Processes {
  /** The mark of this program. */
  self(): ProcessMark
  /** The mark of a process that runs. */
  markOf(pid: number): ProcessMark
  /** Whether a marked process still runs, stopped or not; `unknown` where that cannot be seen from here. */
  liveness(mark: ProcessMark): 'alive' | 'dead' | 'unknown'
}

/**
 * Whether a marked process ended with an earlier start of this machine. `host`: the name of its machine; two that share a home
 * and a name cannot be told apart.
 */
export function endedWithTheMachine({ machine }: ProcessMark, host: string | undefined): boolean {
  const [boot, now] = [machine, machineNow()].map((each) => /^([\da-f-]{36}) /.exec(each)?.[1])
  return host === hostname() && boot !== undefined && now !== undefined && boot !== now
}

/** The processes of this machine. `isAlive` asks the system for a number alone. */
export function createProcesses(pid: number, isAlive: (pid: number) => boolean): Processes {
  const markOf = (one: number) => ({ pid: one, machine: machineNow(), started: startOf(one) })
  return {
    self: () => markOf(pid),
    markOf,
    liveness: (mark) => {
      if (mark.machine !== machineNow()) return 'unknown'
      if (!isAlive(mark.pid)) return 'dead'
      const started = startOf(mark.pid)
      if (started === undefined || mark.started === undefined) return 'unknown'
      return started === mark.started ? 'alive' : 'dead'
    },
  }
}

function machineNow(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

/** Undefined where the system does not tell; `dead` for one that has ended and only not yet cleared away. */
function startOf(pid: number): string | undefined {
  try {
    // The name of the program stands in parentheses and may hold anything; see proc_pid_stat(5), fields 3 and 22.
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return state === 'Z' || state === 'X' ? 'dead' : fields[18]
  } catch {
    return undefined
  }
}

/** Sends a signal; to a group where the number is negative. Throws where nobody gets it. */
export type Kill = (pid: number, signal: NodeJS.Signals) => void

export function tryKill(pid: number, kill: Kill, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    kill(pid, signal)
  } catch {
    // Nothing is left of it.
  }
}

/** Enough for processes that start others while they are being stopped. */
const rounds = 10

/**
 * Ends what has left the group of a program: on Linux it is known by the mark (`NAME=value`, unique to the run) that it
 * inherited with its environment.
 */
export function stopMarked(mark: string, kill: Kill): void {
  for (let round = 0; round < rounds; round++) {
    const left = findMarked(mark)
    if (left.length === 0) return
    for (const pid of left) tryKill(pid, kill)
  }
}

function findMarked(mark: string): number[] {
  return processIds().filter((pid) => environmentOf(pid).includes(mark))
}

/** None where the system does not list processes as files. */
function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    // It has ended, or it is another user's.
    return []
  }
}
