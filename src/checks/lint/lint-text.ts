import { judgeForClients } from '../../gateway/judge-for-clients.ts'
import { maskUrl } from '../../gateway/mask-url.ts'
import { hostIn, meansGateway } from '../../gateway/region-meant.ts'
import { urlRules } from '../../gateway/url-rules.ts'
import { chooseReaders, findClientWords, type LintFile } from './choose-readers.ts'
import { fileKind, isExample } from './file-kind.ts'
import { findHalfUrls } from './find-half-urls.ts'
import { findUrls } from './find-urls.ts'
import { hasNoHost } from './has-no-host.ts'
import { isMeant } from './is-meant.ts'
import { findKeyReaders } from './key-readers.ts'
import { distinctEndpoints, type LintContext } from './lint-context.ts'
import type { LintFinding, LintProblem } from './lint-problem.ts'
import { LintedText } from './linted-text.ts'
import type { UrlCandidate } from './url-candidate.ts'
import type { UrlKey, UrlReader } from './url-readers.ts'

/** Every broken rule of every base URL for the gateway in one file's text, in the file's order. */
export async function lintText(path: string, text: string, context: LintContext): Promise<LintProblem[]> {
  const lines = new LintedText(text, fileKind(path))
  const urls = findUrls(lines).filter((url) => isForGateway(url.text, context))
  const keys = context.keysOf(path)
  const halves = findHalfUrls(lines, [...context.variables.keys(), ...keys.map(nameOf)]).filter(
    (half) => hasNoHost(half.text) || isForGateway(half.text, context),
  )
  const candidates = [...urls, ...halves]
    .filter(({ start }) => !lines.inComment(start))
    .sort((one, other) => one.start - other.start)
  const keyReaders = await findKeyReaders(text, keys, candidates)
  const words = candidates.length > 0 ? findClientWords(lines, context) : []
  const file = { path, lines, keyReaders, words }
  return candidates.flatMap((url) => judgeInFile(url, file, context))
}

function nameOf({ keyPath }: UrlKey): string {
  return keyPath.at(-1) ?? ''
}

function judgeInFile(url: UrlCandidate, file: LintFile, context: LintContext): LintProblem[] {
  const readers = chooseReaders(url, file, context)
  const isWanted =
    file.keyReaders.has(url) ||
    (hasNoHost(url.text)
      ? isReadEmpty(url, file, context)
      : isMeant(url, readers.length > 0, file.lines, context))
  if (!isWanted) return []
  const { start, end, line } = url
  const text = file.lines.text.slice(start, end)
  const column = start - line.start + 1
  const place = {
    file: file.path,
    line: line.index + 1,
    column: column + text.length - text.trimStart().length,
  }
  const findings = judge(url.text, place, readers, context)
  return findings.map((finding) => ({ finding, span: { start, end, text, column } }))
}

/** A private relay, or a host that is the gateway's or nearly. */
function isForGateway(text: string, { knownOrigins, gateway }: LintContext): boolean {
  if (knownOrigins.some((origin) => text.trim().startsWith(origin))) return true
  return meansGateway(hostIn(text) ?? '', gateway)
}

/**
 * An empty variable counts where a client is known to read it. In YAML and in programs a variable without a value, or
 * with an empty one, often has a meaning of its own.
 */
function isReadEmpty(url: UrlCandidate, { path, lines }: LintFile, context: LintContext): boolean {
  if (!context.variables.has(url.name ?? '') || lines.kind.kind === 'code' || isExample(path)) return false
  return url.isQuoted || lines.kind.kind === 'variables'
}

/** One variable of the environment. */
export function lintValue(
  name: string,
  value: string,
  readers: readonly UrlReader[],
  context: LintContext,
): LintProblem[] {
  if (!hasNoHost(value) && !isForGateway(value, context)) return []
  return judge(value, { file: `$${name}`, line: 1, column: 1 }, readers, context).map((finding) => ({
    finding,
    span: undefined,
  }))
}

function judge(
  url: string,
  place: Pick<LintFinding, 'file' | 'line' | 'column'>,
  readers: readonly UrlReader[],
  { gateway, knownOrigins, endpoints }: LintContext,
): LintFinding[] {
  const own = distinctEndpoints(readers.map(({ endpoint }) => endpoint))
  const judgement = judgeForClients(url, own.length > 0 ? own : endpoints, gateway, { knownOrigins })
  return judgement.problems.map(({ rule, message }) => ({
    rule,
    severity: urlRules[rule].severity,
    tool: toolsOf(readers),
    ...place,
    url: maskUrl(url.trim()),
    requests: judgement.requests === undefined ? null : maskUrl(judgement.requests),
    message,
    fix: judgement.fix ?? null,
  }))
}

function toolsOf(readers: readonly UrlReader[]): string | null {
  const tools = new Set(readers.flatMap(({ tool }) => tool ?? []))
  return tools.size === 0 ? null : [...tools].join(',')
}
