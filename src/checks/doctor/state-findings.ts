import { statSync } from 'node:fs'
import { basename, isAbsolute } from 'node:path'
import type { SourceLevel } from '../../catalog/diagnosis.ts'
import { describeOddFolder, oddFoldersOf, oddHomes } from '../../catalog/folder-variables.ts'
import { resolvePath } from '../../catalog/places.ts'
import type { Catalog } from '../../catalog/tool.ts'
import { isPlaceholderKey, type ToolView } from '../../effect/tool-view.ts'
import type { Finding, Level } from '../../finding.ts'
import type { Host } from '../../host/host.ts'
import { isInRegistry } from '../../host/read-file-state.ts'
import type { Ledger } from '../../ledger.ts'
import type { FileStatus, ToolStatus } from '../../plan/tool-status.ts'
import { maskText } from '../../secrets/mask-text.ts'
import { Secret } from '../../secrets/secret.ts'
import { inShell, quoteWord } from '../../texts/commands.ts'
import { asMessage, type Message, say } from '../../texts/message.ts'
import { isCorrectable, type LintProblem } from '../lint/lint-context.ts'
import { findDaemons } from '../running-clients.ts'
import { setupLine } from './complete-hints.ts'
import type { KeepsNoModes } from './key-file-findings.ts'

/**
 * Values of ours that do not stand any more as they were written. `inPlace` leads the command that writes them again to
 * where they stood.
 */
export function driftFindings(status: ToolStatus, inPlace?: (line: string) => string): Finding[] {
  return status.files
    .filter(({ state }) => state !== 'as-written')
    .map((file) => driftFinding(status.tool, setupLine(status, inPlace), file))
}

function driftFinding(tool: string, command: string, { path, state, differs }: FileStatus): Finding {
  const where = { file: path }
  if (state === 'unreadable') {
    const message = say('doctor.unknown', { path })
    return { id: 'could-not-look', level: 'failed', tool, message, where }
  }
  const text = state === 'missing' ? 'doctor.missing' : 'doctor.changed'
  return {
    id: 'drift',
    level: 'warning',
    tool,
    message: say(text, { path, names: differs }),
    names: differs,
    where,
    hint: say('doctor.write-again', { command }),
  }
}

/** A background process that was started before its settings were written. */
export function daemonFindings({ tool, names, sources }: ToolView, host: Host): Finding[] {
  return findDaemons([{ tool }], host).flatMap(({ title, pid, restart }) => {
    const started = changedAt(resolvePath(tool.daemon?.pidFile ?? '', names))
    const isStale = sources.some(({ file }) => file?.text !== undefined && changedAt(file.path) > started)
    if (!isStale) return []
    return [
      {
        id: 'daemon-old-settings',
        level: 'warning' as const,
        tool: tool.id,
        message: say('doctor.daemon', { tool: title, pid }),
        hint: asMessage(restart.join(' ')),
      },
    ]
  })
}

