import type { SourceLevel } from '../../catalog/diagnosis.ts'
import type { ToolView } from '../../effect/tool-view.ts'
import type { Finding } from '../../finding.ts'
import { joined, type Message, say } from '../../texts/message.ts'
import type { LintProblem } from '../lint/lint-context.ts'

/** What lint found, but for the base URLs that are in effect and were judged with their precedence. */
export function lintFindings(problems: readonly LintProblem[], views: readonly ToolView[]): Finding[] {
  const judged = new Set(views.flatMap(judgedPlaces))
  return problems
    .map(({ finding }) => finding)
    .filter(({ tool, file }) => !(tool ?? '').split(',').some((id) => judged.has(`${id} ${file}`)))
    .map(({ rule, severity, tool, file, line, column, url, requests, message, fix }) => ({
      id: `lint-${rule}`,
      level: severity,
      message: say('doctor.url', {
        url: url || say('doctor.url.empty'),
        fault: message,
        requests: requests === null ? '' : say('url.requests', { path: requests }),
      }),
      where: file.startsWith('$') ? { file } : { file, line, column },
      ...(tool !== null && !tool.includes(',') && { tool }),
      ...(fix !== null && { hint: say('doctor.url.hint', { url: fix }) }),
    }))
}

/** Where the base URLs in effect stand, as lint names it: a file, or `$NAME` for a variable of the environment. */
function judgedPlaces({ tool, connections }: ToolView): string[] {
  return connections
    .flatMap(({ baseUrl }) => baseUrl.perSetting)
    .map(({ name, source }) => `${tool.id} ${source.file?.path ?? `$${name}`}`)
}

/**
 * The way out of each wrong base URL that `lint --fix` corrects where it stands: that needs no key, and touches nothing else.
 * Where a value of ours changed in nothing but that URL, the URL is all that is said of it.
 */
export function mendByLint(
  findings: readonly Finding[],
  problems: readonly LintProblem[],
  views: readonly ToolView[],
): Finding[] {
  const mended = findings.map((finding) => withLintFix(finding, problems, views))
  const urls = mended.filter(({ id, values }) => id.startsWith('base-url-') && values !== undefined)
  const places = new Set(urls.map(({ where }) => `${where?.file}:${where?.line}`))
  const told = mended.filter(
    ({ id, where }) => !id.startsWith('lint-') || !places.has(`${where?.file}:${where?.line}`),
  )
  return told.filter(
    ({ id, tool, where, names = [] }) =>
      id !== 'drift' ||
      !urls.some(({ where: at, values, ...url }) => {
        const isAll = names.every((name) => name === values?.name || name.endsWith(`.${values?.name}`))
        return isAll && url.tool === tool && at?.file === where?.file
      }),
  )
}

function withLintFix(
  finding: Finding,
  problems: readonly LintProblem[],
  views: readonly ToolView[],
): Finding {
  const { id, where, values } = finding
  if (!id.startsWith('base-url-') || where === undefined || values === undefined) return finding
  const found = problems.find(
    ({ finding: { file, line, fix } }) => fix !== null && file === where.file && line === where.line,
  )
  const right = found?.finding.fix
  if (right === undefined || right === null) return finding
  const winners = views
    .filter(({ tool }) => tool.id === finding.tool)
    .flatMap(({ connections }) => connections.flatMap(({ baseUrl }) => baseUrl.winner ?? []))
  const level = winners.find(({ name }) => name === values.name)?.source.level
  return { ...finding, hint: lintRemedy(level, finding), values: { ...values, right } }
}

/** What a terminal has already is set there as well: the file is read by the next one. */
function lintRemedy(level: SourceLevel | 'profile' | undefined, { hint }: Finding): Message {
  const fix = say('doctor.lint-fix')
  if (level === 'environment' && hint) return joined([hint, fix], '; ')
  return level === 'profile' ? say('doctor.lint-fix.terminal') : fix
}
