import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { asOnDisk, filesAt } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { userFolders } from '../host/read-file-state.ts'
import { findRepository } from '../host/run-program.ts'
import { say } from '../texts/message.ts'
import type { PlaceCandidate, Start } from './tool.ts'

type Surroundings = Pick<Host, 'env' | 'home' | 'cwd' | 'platform'> &
  Partial<Pick<Host, 'systemFolder' | 'registry'>>

/** Folders and files by name, as `{{ name }}` in a path uses them. All absolute. */
export type Places = Readonly<Record<string, string>>

/** The folder of our own settings and of a user's own tools: `$XDG_CONFIG_HOME/qcode-setup` or the platform's equal. */
export function configFolder(host: Surroundings): string {
  return join(xdgConfig(host), 'qcode-setup')
}

/**
 * The places that every tool may use, and the tool's own, found in this order: recorded when it was set up, variable of
 * the environment, then path.
 */
export function resolvePlaces(
  own: Readonly<Record<string, readonly PlaceCandidate[]>>,
  host: Surroundings,
  project?: string,
  recorded: Readonly<Record<string, string>> = {},
): Places {
  // Without a prototype, so that no path begins with what every object has.
  const places: Record<string, string> = Object.setPrototypeOf(
    {
      home: host.home,
      config: configFolder(host),
      xdgConfig: xdgConfig(host),
      xdgData: xdgData(host),
      get appData() {
        if (host.platform === 'darwin') return join(host.home, 'Library', 'Application Support')
        if (host.platform === 'win32') return host.env.APPDATA || join(host.home, 'AppData', 'Roaming')
        return recorded.xdgConfig ?? xdgConfig(host)
      },
      get documents() {
        return documentsFolder(host)
      },
      project: project ?? host.cwd,
      get gitRoot() {
        return findRepository(project ?? host.cwd) ?? project ?? host.cwd
      },
      system: host.systemFolder ?? '',
      zdotdir: host.env.ZDOTDIR || host.home,
      ...recorded,
    },
    null,
  )
  for (const [name, candidates] of Object.entries(own)) {
    if (Object.hasOwn(recorded, name)) continue
    const found = candidates.map((candidate) => tryCandidate(candidate, places, host)).find(Boolean)
    if (found !== undefined) places[name] = found
  }
  return places
}

/**
 * A path of a manifest with its place filled in. Throws UserError `tool-folder` when the place is not known on this
 * machine: a fault of the tool's folder.
 */
export function resolvePath(template: string, places: Places): string {
  const filled = template.replace(/^\{\{ (\w+) \}\}/, (_, name: string) => {
    const place = places[name]
    if (place === undefined) throw noPlace(name, template)
    return place
  })
  return join(filled)
}

/** Whether something is at a path of a manifest, which may hold a `*` in its last part. */
export function isSomethingAt(path: string, host: Surroundings): boolean {
  return filesAt(resolvePath(path, resolvePlaces({}, host))).some((one) => existsSync(one))
}

function noPlace(name: string, template: string): UserError {
  return new UserError({
    code: 'tool-folder',
    message: say('folder.no-place', { path: template, place: name }),
    hint: say('folder.no-place.hint', { place: name }),
    exit: 2,
  })
}

function xdgConfig({ env, home, platform }: Surroundings): string {
  if (env.XDG_CONFIG_HOME && isAbsolute(env.XDG_CONFIG_HOME)) return env.XDG_CONFIG_HOME
  if (platform === 'win32' && env.APPDATA) return env.APPDATA
  return join(home, '.config')
}

function xdgData({ env, home }: Surroundings): string {
  return env.XDG_DATA_HOME && isAbsolute(env.XDG_DATA_HOME)
    ? env.XDG_DATA_HOME
    : join(home, '.local', 'share')
}

/** OneDrive moves the documents of Windows, which its registry tells. */
function documentsFolder({ env, home, registry }: Surroundings): string {
  const text = String(registry?.get(userFolders))
  const [, word = '""'] = /^Personal=(?:REG_EXPAND_SZ:)?(".*")$/m.exec(text) ?? []
  const moved = String(JSON.parse(word)).replace(/%([^%]+)%/g, (_, name: string) =>
    name.toUpperCase() === 'USERPROFILE' ? home : (env[name] ?? ''),
  )
  return isAbsolute(moved) ? moved : join(home, 'Documents')
}

function tryCandidate(candidate: PlaceCandidate, places: Places, host: Surroundings): string | undefined {
  if (candidate.path !== undefined) return resolvePath(candidate.path, places)
  const { env } = candidate
  // The environment of Node.js inherits `toString` and the like, which are no variables.
  const value = env !== undefined && Object.hasOwn(host.env, env) ? host.env[env] : undefined
  return value ? asOnDisk(resolve(host.cwd, value, candidate.join ?? ''), host.platform) : undefined
}

/** A new window of macOS asks for a login shell; what asks for none is the exception there. */
export function startsOn(starts: readonly Start[], { platform }: Pick<Host, 'platform'>): readonly Start[] {
  if (platform !== 'darwin') return starts
  const login = starts.filter(({ kind }) => kind === 'login')
  const windows = login.map((start) => ({ ...start, kind: 'terminal' as const }))
  return [...windows, ...starts.filter((start) => !login.includes(start))]
}