/** The folder of backups holds keys that stood in files before. */
export function folderFindings(folder: string, { platform }: Host, keepsNoModes: KeepsNoModes): Finding[] {
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0
  if (platform === 'win32' || (mode & 0o077) === 0) return []
  const values = { path: folder, mode: (mode & 0o777).toString(8) }
  const where = { file: folder }
  if (keepsNoModes(folder)) {
    const message = say('doctor.backups-mode-not-kept', values)
    const hint = say('doctor.backups-mode-not-kept.hint')
    return [{ id: 'state-folder-mode-not-kept', level: 'warning', message, where, hint }]
  }
  const hint = asMessage(inShell().keepPrivate(quoteWord(folder), '700'))
  return [
    { id: 'state-folder-mode', level: 'error', message: say('doctor.backups-mode', values), where, hint },
  ]
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

/** Variables that name no folder which every program finds; a shell's where this program uses that shell. */
export function oddFolderFindings({
  catalog,
  ledger,
  host,
}: {
  readonly catalog: Catalog
  readonly ledger: Ledger
  readonly host: Host
}): Finding[] {
  const own = basename(host.env.SHELL || '')
  const shells = catalog.shells.filter(
    ({ id, programs }) =>
      id === own || programs.includes(own) || ledger.setups.some(({ shell }) => shell === id),
  )
  const isSetUp = (id: string) => ledger.setups.some(({ tool }) => tool === id)
  const odd = [
    ...oddHomes(host),
    ...catalog.tools.flatMap((tool) =>
      oddFoldersOf(tool, undefined, host).filter(
        ({ variable }) => isSetUp(tool.id) || !/^XDG_/.test(variable),
      ),
    ),
    ...shells.flatMap((shell) => oddFoldersOf({ places: {} }, shell, host)),
  ]
  return odd.map((one) => ({ id: 'odd-folder', level: 'error', ...describeOddFolder(one) }))
}

/** What lint found, but for the base URLs that are in effect and were judged with their precedence. */
export function lintFindings(problems: readonly LintProblem[], views: readonly ToolView[]): Finding[] {
  const judged = new Set(views.flatMap(judgedPlaces))
  return problems
    .map(({ finding }) => finding)
    .filter(({ tool, file }) => !(tool ?? '').split(',').some((id) => judged.has(`${id} ${placeOf(file)}`)))
    .map(({ rule, severity, tool, file, line, column, level, url, requests, message, fix }) => ({
      id: `lint-${rule}`,
      level: severity,
      message: say('doctor.url', {
        url: url || say('doctor.url.empty'),
        fault: message,
        requests: requests === null ? '' : say('url.requests', { path: requests }),
      }),
      where: isAbsolute(file) ? { file, line, column } : { file },
      ...(tool !== null && !tool.includes(',') && { tool }),
      ...(fix !== null && { hint: say(`doctor.url.${level ?? 'user'}`, { url: fix }) }),
    }))
}

/** Where the base URLs in effect stand, as lint names it: a file, a value of the registry, or `$NAME` for a variable of the environment. */
function judgedPlaces({ tool, connections }: ToolView): string[] {
  return connections
    .flatMap(({ baseUrl }) => baseUrl.perSetting)
    .map(({ name, source }) => `${tool.id} ${placeOf(source.file?.path ?? `$${name}`, name)}`)
}

/** Names in the registry have no case. */
function placeOf(file: string, ...names: string[]): string {
  return isInRegistry(file) ? [file, ...names].join('\\').toUpperCase() : file
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
  const lineOf = ({ where, values }: Finding) =>
    `${placeOf(where?.file ?? '', ...(values ? [values.name] : []))}:${where?.line}`
  const places = new Set(urls.map(lineOf))
  const told = mended.filter((one) => !one.id.startsWith('lint-') || !places.has(lineOf(one)))
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
  const place = placeOf(where.file, values.name)
  const found = problems.find(
    ({ finding: one }) =>
      isCorrectable(one) &&
      placeOf(one.file) === place &&
      (one.line === where.line || isInRegistry(where.file)),
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
  if (level === 'environment' && hint) return say('remedy.then', { remedy: hint, command: fix })
  return level === 'profile' ? say('doctor.lint-fix.terminal') : fix
}

/** The findings as they are shown: each broken file once, and no key in any of them. */
export function finishFindings(findings: readonly Finding[], views: readonly ToolView[]): Finding[] {
  const keys = views
    .flatMap(({ connections }) =>
      connections.flatMap(({ keys: { perSetting, overridden } }) => [...perSetting, ...overridden]),
    )
    // A short text would be found everywhere.
    .filter((found) => found.value.length >= 8 && !isPlaceholderKey(found))
    .map(({ value }) => new Secret(value))
  return findings.filter(isFirstOfFile).map((finding) => hideKeys(finding, keys))
}

/** How many findings there are of each level, zeros as well. */
export function countLevels(findings: readonly Finding[]): Record<Level, number> {
  const counts = { ok: 0, info: 0, warning: 0, error: 0, skipped: 0, failed: 0 }
  for (const { level } of findings) counts[level] += 1
  return counts
}

/** Several looks fail at one broken file; the first to say so is enough. */
function isFirstOfFile({ level, where }: Finding, index: number, findings: readonly Finding[]): boolean {
  if (level !== 'failed' || where === undefined) return true
  const saysWhy = (finding: Finding) => finding.level === 'failed' || finding.id === 'config-does-not-parse'
  return findings.findIndex((other) => saysWhy(other) && other.where?.file === where.file) === index
}

/** No finding names a key; this holds for whatever a file or a client brings up. */
function hideKeys(finding: Finding, keys: readonly Secret[]): Finding {
  const { message, hint, where } = finding
  const masked = (text: Message) => text.map((shown) => maskText(shown, keys))
  return {
    ...finding,
    message: masked(message),
    ...(hint !== undefined && { hint: masked(hint) }),
    // The registry has no lines.
    ...(where && isInRegistry(where.file) && { where: { file: where.file } }),
  }
}
