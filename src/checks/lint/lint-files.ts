import { accessSync, constants, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Catalog } from '../../catalog/tool.ts'
import { type FormatId, whyNotParsed } from '../../documents/formats.ts'
import { spellFishVariables } from '../../documents/script/fish-tokens.ts'
import type { StoredText } from '../../effect/open-sources.ts'
import { formatWhere, UserError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import type { Host } from '../../host/host.ts'
import type { Ledger } from '../../ledger.ts'
import { say } from '../../texts/message.ts'
import { createLintContext, type LintContext, type LintProblem } from './lint-context.ts'
import { lintText, lintValue } from './lint-text.ts'
import { fileKind } from './linted-text.ts'
import { machineFiles, type Surroundings, sourceFiles } from './url-readers.ts'
import { readSource, type UnreadReason, walkSources, worthReadingPattern } from './walk-sources.ts'

/** What to look at. Without paths: this machine's own settings; `project` adds the source code below the present folder. */
export interface LintRequest {
  readonly paths: readonly string[]
  readonly project: boolean
}

/** The result of linting many files. */
export interface LintResult {
  readonly problems: readonly LintProblem[]
  /** How many files were looked at; those that could not be read are not among them. */
  readonly files: number
  /** Files that could not be read, as findings of level `failed`. */
  readonly failures: readonly Finding[]
  /** Files in which nothing is corrected because they do not parse. */
  readonly unparsed: readonly Finding[]
}

/** Judges every base URL for the gateway. Reads, never writes. Errors: UserError `path-not-found`, exit 2. */
export async function lintFiles(
  request: LintRequest,
  catalog: Catalog,
  host: Host,
  ledger: Ledger,
): Promise<LintResult> {
  const context = createLintContext(catalog, host, ledger)
  const wholeMachine = request.paths.length === 0
  /** Paths of which it is not known that they are files and no links. */
  const odd = new Set<string>()
  const shared = wholeMachine ? sharedFiles(catalog, host) : new Map()
  const given = wholeMachine
    ? existing([...machineFiles(catalog, host, ledger), ...shared.keys()], odd)
    : namedFiles(request.paths, host, odd)
  const files = eachOnce(given, request.project ? walkSources(host.cwd, odd) : [], odd)
  const results = await lintAll(files, odd, context)
  const problems = results.problems.map((problem) => setBy(problem, shared.get(problem.finding.file)))
  const stored = wholeMachine ? await textsToRead(catalog, host, context) : []
  const ofStores = (await Promise.all(stored.map((one) => lintStored(one, context)))).flat()
  const ofEnvironment = wholeMachine ? lintEnvironment(host, context) : []
  const looked = files.length - results.failures.length + stored.length
  return { ...results, problems: [...problems, ...ofStores, ...ofEnvironment], files: looked }
}

/** Files in which an administrator decides for every user. */
function sharedFiles(catalog: Catalog, host: Host): Map<string, 'managed' | 'system'> {
  return new Map(
    sourceFiles(catalog, host).flatMap(({ path, level }) =>
      level === 'managed' || level === 'system' ? [[path, level] as const] : [],
    ),
  )
}

function setBy({ finding, ...problem }: LintProblem, level: 'managed' | 'system' | undefined): LintProblem {
  return level ? { finding: { ...finding, level }, span: undefined } : { finding, ...problem }
}

/** What is no file and may hold a base URL: elsewhere than on these systems there is nothing of the kind. */
async function textsToRead({ tools }: Catalog, host: Host, context: LintContext): Promise<StoredText[]> {
  if (host.platform !== 'win32' && host.platform !== 'darwin') return []
  const { viewMachine } = await import('../../effect/machine-view.ts')
  const { storedTexts } = await import('../../effect/open-sources.ts')
  const diagnoses = tools.map(({ diagnosis }) => diagnosis)
  const worthReading = worthReadingPattern(context)
  return (await storedTexts(viewMachine(host), diagnoses)).filter(({ text }) => worthReading.test(text))
}

/** Of these only a variable of the user is theirs to correct; the others have no lines that anybody sees. */
async function lintStored({ path, text, level }: StoredText, context: LintContext): Promise<LintProblem[]> {
  // As a shell has it, every character in its place.
  const assignment = text.replace(
    /^([^=]+=)(REG_EXPAND_SZ:)?/,
    (_, name: string, kind = '') => name.toUpperCase() + ' '.repeat(kind.length),
  )
  const found = await lintText(path, level === 'managed' ? text : assignment, context)
  return found.map(({ finding, span }) =>
    level === 'user'
      ? { finding: { ...finding, level }, span, format: 'user-env' }
      : { finding: { ...finding, level, line: 1, column: 1 }, span: undefined },
  )
}

/** A tool's own file is always read, as large as setup takes it. */
const anything = /(?:)/

const largestSettings = 10 * 1024 * 1024

async function lintAll(
  files: readonly string[],
  odd: ReadonlySet<string>,
  context: LintContext,
): Promise<Omit<LintResult, 'files'>> {
  const worthReading = worthReadingPattern(context)
  const problems: LintProblem[] = []
  const failures: Finding[] = []
  const unparsed: Finding[] = []
  for (const path of files) {
    const isKept = context.isKeptByShell(path)
    const isOwn = isKept || context.keysOf(path).length > 0
    const source = isOwn
      ? readSource(path, anything, largestSettings)
      : readSource(path, worthReading, undefined, !odd.has(path))
    if (source === undefined) continue
    if ('unread' in source) {
      failures.push(notRead(path, source.unread))
      continue
    }
    const format = context.keysOf(path)[0]?.format ?? fileKind(path).format
    const text = isKept ? spellFishVariables(source.text) : source.text
    const found = await lintText(path, text, context)
    const isFixable = !isKept && source.isUtf8 && found.some(({ finding }) => finding.fix !== null)
    const broken = isFixable && format ? await whyNotParsed(source.text, path, format) : undefined
    if (broken) unparsed.push(notParsed(path, broken))
    problems.push(...found.map((one) => keptFix(one, !isKept && source.isUtf8 && !broken, format)))
  }
  return { problems, failures, unparsed }
}

/**
 * What is not UTF-8 cannot be written back without loss, and a fix in a file that does not parse could mean anything: nothing
 * in such a file is corrected; nor in one that a shell writes by itself.
 */
function keptFix({ finding, span }: LintProblem, isFixable: boolean, format?: FormatId): LintProblem {
  const kept = isFixable ? finding : { ...finding, fix: null }
  return { finding: kept, span, ...(format !== undefined && { format }) }
}

function notParsed(path: string, { where = { file: path }, hintInLine: hint }: UserError): Finding {
  return {
    id: 'not-corrected',
    level: 'warning',
    message: say('lint.not-parsed', { where: formatWhere(where) }),
    ...(hint !== undefined && { hint }),
    where,
  }
}

function notRead(path: string, reason: UnreadReason): Finding {
  return {
    id: 'not-readable',
    level: 'failed',
    message: say(`lint.unread.${reason}`, { path: shortPath(path) }),
    where: { file: path },
  }
}

/** Nobody reads a path of thousands of characters; its place is given in full. */
function shortPath(path: string): string {
  return path.length <= 300 ? path : `${path.slice(0, 140)}…${path.slice(-140)}`
}

/**
 * What no client would stumble over is left out: what is not there, and a folder, such as a virtual environment of the
 * name `.env`. One that cannot be looked into stays.
 */
function existing(files: readonly string[], odd: Set<string>): string[] {
  const there = files.filter((path) => {
    const stat = lookAt(path)
    if (stat === undefined || stat === 'unknown') return stat === 'unknown'
    return !stat.isDirectory() || !canList(path)
  })
  for (const path of there) odd.add(path)
  return there
}

function canList(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK)
    return true
  } catch {
    return false
  }
}

