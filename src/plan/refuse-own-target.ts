import { realpathSync } from 'node:fs'
import { basename, isAbsolute, join, relative, sep } from 'node:path'
import type { FormatId } from '../documents/formats.ts'
import { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { isBelow } from '../host/files-at.ts'
import type { Host } from '../host/host.ts'
import { findRepository } from '../host/run-program.ts'
import { type LedgerEntry, setupId } from '../ledger.ts'
import { quoteWord } from '../texts/commands.ts'
import { type Message, say } from '../texts/message.ts'
import type { PlanContext } from './plan-work.ts'
import type { WantedTarget } from './wanted.ts'

/** Endings of settings files; nothing that a shell, git or the system runs by itself has one of these. */
const endings: Readonly<Partial<Record<FormatId, RegExp>>> = {
  toml: /\.toml$/i,
  json: /\.jsonc?$/i,
  jsonc: /\.jsonc?$/i,
  yaml: /\.ya?ml$/i,
  dotenv: /\.env$|^\.env\.\w+$/i,
}

/** Folders in which a file opens doors, and those of this program itself. */
const closedFolders = ['.ssh', '.gnupg', '.git', 'qcode-setup']

/**
 * Refuses a target of the user's own tool folder that does not lead, all links followed, to a settings file below one of
 * `roots`. Errors: UserError `own-target`, exit 2, that names the real path.
 */
export function refuseOwnTarget(
  { tool, path, format }: Pick<WantedTarget, 'tool' | 'path' | 'format'>,
  resolvedPath: string,
  roots: readonly string[],
): void {
  const below = roots.map((root) => relative(root, resolvedPath)).filter(leadsDown)
  const values = { tool, path, target: resolvedPath }
  if (below.length === 0) throw refuse(path, say('own-target.outside', values))
  if (below.some(isClosed)) throw refuse(path, say('own-target.closed', values))
  if (!endings[format]?.test(basename(resolvedPath)))
    throw refuse(path, say('own-target.ending', { ...values, format }))
}

function leadsDown(path: string): boolean {
  return path !== '' && !isAbsolute(path) && path.split(sep)[0] !== '..'
}

function isClosed(path: string): boolean {
  return path.split(sep).some((name) => closedFolders.includes(name.toLowerCase()))
}

function refuse(path: string, message: Message): UserError {
  return new UserError({
    code: 'own-target',
    message,
    hint: say('own-target.hint'),
    exit: 2,
    where: { file: path },
  })
}

/**
 * Refuses a file of a project that a link leads elsewhere: see `leadsOut`. `otherwise`: what else can be done. Errors:
 * UserError `leads-out-of-project`, exit 1.
 */
export function refuseLeadingOut(
  path: string,
  resolvedPath: string,
  project: string,
  host: Pick<Host, 'home'>,
  otherwise: Message,
): void {
  if (!leadsOut(path, resolvedPath, project, host)) return
  throw new UserError({
    code: 'leads-out-of-project',
    message: say('plan.leads-out', { path, target: resolvedPath }),
    hint: [say('plan.leads-out.hint', { path: quoteWord(path) }), otherwise],
    where: { file: path },
  })
}

/**
 * Whether a link leads a file of a project elsewhere: whoever made the project, such as a clone, may have put the link there
 * to have a file of the user's own changed, or filled with a key. It may lie anywhere in the project or in the repository
 * that the project is in, but not in a `.git`. `resolvedPath`: with all links followed.
 */
export function leadsOut(
  path: string,
  resolvedPath: string,
  project: string,
  { home }: Pick<Host, 'home'>,
): boolean {
  const folder = realPath(project)
  const repository = findRepository(folder)
  // A home that is a repository, as some keep their dotfiles, holds more than this project.
  const isWider =
    repository === undefined || realPath(home) === repository || isBelow(realPath(home), repository)
  const roots = [folder, ...(isWider ? [] : [repository])]
  // A place that the user's own variable names was never in the project.
  if (!isBelow(path, project) && !roots.some((root) => isBelow(path, root))) return false
  const root = roots.find((one) => isBelow(resolvedPath, one))
  return root === undefined || resolvedPath.slice(root.length).split(sep).includes('.git')
}

/** Whether a link of its project has led a value's file elsewhere since: no setup would write there, so nothing there is ours. */
export function isLedOut({ path, setups }: LedgerEntry, { ledger, host, machine }: PlanContext): boolean {
  const wanting = ledger.setups.filter((setup) => setups.includes(setupId(setup)))
  const { resolvedPath } = machine.read(path)
  const isOut = (project?: string) => project !== undefined && leadsOut(path, resolvedPath, project, host)
  return wanting.length > 0 && wanting.every(({ project }) => isOut(project))
}

/** What a removal says of a file that is led out. */
export function ledOutFinding(path: string, { machine }: PlanContext): Finding {
  const target = machine.read(path).resolvedPath
  return {
    id: 'leads-out-of-project',
    level: 'warning',
    message: say('remove.leads-out', { path, target }),
    where: { file: path },
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return join(path)
  }
}
