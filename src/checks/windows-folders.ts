import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Tool } from '../catalog/tool.ts'
import type { Finding } from '../finding.ts'
import { isBelow, isWsl, namesIn, readText } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { runSystem } from '../host/run-program.ts'
import { inShell, quoteWord } from '../texts/commands.ts'
import { asMessage, say } from '../texts/message.ts'

/**
 * Each variable by which the client can be told its folders, with the folder in this home. Windows tells a program where its
 * user's home is whatever the variables say, and some ask it (codex 0.80 and 0.169): only these lead them elsewhere.
 * Undefined where a client has settings in the home and no such variable. Nothing on other systems, where HOME does it.
 */
export function ownFolders(tool: Tool, there: Host): Record<string, string> | undefined {
  if (there.platform !== 'win32') return {}
  const places = resolvePlaces(tool.places, there)
  const ways = Object.entries(tool.places).flatMap(([name, candidates]) => {
    const isInHome = candidates.some(({ path = '' }) => /^\{\{ (home|xdgConfig) \}\}/.test(path))
    const named = candidates.filter(({ env }) => env !== undefined)
    return isInHome ? named.map(({ env = '', join: end }) => ({ env, folder: places[name] ?? '', end })) : []
  })
  const whole = ways.filter(({ end }) => end === undefined)
  if (ways.length === 0 && hasOwnFiles(tool)) return undefined
  return Object.fromEntries(whole.toReversed().map(({ env, folder }) => [env, folder]))
}

function hasOwnFiles({ targets, diagnosis }: Tool): boolean {
  const paths = [...targets.filter(({ scope }) => scope === 'user'), ...diagnosis.sources]
  return paths.some(({ path }) => /^\{\{ (home|xdgConfig) \}\}/.test(path ?? ''))
}

/**
 * Notes the user's own folders of a client; the function then gives the paths in them that are new or changed. On Windows
 * only, where a client may have found them after all.
 */
export function watchOwnFolders(tool: Tool, host: Host): () => string[] {
  if (host.platform !== 'win32') return () => []
  const places = resolvePlaces(tool.places, host)
  const own = Object.keys(tool.places).filter((name) =>
    tool.places[name]?.some(({ env }) => env !== undefined),
  )
  const look = () => new Map(own.flatMap((name) => stamps(places[name] ?? '', 2)))
  const before = look()
  return () => [...look()].filter(([path, stamp]) => before.get(path) !== stamp).map(([path]) => path)
}

/** Each file below a folder, so many levels down, with what changes when it is written. */
function stamps(path: string, levels: number): [string, string][] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.isFile()) return [[path, `${stat.mtimeMs} ${stat.size}`]]
  if (!stat?.isDirectory() || levels < 0) return []
  return namesIn(path).flatMap((name) => stamps(join(path, name), levels - 1))
}

/** A user of the Windows around WSL, with the clients that they have there. */
interface WindowsUser {
  /** Their home as Linux sees it. */
  readonly home: string
  readonly tools: readonly Tool[]
}

/** Folders beside the homes. */
const nobodys = /^(public|default|default user|all users|defaultapppool)$/i

/**
 * Under WSL, what is to be said of clients on the Windows around it: their programs as npm installs them, or folders of theirs.
 * What is set up in Linux reaches none of them. Nothing on other systems.
 */
export function windowsFindings(tools: readonly Tool[], host: Host): Finding[] {
  return clientsOnWindows(tools, host).map(({ home, tools: there }) => ({
    id: 'windows-has-its-own',
    level: 'info',
    isNote: true,
    message: say('wsl.clients', { tools: there.map(({ title }) => title), home }),
    hint: say('wsl.clients.hint', { tools: there.map(({ id }) => id) }),
  }))
}

function clientsOnWindows(tools: readonly Tool[], host: Host): WindowsUser[] {
  if (!isWsl(host)) return []
  const users = join(windowsDrive(host), 'Users')
  return namesIn(users)
    .filter((name) => !nobodys.test(name))
    .map((name) => join(users, name))
    .map((home) => ({ home, tools: tools.filter((tool) => isThere(tool, home)) }))
    .filter((user) => user.tools.length > 0)
}

/** Drive C of Windows as WSL mounts it: see wsl.conf, `[automount]`. */
export function windowsDrive({ systemFolder }: Pick<Host, 'systemFolder'>): string {
  const settings = readText(join(systemFolder, '/etc/wsl.conf')) ?? ''
  const section = /^\[automount\]$([^[]*)/m.exec(settings)?.[1] ?? ''
  const root = /^\s*root\s*=\s*"?([^"\n]+)/m.exec(section)?.[1]?.trim() ?? '/mnt'
  return join(systemFolder, root, 'c')
}

function isThere({ detect, places }: Tool, home: string): boolean {
  const roaming = join(home, 'AppData/Roaming')
  const there = { env: { APPDATA: roaming }, home, cwd: home, platform: 'win32' } as const
  const folders = detect.folders.map((folder) => resolvePath(folder, resolvePlaces(places, there)))
  const programs = detect.commands.map((name) => join(roaming, 'npm', `${name}.cmd`))
  return [...folders, ...programs].some((path) => existsSync(path))
}

/**
 * On Windows, a file with a key that is not in the user's own folder and has the rights of its folder, which icacls.exe marks
 * by (I), or whose disk has none. What it does not tell is not known.
 */
export async function keyRightsFindings(path: string, host: Host): Promise<Finding[]> {
  if (host.platform !== 'win32' || isBelow(path, host.home)) return []
  const { exit, stdout } = await runSystem('icacls.exe', [path], host)
  if (exit === null || (exit === 0 && !stdout.includes('(I)'))) return []
  const command = asMessage(inShell().keepPrivate(quoteWord(path), '600'))
  return [
    {
      id: 'key-file-rights',
      level: 'warning',
      message: say('doctor.key-rights', { path }),
      where: { file: path },
      hint: exit === 0 ? command : say('doctor.key-rights.hint'),
    },
  ]
}
