import type { ToolView } from '../../effect/tool-view.ts'
import type { Finding } from '../../finding.ts'
import type { LintProblem } from '../lint/lint-problem.ts'

/** What lint found, but for the base URLs that are in effect and were judged with their precedence. */
export function lintFindings(problems: readonly LintProblem[], views: readonly ToolView[]): Finding[] {
  const judged = new Set(views.flatMap(judgedPlaces))
  return problems
    .map(({ finding }) => finding)
    .filter(({ tool, file }) => !(tool ?? '').split(',').some((id) => judged.has(`${id} ${file}`)))
    .map(({ rule, severity, tool, file, line, column, url, requests, message, fix }) => ({
      id: `lint-${rule}`,
      level: severity,
      message: `${url || 'An empty base URL'}: ${message}${requests === null ? '' : ` It would request ${requests}.`}`,
      where: file.startsWith('$') ? { file } : { file, line, column },
      ...(tool !== null && !tool.includes(',') && { tool }),
      ...(fix !== null && { hint: `qcode-setup lint --fix (writes ${fix})` }),
    }))
}

/** Where the base URLs in effect stand, as lint names it: a file, or `$NAME` for a variable of the environment. */
function judgedPlaces({ tool, connections }: ToolView): string[] {
  return connections
    .flatMap(({ baseUrl }) => baseUrl.heads)
    .map(({ name, source }) => `${tool.id} ${source.file?.path ?? `$${name}`}`)
}
