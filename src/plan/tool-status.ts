import type { Setup } from './ledger.ts'
import type { Plan } from './plan.ts'

/** One setup and how its files stand today. */
export interface ToolStatus extends Setup {
  readonly files: readonly FileStatus[]
  /** True when every value stands as it was written. */
  readonly asWritten: boolean
}

export interface FileStatus {
  readonly path: string
  readonly baseUrl: string
  /** `changed`: somebody else changed a value of ours; `missing`: values of ours are gone. */
  readonly state: 'as-written' | 'changed' | 'missing'
  /** The values that differ, by key path. */
  readonly differs: readonly string[]
}

/** A setup held against the plan that would make it anew: where that plan would write, something has changed since. */
export function toolStatus(setup: Setup, plan: Plan): ToolStatus {
  const files = plan.rows.map(({ path, baseUrl }): FileStatus => {
    const changed = plan.conflicts.filter((conflict) => conflict.path === path).map(({ keyPath }) => keyPath)
    const missing = plan.edits.filter((edit) => edit.path === path).flatMap(({ changes }) => changes)
    const differs = [...changed, ...missing.map(({ keyPath }) => keyPath)].map((keyPath) => keyPath.join('.'))
    const state = changed.length > 0 ? 'changed' : missing.length > 0 ? 'missing' : 'as-written'
    return { path, baseUrl, state, differs }
  })
  return { ...setup, files, asWritten: files.every(({ state }) => state === 'as-written') }
}
