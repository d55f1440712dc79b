import { formatWhere, type Where } from '../errors.ts'
import type { Found } from './find-setting.ts'
import { findAssignment, type Profile } from './read-profiles.ts'

/** Where a setting comes from, as JSON has it. */
export interface SourceData {
  readonly level: string
  /** The variable, or the key path with dots. */
  readonly name: string
  readonly file: string | null
  readonly line: number | null
}

/** The source of a setting; for the environment the profile's line that sets it, where one does. */
export function sourceData({ name, source }: Found, profiles: readonly Profile[]): SourceData {
  const where = whereOf(name, source, profiles)
  return { level: source.level, name, file: where?.file ?? null, line: where?.line ?? null }
}

/** The same in words: `/home/you/.claude/settings.json (env.NAME)`, `$NAME (/home/you/.zshrc:12)`. */
export function describeSource(found: Found, profiles: readonly Profile[]): string {
  const { level, name, file, line } = sourceData(found, profiles)
  const where = file === null ? undefined : formatWhere({ file, ...(line !== null && { line }) })
  if (level === 'environment') return where === undefined ? `$${name}` : `$${name} (${where})`
  return `${where} (${name})`
}

/** Where to look for a setting. */
export function whereOf(
  name: string,
  { level, file }: Found['source'],
  profiles: readonly Profile[],
): Where | undefined {
  if (level === 'environment') return findAssignment(name, profiles)
  if (!file) return undefined
  if (level !== 'profile') return { file: file.path }
  return findAssignment(
    name,
    profiles.filter((profile) => profile.file.path === file.path),
  )
}
