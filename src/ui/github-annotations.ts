import { relative, sep } from 'node:path'
import type { LintFinding } from '../checks/lint/lint-problem.ts'
import { writeOutBreaks } from '../errors.ts'
import type { Host } from '../host/host.ts'

/** The findings as workflow commands of GitHub Actions, one a line. Paths are relative to the present folder, the checkout. */
export function renderGithub(findings: readonly LintFinding[], { cwd }: Pick<Host, 'cwd'>): string {
  return findings.map((finding) => renderAnnotation(finding, cwd)).join('\n')
}

function renderAnnotation(finding: LintFinding, cwd: string): string {
  const { severity, file, line, column, rule, message, requests, fix } = finding
  const properties = { file: relative(cwd, file).split(sep).join('/'), line, col: column, title: rule }
  const named = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
  const text = [
    message,
    ...(requests === null ? [] : [`Would request ${requests}.`]),
    ...(fix === null ? [] : [`Use ${fix}`]),
  ].join(' ')
  return `::${severity} ${named.join(',')}::${escapeData(writeOutBreaks(text))}`
}

/** As @actions/core 1.11 escapes them. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
