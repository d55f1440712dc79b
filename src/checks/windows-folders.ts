import { statSync } from 'node:fs'
import { join } from 'node:path'
import { resolvePlaces } from '../catalog/places.ts'
import type { Tool } from '../catalog/tool.ts'
import { namesIn } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'

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
