import { realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import type { Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import { isBelow } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import type { LedgerEntry } from '../ledger.ts'
import { hashValue } from './document-set.ts'

type Surroundings = Pick<Host, 'env' | 'home' | 'platform'>

/**
 * A file as the block in a profile names it: from the home on where it is below it, so that a profile that is shared or
 * tracked names no user, and no other machine's home. Anywhere else by its absolute path.
 */
export function pathInProfile(path: string, format: FormatId, host: Surroundings): string {
  if (!isAbsolute(path)) return path
  const isScript = format === 'powershell-profile'
  for (const [variable, folder] of foldersOf(format, host)) {
    const way = wayBelow(path, folder)
    if (way !== undefined) return variable + (isScript ? sep + way : `/${way.split(sep).join('/')}`)
  }
  return path
}

/**
 * Whether two values of a block lead to the same file on this machine: up to version 0.1.0 it had its absolute path, and
 * another machine's run may have renewed a profile that both share.
 */
export function isSameInProfile(one: Value, other: Value, format: FormatId, host: Surroundings): boolean {
  if (!format.endsWith('-profile') || typeof one !== 'string' || typeof other !== 'string') return false
  return pathInProfile(one, format, host) === pathInProfile(other, format, host)
}

/** Whether an entry's value is what we wrote last, or leads to the same file. */
export function isAsLastWritten(actual: Value, { hash, format }: LedgerEntry, host: Surroundings): boolean {
  return spellingsOf(actual, format, host).some((value) => hashValue(value) === hash)
}

function spellingsOf(value: Value, format: FormatId, host: Surroundings): Value[] {
  if (!format.endsWith('-profile') || typeof value !== 'string') return [value]
  const absolute = foldersOf(format, host).flatMap(([variable, folder]) =>
    value.startsWith(`${variable}/`) || value.startsWith(`${variable}\\`)
      ? [join(folder, value.slice(variable.length + 1))]
      : [],
  )
  return [value, pathInProfile(value, format, host), ...absolute]
}

/** Git Bash has a home of its own on Windows, which need not be that of Windows. */
function foldersOf(
  format: FormatId,
  { env, home, platform }: Surroundings,
): (readonly [variable: string, folder: string])[] {
  if (platform !== 'win32') return [['$HOME', home]]
  if (format !== 'powershell-profile') return []
  const { APPDATA } = env
  return [...(APPDATA ? [['$env:APPDATA', APPDATA] as const] : []), ['$env:USERPROFILE', home]]
}

/** The path from a folder on, by its name or with links followed; undefined where it is not below it. */
function wayBelow(path: string, folder: string): string | undefined {
  // A whole disk is nobody's home, and `//…` another computer for some.
  if (dirname(folder) === folder) return undefined
  if (isBelow(path, folder)) return relative(folder, path)
  const [real, realFolder] = [join(realPath(dirname(path)), basename(path)), realPath(folder)]
  return isBelow(real, realFolder) ? relative(realFolder, real) : undefined
}

/** With the links among its existing parents followed. */
export function realPath(path: string): string {
  const parent = dirname(path)
  try {
    return realpathSync(path)
  } catch {
    return parent === path ? path : join(realPath(parent), basename(path))
  }
}
