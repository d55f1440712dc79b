import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { resolvePath, resolvePlaces } from '../../catalog/places.ts'
import type { Catalog, Tool, Variant } from '../../catalog/tool.ts'
import type { KeyPath } from '../../documents/document.ts'
import type { FormatId } from '../../documents/formats.ts'
import { leavesOf } from '../../documents/value.ts'
import type { Finding } from '../../finding.ts'
import type { Endpoint } from '../../gateway/gateway.ts'
import { filesAt } from '../../host/files-at.ts'
import type { Host } from '../../host/host.ts'
import type { Ledger } from '../../ledger.ts'

/** A client that reads a base URL, and what it requests. */
export interface UrlReader {
  /** Id of the tool, where the client is one. */
  readonly tool?: string
  readonly variant?: string
  readonly endpoint: Endpoint
}

/** A key in a tool's own file where its base URL stands. */
export interface UrlKey {
  readonly path: string
  readonly format: FormatId
  readonly keyPath: KeyPath
  readonly reader: UrlReader
}

/** What decides where a tool’s files stand. */
export type Surroundings = Pick<Host, 'env' | 'home' | 'cwd' | 'platform'>

/** Who reads which variable of the environment as its base URL, by the variable's name. */
export function variableReaders({ tools }: Pick<Catalog, 'tools'>): Map<string, UrlReader[]> {
  const readers = new Map<string, UrlReader[]>()
  for (const tool of tools) {
    for (const variant of tool.variants) {
      for (const [name, value] of Object.entries(tool.env?.variables ?? {})) {
        const endpoint = endpointOf(value, variant)
        if (endpoint) readers.set(name, [...(readers.get(name) ?? []), readerOf(tool, variant, endpoint)])
      }
    }
  }
  return readers
}

/** Every key where a base URL stands, in the files that setup writes and in those that are read alike, for each variant that uses them. */
export function urlKeys({ tools }: Pick<Catalog, 'tools'>, host: Surroundings): UrlKey[] {
  return tools.flatMap((tool) => {
    const sources = sourceFiles({ tools: [tool] }, host).filter(({ format }) => format !== 'dotenv')
    return tool.targets.flatMap((target) => {
      const alike = sources.flatMap(({ path, format }) => (format === target.format ? path : []))
      const paths = new Set([resolvePath(target.path, resolvePlaces(tool.places, host)), ...alike])
      const variants = tool.variants.filter(({ id }) => target.variants?.includes(id) ?? true)
      return variants.flatMap((variant) =>
        leavesOf(target.content).flatMap(({ keyPath, value }) => {
          const endpoint = typeof value === 'string' ? endpointOf(value, variant) : undefined
          const reader = endpoint && readerOf(tool, variant, endpoint)
          return reader ? [...paths].map((path) => ({ path, format: target.format, keyPath, reader })) : []
        }),
      )
    })
  })
}

function readerOf(tool: Tool, variant: Variant, endpoint: Endpoint): UrlReader {
  return { tool: tool.id, variant: variant.id, endpoint }
}

/** The endpoint behind `{{ baseUrl }}` or `{{ baseUrl:PROTOCOL }}`; undefined for any other value. */
function endpointOf(text: string, { endpoints }: Variant): Endpoint | undefined {
  const [found, protocol] = /^\{\{ baseUrl(?::([\w-]+))? \}\}$/.exec(text) ?? []
  if (found === undefined) return undefined
  return protocol === undefined ? endpoints[0] : endpoints.find((endpoint) => endpoint.protocol === protocol)
}

/**
 * Every file of this machine where the catalog's tools or shells may read a base URL, for the user and for the project
 * in the present folder, and every file in which this program wrote. Each once; not all of them exist.
 */
export function machineFiles(catalog: Catalog, host: Surroundings, ledger: Ledger): string[] {
  const ofTools = catalog.tools.flatMap(({ places, targets }) =>
    targets.map(({ path }) => resolvePath(path, resolvePlaces(places, host))),
  )
  const ofShells = catalog.shells.flatMap(({ envFile, profiles, alsoRead, universal = [], starts }) =>
    [[envFile], profiles.flat(), alsoRead, universal, starts.flatMap(({ reads }) => reads.flat())]
      .flat()
      // What the system's own files say is not the user's to correct.
      .filter((path) => !path.startsWith('{{ system }}'))
      .flatMap((path) => filesAt(resolvePath(path, resolvePlaces({}, host)))),
  )
  const read = sourceFiles(catalog, host).flatMap(({ path, isShared }) => (isShared ? [] : path))
  const written = ledger.entries.map(({ path }) => path)
  return [...new Set([...ofTools, ...read, ...ofShells, ...dotenvFiles(host.cwd), ...written])]
}

/** Every file in which a client looks for its settings, with how strong it is there; those that a setting names are not among them. */
export function sourceFiles({ tools }: Pick<Catalog, 'tools'>, host: Surroundings) {
  return tools.flatMap((tool) => {
    const places = resolvePlaces(tool.places, host)
    const isKnown = (path: string) => (/^\{\{ (\w+) \}\}/.exec(path)?.[1] ?? 'home') in places
    return tool.diagnosis.sources.flatMap(({ path, level, format }) => {
      if (path === undefined || !isKnown(path)) return []
      const isShared = level === 'managed' || level === 'system'
      const paths = filesAt(resolve(host.cwd, resolvePath(path, places)))
      return paths.map((one) => ({ path: one, level, format, isShared }))
    })
  })
}

/** What nobody could read of all that others than the user set for these tools; nothing is loaded where there is none of it. */
export async function unreadStores(tools: readonly Tool[], host: Host): Promise<Finding[]> {
  const shared = sourceFiles({ tools }, host).filter(({ isShared }) => isShared)
  if (host.platform === 'linux' && !shared.some(({ path }) => existsSync(path))) return []
  return (await import('../../effect/judge-effect.ts')).storeProblems(tools, host)
}

/** `.env` and the like, such as `.env.local`; the folder itself where it cannot be looked into. */
function dotenvFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\.env(\.|$)/.test(name))
      .map((name) => join(folder, name))
  } catch {
    return existsSync(folder) ? [folder] : []
  }
}
