import { isAbsolute, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { LintFinding, LintProblem } from '../checks/lint/lint-context.ts'
import type { UrlRule } from '../gateway/url-faults.ts'
import type { Host } from '../host/host.ts'
import { escapeNewlines, joined, type Message, say } from '../texts/message.ts'
import { jsonText } from './write-text.ts'

/** The problems as a SARIF 2.1.0 log: rules with their texts, places, and the replacement where it is certain. */
export function renderSarif(
  problems: readonly LintProblem[],
  rules: Readonly<Record<string, UrlRule>>,
  { cwd }: Pick<Host, 'cwd'>,
): string {
  const ids = Object.keys(rules)
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'qcode-setup', rules: Object.entries(rules).map(ruleOf) } },
        columnKind: 'utf16CodeUnits',
        results: problems.map((problem) => resultOf(problem, ids, cwd)),
      },
    ],
  }
  return jsonText(log)
}

function ruleOf([id, { requirement, severity }]: [string, UrlRule]): object {
  return { id, shortDescription: { text: requirement }, defaultConfiguration: { level: severity } }
}

function resultOf({ finding, span }: LintProblem, ids: readonly string[], cwd: string): object {
  const { rule, severity, message, requests, fix, tool, line, column } = finding
  const artifactLocation = { uri: uriOf(finding.file, cwd) }
  const text = joined([message, ...requestsText(finding)], ' ')
  const region = {
    startLine: line,
    startColumn: column,
    ...(span && { endColumn: span.column + span.text.length }),
  }
  return {
    ruleId: rule,
    ruleIndex: ids.indexOf(rule),
    level: severity,
    message: { text: escapeNewlines(String(text)) },
    locations: [{ physicalLocation: { artifactLocation, region } }],
    ...(fix !== null && span && { fixes: [fixOf(finding, span, artifactLocation)] }),
    properties: { url: finding.url, requests, tool },
  }
}

function fixOf(
  { line, fix }: LintFinding,
  { column, text }: NonNullable<LintProblem['span']>,
  artifactLocation: object,
): object {
  const deletedRegion = {
    startLine: line,
    startColumn: column,
    endLine: line,
    endColumn: column + text.length,
  }
  return {
    description: { text: String(say('sarif.use', { url: fix ?? '' })) },
    artifactChanges: [
      { artifactLocation, replacements: [{ deletedRegion, insertedContent: { text: fix } }] },
    ],
  }
}

function requestsText({ requests, status }: LintFinding): Message[] {
  if (requests === null) return []
  return [say(status === 404 ? 'url.requests-not-found' : 'url.requests', { path: requests })]
}

/** Relative to the present folder, where it lies below; code scanning knows no other places. */
function uriOf(file: string, cwd: string): string {
  if (!isAbsolute(file)) return encodeURIComponent(file)
  const below = relative(cwd, file)
  if (below.startsWith('..') || below === '') return pathToFileURL(file).href
  return below.split(sep).map(encodeURIComponent).join('/')
}

/** The findings as workflow commands of GitHub Actions, one a line. Paths are relative to the present folder, the checkout. */
export function renderGithub(findings: readonly LintFinding[], { cwd }: Pick<Host, 'cwd'>): string {
  return findings.map((finding) => renderAnnotation(finding, cwd)).join('\n')
}

function renderAnnotation(finding: LintFinding, cwd: string): string {
  const { severity, file, line, column, rule, message, fix } = finding
  const below = isAbsolute(file) ? relative(cwd, file).split(sep).join('/') : file
  const properties = { file: below, line, col: column, title: rule }
  const named = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
  const use = fix === null ? [] : [say('sarif.use', { url: fix })]
  const text = joined([message, ...requestsText(finding), ...use], ' ')
  return `::${severity} ${named.join(',')}::${escapeData(escapeNewlines(String(text)))}`
}

/** As @actions/core 1.11 escapes them. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
