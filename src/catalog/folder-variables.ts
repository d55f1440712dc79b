import { existsSync } from 'node:fs'
import { posix, sep, win32 } from 'node:path'
import { UserError } from '../errors.ts'
import { isOnWindows } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { noHome } from '../host/ownership.ts'
import { inShell, quoteWord } from '../texts/commands.ts'
import { type Message, say } from '../texts/message.ts'
import { resolvePlaces } from './places.ts'
import type { PlaceCandidate, Shell, Tool } from './tool.ts'

type FolderSurroundings = Pick<Host, 'env' | 'home' | 'platform'>

/** A variable that is to name a folder and does not name one that every program finds. */
export interface OddFolder {
  readonly variable: string
  readonly value: string
  readonly why: 'tilde' | 'relative' | 'not-utf8' | 'windows' | 'nowhere'
}

const ofEveryone = ['XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_DATA_HOME']

/** The odd ones among those that this program itself uses: the home, and where settings and state are kept. */
export function oddHomes({ env, home, platform }: FolderSurroundings): OddFolder[] {
  const variable = platform === 'win32' ? 'USERPROFILE' : 'HOME'
  const named = [
    [variable, env[variable] || home] as const,
    ...ofEveryone.map((name) => [name, env[name]] as const),
  ]
  const found = named.flatMap(([name, value]) => oddFolder(name, value, { env, platform }))
  // By its own specification an XDG path that is not absolute counts as not set; one with a ~ was meant.
  return found.filter((one) => one.why !== 'relative' || one.variable === variable)
}

/** The odd ones among those that one tool uses, and the shell that carries its variables. */
export function oddFoldersOf(
  { places }: Pick<Tool, 'places'>,
  shell: Pick<Shell, 'profiles'> | undefined,
  { env, platform }: FolderSurroundings,
): OddFolder[] {
  const ofTool = Object.values(places)
    .flat()
    .flatMap((candidate: PlaceCandidate) => candidate.env ?? [])
  const ofShell = shell?.profiles.flat().some((path) => path.startsWith('{{ zdotdir }}')) ? ['ZDOTDIR'] : []
  const names = new Set([...ofTool, ...ofShell])
  const found = [...names]
    .filter((name) => Object.hasOwn(env, name))
    .flatMap((name) => oddFolder(name, env[name], { env, platform }))
  // A client may go by the folder that it is started in, where this program takes the variable for one that is not set.
  return found.filter(({ variable, why }) => why === 'relative' || !ofEveryone.includes(variable))
}

/** An empty variable counts as none. */
function oddFolder(
  variable: string,
  value: string | undefined,
  host: Pick<Host, 'env' | 'platform'>,
): OddFolder[] {
  if (!value) return []
  const { isAbsolute } = host.platform === 'win32' ? win32 : posix
  if (value === noHome) return [{ variable, value, why: 'nowhere' }]
  if (/^~/.test(value)) return [{ variable, value, why: 'tilde' }]
  if (!isAbsolute(value)) return [{ variable, value, why: 'relative' }]
  if (isOnWindows(value, host)) return [{ variable, value, why: 'windows' }]
  // Bytes that are no UTF-8 come as this character: what is there cannot be reached by the name that is left.
  return value.includes('\uFFFD') && !existsSync(value) ? [{ variable, value, why: 'not-utf8' }] : []
}

/**
 * A command line that finds a tool in these folders: behind `CODEX_HOME=/work/codex`, or `env -u CODEX_HOME` where today's
 * environment names another. As it is where it finds them by itself.
 */
export function inFolders(
  line: string,
  { places }: Pick<Tool, 'places'>,
  folders: Readonly<Record<string, string>>,
  host: Host,
): string {
  const today = resolvePlaces(places, host)
  const bare = resolvePlaces(places, { ...host, env: {} })
  const set = new Map<string, string>()
  const unset = new Set<string>()
  for (const [name, candidates] of Object.entries(places)) {
    const folder = folders[name]
    if (folder === undefined || folder === today[name]) continue
    const named = candidates.filter(({ env }) => env !== undefined)
    if (folder === bare[name]) for (const { env = '' } of named) if (host.env[env]) unset.add(env)
    const way = named.find(({ join: end = '' }) => end === '' || folder.endsWith(`${sep}${end}`))
    if (folder === bare[name] || !way?.env) continue
    set.set(way.env, folder.slice(0, folder.length - (way.join ? way.join.length + 1 : 0)))
  }
  const given = [...set].map(([name, folder]) => [name, quoteWord(folder)] as const)
  const taken = [...unset].filter((name) => !set.has(name))
  return inShell().forOnce(line, given, taken)
}

/** UserError `odd-folder`, exit 2: what would be written would not be found again. Nothing where none is odd. */
export function refuseOddFolders(odd: readonly OddFolder[]): void {
  const [first] = odd
  if (!first) return
  const { message, hint } = describeOddFolder(first)
  throw new UserError({ code: 'odd-folder', message, hint, exit: 2 })
}

/** What is wrong, and what to do. */
export function describeOddFolder({ variable, value, why }: OddFolder): { message: Message; hint: Message } {
  return { message: say(`odd-folder.${why}`, { variable, value }), hint: remedyFor(variable, value, why) }
}

function remedyFor(variable: string, value: string, why: OddFolder['why']): Message {
  const isHome = variable === 'HOME' || variable === 'USERPROFILE'
  if (why === 'windows') return say('odd-folder.windows.hint', { variable })
  if (why === 'not-utf8') return say('odd-folder.not-utf8.hint', { variable })
  if (isHome) return say('odd-folder.home.hint', { variable })
  const tail = value.replace(/^~[/\\]?/, '')
  const whole =
    why === 'tilde' && /^~[/\\]|^~$/.test(value)
      ? `"$HOME${tail === '' ? '' : `/${tail}`}"`
      : '"$HOME/FOLDER"'
  return say('odd-folder.hint', { variable, value: whole })
}
