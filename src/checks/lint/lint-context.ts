import { basename, dirname, join, posix, sep } from 'node:path'
import type { CodeClient } from '../../catalog/steps.ts'
import type { Catalog } from '../../catalog/tool.ts'
import type { FormatId } from '../../documents/formats.ts'
import type { Span } from '../../documents/lines.ts'
import type { Endpoint, Gateway } from '../../gateway/gateway.ts'
import type { UrlRule, UrlRuleId } from '../../gateway/url-faults.ts'
import { readText } from '../../host/files-at.ts'
import type { Ledger } from '../../ledger.ts'
import type { Message } from '../../texts/message.ts'
import { type Surroundings, type UrlKey, type UrlReader, urlKeys, variableReaders } from './url-readers.ts'

/** All that lint knows before it reads a file. */
export interface LintContext {
  readonly gateway: Gateway
  readonly codeClients: readonly CodeClient[]
  readonly variables: ReadonlyMap<string, readonly UrlReader[]>
  /** The keys where a base URL stands, of a file by its path. */
  readonly keysOf: (path: string) => readonly UrlKey[]
  /** The text of the package.json in a file's folder; empty without one. */
  readonly manifestBeside: (path: string) => string
  /** Whether a shell keeps its own variables in a file of this path, and would write over what is corrected there. */
  readonly isKeptByShell: (path: string) => boolean
  /** What every known client appends, each once. */
  readonly endpoints: readonly Endpoint[]
  /** Private relays that tools were set up for. */
  readonly knownOrigins: readonly string[]
  /** The variant that a tool was set up as, by the tool's id. */
  readonly variantOf: ReadonlyMap<string, string>
}

/** Everything that judging a URL needs besides the file; the origins that were set up count as known. */
export function createLintContext(catalog: Catalog, host: Surroundings, ledger: Ledger): LintContext {
  const tools = catalog.tools.flatMap(({ variants }) => variants.flatMap(({ endpoints }) => endpoints))
  const everyEndpoint = [...tools, ...catalog.codeClients.map(({ endpoint }) => endpoint)]
  return {
    gateway: catalog.gateway,
    codeClients: catalog.codeClients,
    variables: variableReaders(catalog),
    keysOf: keyFinder(catalog, host),
    manifestBeside: manifestFinder(),
    isKeptByShell: (path) =>
      catalog.shells.some(({ universal }) => universal && basename(universal) === basename(path)),
    endpoints: distinctEndpoints(everyEndpoint),
    knownOrigins: [...new Set(ledger.setups.map(({ gateway }) => gateway))],
    variantOf: new Map(ledger.setups.map(({ tool, variant }) => [tool, variant])),
  }
}

/** Reads each package.json once. */
function manifestFinder(): LintContext['manifestBeside'] {
  const known = new Map<string, string>()
  return (path) => {
    const folder = dirname(path)
    const text = known.get(folder) ?? readText(join(folder, 'package.json')) ?? ''
    known.set(folder, text)
    return text
  }
}

/** Endpoints that request alike count once; the first prefix is the one that is written. */
export function distinctEndpoints(endpoints: readonly Endpoint[]): Endpoint[] {
  const byRequest = endpoints.map((one) => [`${one.protocol} ${one.appends}`, one] as const)
  return [...new Map(byRequest.toReversed()).values()].toReversed()
}

/** Knows a tool's file in its place on this machine, and as a copy at the same path below another folder, as in dotfiles. */
function keyFinder(catalog: Catalog, host: Surroundings): LintContext['keysOf'] {
  const keys = urlKeys(catalog, host)
  const copies = urlKeys(catalog, { env: {}, home: '/', cwd: '/', platform: 'linux' })
  // Two slashes in front would be another computer's name on Windows, so what joins paths there keeps both.
  const tails = copies.map((key) => ({ key, tail: withSlashes(key.path).replace(/^\/+/, '/') }))
  const names = new Set([...keys, ...copies].map((key) => basename(key.path)))
  return (path) => {
    if (!names.has(basename(path))) return []
    const own = keys.filter((key) => key.path === path)
    if (own.length > 0) return own
    return tails.filter(({ tail }) => withSlashes(path).endsWith(tail)).map(({ key }) => key)
  }
}

function withSlashes(path: string): string {
  return path.split(sep).join(posix.sep)
}

/** One broken rule of one base URL, as the JSON of `lint` has it. */
export interface LintFinding {
  readonly rule: UrlRuleId
  readonly severity: UrlRule['severity']
  /** The tools that read the URL, as `--tool` takes them; null when it is another client or an unknown one. */
  readonly tool: string | null
  /** Absolute path, `$NAME` for a variable of the environment, or what a value of a store is called. */
  readonly file: string
  /** Who sets what is no file of the user's own; null for a file. */
  readonly level: 'environment' | 'user' | 'system' | 'managed' | null
  /** Of the URL's first character; both count from 1. */
  readonly line: number
  readonly column: number
  /** The URL as it stands there; a password or a key in it is masked. */
  readonly url: string
  /** The path that the client would request; null when the clients differ, or when there is no path. */
  readonly requests: string | null
  /** What the gateway answers to that, where it is no path of its own. */
  readonly status: 404 | null
  readonly message: Message
  /** The whole base URL that is right; null where the client or the host is open. */
  readonly fix: string | null
}

/** Whether `--fix` corrects it: neither a variable that is set already nor what an administrator has set. */
export function isCorrectable({ fix, level }: LintFinding): boolean {
  return fix !== null && (level === null || level === 'user')
}

/** A finding, and the text that `--fix` replaces: its offsets in the file's text, all in one line, and its column. */
export interface LintProblem {
  readonly finding: LintFinding
  /** Undefined for what stands in no file. */
  readonly span: (Span & { readonly text: string; readonly column: number }) | undefined
  /** What the file has to parse as, where that is known. */
  readonly format?: FormatId
}