/** A file that is named by a link as well counts once, by the name that comes first. */
function eachOnce(
  given: readonly string[],
  walked: readonly string[],
  odd: ReadonlySet<string>,
): readonly string[] {
  if (given.length === 0) return walked
  const folders = new Map<string, string>()
  // Of a file that is no link only the way to its folder can be one.
  const real = (path: string) => {
    if (odd.has(path)) return resolveLinks(path)
    const folder = dirname(path)
    const known = folders.get(folder) ?? resolveLinks(folder)
    folders.set(folder, known)
    return join(known, basename(path))
  }
  const byFile = new Map(given.map((path) => [real(path), path] as const).toReversed())
  return [...new Set(byFile.values())].toReversed().concat(walked.filter((path) => !byFile.has(path)))
}

function resolveLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** Files as they are named, folders with all sources in them. */
function namedFiles(paths: readonly string[], { cwd }: Surroundings, odd: Set<string>): string[] {
  return paths.flatMap((given) => {
    const path = resolve(cwd, given)
    const stat = lookAt(path)
    if (!stat) throw notFound(given)
    if (stat !== 'unknown' && stat.isDirectory()) return walkSources(path, odd)
    odd.add(path)
    return [path]
  })
}

function lookAt(path: string): Stats | 'unknown' | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    // Reading it will tell why.
    return 'unknown'
  }
}

function notFound(path: string): UserError {
  return new UserError({
    code: 'path-not-found',
    message: say('error.path-not-found', { path }),
    hint: say('error.path-not-found.hint'),
    exit: 2,
    where: { file: path },
  })
}

/** The variables that this program was started with and that clients read as their base URL; an empty one is none. */
export function lintEnvironment({ env }: Surroundings, context: LintContext): LintProblem[] {
  return [...context.variables].flatMap(([name, readers]) => {
    const value = env[name]
    return !value ? [] : lintValue(name, value, readers, context)
  })
}
