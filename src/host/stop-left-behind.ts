import { readdirSync, readFileSync } from 'node:fs'
import type { ProcessControl } from './run-program.ts'

/** Enough for processes that start others while they are being stopped. */
const rounds = 10

/** Ends what is left of the process group of a program that was started as its leader. */
export function stopGroup(leader: number | undefined, kill: ProcessControl['kill']): void {
  if (leader !== undefined) tryKill(-leader, kill)
}

/**
 * Ends what has left the group of a program: on Linux it is known by the mark (`NAME=value`, unique to the run) that it
 * inherited with its environment.
 */
export function stopMarked(mark: string, kill: ProcessControl['kill']): void {
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

function tryKill(pid: number, kill: ProcessControl['kill']): void {
  try {
    kill(pid, 'SIGKILL')
  } catch {
    // Nothing is left of it.
  }
}
