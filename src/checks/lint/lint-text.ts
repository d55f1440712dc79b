import { judgeForClients } from '../../gateway/judge-for-clients.ts'
import { hostIn, meansGateway } from '../../gateway/region-meant.ts'
import { chooseReaders, type LintFile } from './choose-readers.ts'
import { findEmptyKeys, hasNoHost } from './empty-keys.ts'
import { fileKind, isExample } from './file-kind.ts'
import { findHalfUrls, type HalfUrl } from './find-half-urls.ts'
import { findUrls } from './find-urls.ts'
import { inComment } from './in-comment.ts'
import { isMeant } from './is-meant.ts'
import { distinctEndpoints, type LintContext } from './lint-context.ts'
import type { LintFinding, LintProblem } from './lint-problem.ts'
import { lintRules } from './lint-rules.ts'
import { maskUrl } from './mask-url.ts'
import type { UrlCandidate } from './url-candidate.ts'
import type { UrlReader } from './url-readers.ts'

/** Every broken rule of every base URL for the gateway in one file's text, in the file's order. */
export async function lintText(path: string, text: string, context: LintContext): Promise<LintProblem[]> {
  const file = { path, text, kind: fileKind(path), keys: context.keysOf(path) }
  const urls = findUrls(text, file.kind).filter((url) => isMeantThere(url, file, context))
  const halves = await meantHalves(file, context)
  return [...urls, ...halves]
    .filter((url) => !inComment(url.line, url.start - url.lineStart, file.kind.comments))
    .sort((one, other) => one.start - other.start)
    .flatMap((url) => judgeInFile(url, file, context))
}

function isMeantThere(url: UrlCandidate, file: LintFile, context: LintContext): boolean {
  const above =
    file.text
      .slice(0, Math.max(0, url.lineStart - 1))
      .split('\n')
      .at(-1) ?? ''
  return isMeant(url, chooseReaders(url, file, context).length > 0, above, context)
}

/** Values that lack their beginning or that are empty. An empty one counts only where a client is known to read it. */
async function meantHalves(file: LintFile, context: LintContext): Promise<HalfUrl[]> {
  const halves = findHalfUrls(file.text, file.kind)
  const hasEmpty = halves.some(({ text }) => hasNoHost(text))
  const emptyKeys = hasEmpty ? await findEmptyKeys(file.text, file.keys) : []
  const atKeys = emptyKeys.map((offset) => halves.find(({ start }) => start > offset))
  return halves.filter((half) => {
    if (!hasNoHost(half.text)) return meansGateway(hostIn(half.text) ?? '', context.gateway)
    return atKeys.includes(half) || isEmptyVariable(half, file, context)
  })
}

/** In YAML and in programs a variable without a value, or with an empty one, often has a meaning of its own. */
function isEmptyVariable(
  { name, isQuoted }: HalfUrl,
  { path, kind }: LintFile,
  context: LintContext,
): boolean {
  if (!context.variables.has(name) || kind.kind === 'code' || isExample(path)) return false
  return isQuoted || kind.kind === 'variables'
}

/** One variable of the environment. */
export function lintValue(
  name: string,
  value: string,
  readers: readonly UrlReader[],
  context: LintContext,
): LintProblem[] {
  const isRelay = context.knownOrigins.some((origin) => value.trim().startsWith(origin))
  if (!hasNoHost(value) && !isRelay && !meansGateway(hostIn(value) ?? '', context.gateway)) return []
  return judge(value, { file: `$${name}`, line: 1, column: 1 }, readers, context).map((finding) => ({
    finding,
    span: undefined,
  }))
}

function judgeInFile(url: UrlCandidate, file: LintFile, context: LintContext): LintProblem[] {
  const { start, end, lineStart } = url
  const text = file.text.slice(start, end)
  const column = start - lineStart + 1
  const place = {
    file: file.path,
    line: file.text.slice(0, start).split('\n').length,
    column: column + text.length - text.trimStart().length,
  }
  const findings = judge(url.text, place, chooseReaders(url, file, context), context)
  return findings.map((finding) => ({ finding, span: { start, end, text, column } }))
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
    severity: lintRules[rule].severity,
    tool: toolsOf(readers),
    ...place,
    url: maskUrl(url.trim()),
    requests: judgement.requests ?? null,
    message,
    fix: judgement.fix ?? null,
  }))
}

function toolsOf(readers: readonly UrlReader[]): string | null {
  const tools = new Set(readers.flatMap(({ tool }) => tool ?? []))
  return tools.size === 0 ? null : [...tools].join(',')
}
