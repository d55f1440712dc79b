import {
  accessSync,
  constants,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { basename, delimiter, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { debug } from '../debug.ts'
import type { Host } from './host.ts'

/** The names in a folder; none where it cannot be read. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/**
 * The files that a path stands for: itself, or where its last part holds a `*` those of its folder whose names fit, in
 * the order of their names. As for a shell, `*` takes no name that begins with a dot.
 */
export function filesAt(path: string, list: (folder: string) => readonly string[] = namesIn): string[] {
  const [head = '', ...tails] = basename(path).split('*')
  if (tails.length === 0) return [path]
  const folder = dirname(path)
  const end = tails.at(-1) ?? ''
  return list(folder)
    .filter((name) => !name.startsWith('.') && name.length >= head.length + end.length)
    .filter((name) => name.startsWith(head) && name.endsWith(end))
    .toSorted((one, other) => (one < other ? -1 : 1))
    .map((name) => join(folder, name))
}

/**
 * An absolute path as the disk spells it, where the system takes names in any case or form: the same folder must not count as
 * two. Links stay, and so does a network drive, which Windows would call by its share.
 */
export function asOnDisk(path: string, platform: NodeJS.Platform): string {
  if (platform !== 'win32' && platform !== 'darwin') return path
  try {
    const spelled = realpathSync.native(path)
    return fold(spelled) === fold(path) ? spelled : path
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(asOnDisk(parent, platform), basename(path))
  }
}

function fold(path: string): string {
  return path.normalize('NFC').toLowerCase()
}

const largestFile = 10 * 1024 * 1024

/** The text of a file that is only looked at; undefined for what is no regular file of at most 10 MiB that can be read. */
export function readText(path: string): string | undefined {
  try {
    const stat = statSync(path)
    if (!stat.isFile() || stat.size > largestFile) return undefined
    debug(() => `read ${path}: ${stat.size} bytes`)
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Whether an absolute path lies below a folder, by its text: no link is followed. A folder is not below itself. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && !isAbsolute(way) && way.split(sep)[0] !== '..'
}

/**
 * The absolute path of a program in PATH, or undefined. Under WSL those of Windows are none: they read the settings of a
 * Windows home.
 */
export function findProgram(name: string, host: Pick<Host, 'env' | 'platform'>): string | undefined {
  const endings = host.platform === 'win32' ? ['.cmd', '.exe', ''] : ['']
  const folders = (host.env.PATH ?? '').split(delimiter).filter(Boolean)
  return folders
    .filter((folder) => !isOnWindows(folder, host))
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
    .find((path) => isProgram(path) && !(host.platform === 'win32' && isOffer(path)))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** Windows has programs called python and python3 that only offer to install it: links to one that does. */
function isOffer(path: string): boolean {
  try {
    return /[\\/]WindowsApps[\\/]/i.test(path) && /Redirector\.exe$/i.test(readlinkSync(path))
  } catch {
    return false
  }
}

/** Whether this is Linux on Windows. */
export function isWsl({ env, platform }: Pick<Host, 'env' | 'platform'>): boolean {
  return platform === 'linux' && Boolean(env.WSL_DISTRO_NAME || env.WSL_INTEROP)
}

/** Whether a path lies on a drive of the Windows around WSL, where it is mounted unless somebody has moved that. */
export function isOnWindows(path: string, host: Pick<Host, 'env' | 'platform'>): boolean {
  return isWsl(host) && /^\/mnt\/[a-z](\/|$)/.test(path)
}

/**
 * On macOS whoever is not started from a terminal has none of the folders in PATH where npm puts programs, nor has zsh while
 * it reads ~/.zshenv; Node.js, which runs them, is looked for there as well.
 */
export function leadTo(name: string, host: Pick<Host, 'env' | 'platform'>): string[] {
  const programs = host.platform === 'darwin' ? [name, 'node'].map((one) => findProgram(one, host)) : []
  const folders = programs.flatMap((program) => (program === undefined ? [] : dirname(program)))
  if (folders.length === 0) return [name]
  return ['/usr/bin/env', `PATH=${[...new Set([...folders, '/usr/bin', '/bin'])].join(':')}`, name]
}
