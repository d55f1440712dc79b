import { realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Catalog } from '../../catalog/tool.ts'
import { spellFishVariables } from '../../documents/script/fish-variables.ts'
import { UserError } from '../../errors.ts'
import type { Finding } from '../../finding.ts'
import { hasCode } from '../../host/has-code.ts'
import type { Ledger } from '../../ledger.ts'
import { createLintContext, type LintContext } from './lint-context.ts'
import { lintEnvironment } from './lint-environment.ts'
import type { LintProblem } from './lint-problem.ts'
import { lintText } from './lint-text.ts'
import { machineFiles } from './machine-files.ts'
import { readSource, worthReadingPattern } from './read-source.ts'
import type { Surroundings } from './url-readers.ts'
import { walkSources } from './walk-sources.ts'

/** What to look at. Without paths: this machine's own settings; `project` adds the source code below the present folder. */
export interface LintRequest {
  readonly paths: readonly string[]
  readonly project: boolean
}

/** What the look at many files came to. */
export interface LintResult {
  readonly problems: readonly LintProblem[]
  /** How many files were looked at. */
  readonly files: number
  /** Files that could not be read, as findings of level `failed`. */
  readonly failures: readonly Finding[]
}

/** Judges every base URL for the gateway. Reads, never writes. Errors: UserError `path-not-found`, exit 2. */
export async function lintFiles(
  request: LintRequest,
  catalog: Catalog,
  host: Surroundings,
  ledger: Ledger,
): Promise<LintResult> {
  const context = createLintContext(catalog, host, ledger)
  const wholeMachine = request.paths.length === 0
  const given = wholeMachine ? existing(machineFiles(catalog, host, ledger)) : namedFiles(request.paths, host)
  const files = eachOnce(given, request.project ? walkSources(host.cwd) : [])
  const results = await lintAll(files, context)
  const ofEnvironment = wholeMachine ? lintEnvironment(host, context) : []
  return { ...results, problems: [...results.problems, ...ofEnvironment], files: files.length }
}

/** A tool's own file is always read. */
const anything = /(?:)/

async function lintAll(files: readonly string[], context: LintContext): Promise<Omit<LintResult, 'files'>> {
  const worthReading = worthReadingPattern(context)
  const problems: LintProblem[] = []
  const failures: Finding[] = []
  for (const path of files) {
    try {
      const isKept = context.isKeptByShell(path)
      const written = readSource(path, isKept || context.keysOf(path).length > 0 ? anything : worthReading)
      if (written === undefined) continue
      const text = isKept ? spellFishVariables(written) : written
      problems.push(...keptFixes(text, isKept, await lintText(path, text, context)))
    } catch (error) {
      if (!hasCode(error, 'EACCES', 'EPERM', 'EISDIR', 'EIO', 'ENOENT')) throw error
      failures.push(notRead(path))
    }
  }
  return { problems, failures }
}

/** Text that is not UTF-8 cannot be written back without loss, so nothing in it is corrected; nor what is a shell's own. */
function keptFixes(text: string, isKept: boolean, problems: readonly LintProblem[]): readonly LintProblem[] {
  if (!isKept && !text.includes('\uFFFD')) return problems
  return problems.map(({ finding, span }) => ({ finding: { ...finding, fix: null }, span }))
}

function notRead(path: string): Finding {
  return {
    id: 'not-readable',
    level: 'failed',
    message: `${path} could not be read, so nothing is known of it.`,
    messageZh: `无法读取 ${path}，其内容未检查。`,
    where: { file: path },
  }
}

function existing(files: readonly string[]): string[] {
  return files.filter((path) => {
    try {
      return statSync(path, { throwIfNoEntry: false })?.isFile()
    } catch {
      // Reading it will tell why.
      return true
    }
  })
}

/** A file that is named by a link as well counts once, by the name that comes first. */
function eachOnce(given: readonly string[], walked: Iterable<string>): string[] {
  const byFile = new Map(given.map((path) => [resolveLinks(path), path] as const).toReversed())
  return [...new Set(byFile.values())].toReversed().concat([...walked].filter((path) => !byFile.has(path)))
}

function resolveLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** Files as they are named, folders with all sources in them. */
function namedFiles(paths: readonly string[], { cwd }: Surroundings): string[] {
  return paths.flatMap((given) => {
    const path = resolve(cwd, given)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (!stat) throw notFound(given)
    return stat.isDirectory() ? [...walkSources(path)] : [path]
  })
}

function notFound(path: string): UserError {
  return new UserError({
    code: 'path-not-found',
    message: `There is no file or folder ${path}.`,
    hint: "Without a path, qcode-setup lint looks at this machine's own settings.",
    exit: 2,
    where: { file: path },
  })
}
