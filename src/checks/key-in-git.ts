import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import type { Catalog, DotfilePlaces } from '../catalog/tool.ts'
import { ignorePattern, patternIn } from '../documents/gitignore/gitignore-format.ts'
import { hasCode, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { readFileState } from '../host/read-file-state.ts'
import { findRepository, runGit } from '../host/run-program.ts'
import type { FileEdit, KeyFile } from '../plan/plan.ts'
import { holdsKey } from '../secrets/read-key.ts'
import { inShell, quoteWord } from '../texts/commands.ts'
import { asMessage, type Message, say } from '../texts/message.ts'

/** A file with a key that git tracks or would track. */
export interface ExposedKey {
  readonly file: KeyFile
  readonly status: GitStatus
}

/** Those of the files that git does not ignore. A link is judged by the file behind it. */
export async function findExposedKeys(
  files: readonly KeyFile[],
  { catalog, host }: { readonly catalog: Pick<Catalog, 'dotfiles'>; readonly host: Host },
): Promise<ExposedKey[]> {
  if (files.length === 0) return []
  const dotfiles = await findDotfiles(catalog.dotfiles, host)
  const exposed: ExposedKey[] = []
  for (const file of files) {
    const status = await askGit(file.resolvedPath, dotfiles, host)
    if (status) exposed.push({ file, status })
  }
  return exposed
}

/** The refusal to write a key there: UserError `key-in-git`, exit 1, with what helps; `otherWay` keeps it out of the file. */
export function keyInGit(path: string, status: GitStatus, otherWay: readonly Message[] = []): UserError {
  return new UserError({
    code: 'key-in-git',
    message: gitMessage(path, status),
    hint: [gitAdvice(status), ...otherWay, say('git.allow-tracked')],
    where: { file: path },
  })
}

/** Why a key in the file is, or would be, in git. */
export function gitMessage(path: string, status: GitStatus): Message {
  const { kind, repository } = status
  switch (kind) {
    case 'tracked':
      return say('git.tracked', { path, repository: status.gitFolder ?? repository })
    case 'would-take':
      return say('git.would-take', { path, repository })
    case 'line-loses':
      return say('git.line-loses', { path, repository, why: status.why })
    case 'not-asked': {
      const { gitFolder } = status
      if (gitFolder === undefined) return say('git.not-asked', { path, repository })
      return say('git.not-asked.dotfiles', { path, repository, gitFolder })
    }
  }
}

/** A key that an old commit holds is out already, so it is to be replaced. */
function gitAdvice(status: GitStatus): Message {
  switch (status.kind) {
    case 'tracked':
      return say('git.tracked.hint', { command: untrackCommand(status) })
    case 'would-take':
      return say('git.would-take.hint', status)
    case 'line-loses':
      return say('git.line-loses.hint')
    case 'not-asked':
      return say('git.not-asked.hint', { command: `${gitCommand(status)} status` })
  }
}

/** Takes a file or a folder out of the index and leaves it where it is. */
export function untrackCommand(status: Extract<GitStatus, { kind: 'tracked' }>): string {
  const { name } = status
  const path = /[*?[\\:]/.test(name) ? `:(literal)${name}` : name
  return `${gitCommand(status)} rm -r -f --cached -- ${quoteWord(path)}`
}

function gitCommand({ repository, gitFolder }: { repository: string; gitFolder?: string }): string {
  const inRepository = `git -C ${quoteWord(repository)}`
  if (gitFolder === undefined) return inRepository
  return `${inRepository} ${quoteWord(`--git-dir=${gitFolder}`)} ${quoteWord(`--work-tree=${repository}`)}`
}

/** Adds the line by hand. */
export function ignoreCommand({ gitignore, pattern }: Extract<GitStatus, { kind: 'would-take' }>): string {
  return inShell().addLine(quoteWord(pattern), quoteWord(gitignore))
}

/**
 * What is wrong with a folder of backups, which hold keys, that lies in a git repository. Our own `.gitignore` in it
 * keeps git out; not where the folder is tracked already, or that file says otherwise.
 */
export async function stateInGit(
  folder: string,
  { catalog, host }: { readonly catalog: Pick<Catalog, 'dotfiles'>; readonly host: Host },
): Promise<Finding | undefined> {
  const resolved = resolveFolder(folder)
  const elsewhere = await askDotfiles(resolved, await findDotfiles(catalog.dotfiles, host), host)
  if (elsewhere?.kind === 'tracked')
    return problem(folder, gitMessage(folder, elsewhere), asMessage(untrackCommand(elsewhere)))
  const repository = findRepository(resolved)
  if (repository === undefined) return undefined
  const { exit, stdout } = await runGit(repository, ['ls-files', '-z', '--', resolved], host, {
    literalPaths: true,
  })
  if (exit === 0 && stdout !== '') {
    const status = { kind: 'tracked', repository, name: resolved.slice(repository.length + 1) } as const
    return problem(folder, gitMessage(folder, status), asMessage(untrackCommand(status)))
  }
  const own = join(resolved, '.gitignore')
  if (!existsSync(own)) return undefined
  const status = await askGit(join(resolved, 'runs', 'backup'), [], host)
  return status && problem(folder, gitMessage(folder, status), say('git.backups.hint', { gitignore: own }))
}

function problem(folder: string, fault: Message, hint: Message): Finding {
  return {
    id: 'state-in-git',
    level: 'error',
    message: say('git.backups', { fault }),
    hint: asMessage(hint),
    where: { file: folder },
  }
}

/** The folder with links followed, also where it is not there yet. */
function resolveFolder(folder: string): string {
  if (existsSync(folder) || dirname(folder) === folder) return realpathSync(folder)
  return join(resolveFolder(dirname(folder)), basename(folder))
}

/** What git does with a file that is not ignored. `repository` is the folder at its top. */
export type GitStatus =
  /** The next `git add` takes it; `pattern` is the line in `gitignore` that would hide it. */
  | { kind: 'would-take'; repository: string; gitignore: string; pattern: string }
  /** `name` is in the index, so that no line helps. `gitFolder`: where that is not found from the file upwards. */
  | { kind: 'tracked'; repository: string; name: string; gitFolder?: string }
  /** A line in the `.gitignore` at the top would not win, or cannot be written. */
  | { kind: 'line-loses'; repository: string; why: Message }
  /** git is missing, or does not answer for this repository. */
  | { kind: 'not-asked'; repository: string; gitFolder?: string }

/**
 * Whether git tracks a file, or would with the next `git add`; undefined where it lies in no repository or is ignored.
 * In dotfiles, only what is tracked counts. `file` is an absolute path with links followed; it need not exist.
 */
export async function askGit(
  file: string,
  dotfiles: readonly Dotfiles[],
  host: Pick<Host, 'run'>,
): Promise<GitStatus | undefined> {
  return (await askDotfiles(file, dotfiles, host)) ?? (await askAround(file, host))
}

/** The first of these repositories that tracks a file, or anything in a folder, or that git cannot be asked about. */
export async function askDotfiles(
  path: string,
  dotfiles: readonly Dotfiles[],
  host: Pick<Host, 'run'>,
): Promise<Extract<GitStatus, { gitFolder?: string }> | undefined> {
  for (const { gitFolder, workTree: repository } of dotfiles) {
    const name = relative(repository, path)
    if (isAbsolute(name) || name.split(sep)[0] === '..') continue
    const own = [`--git-dir=${gitFolder}`, `--work-tree=${repository}`]
    const listed = await runGit(repository, [...own, ...listing(path)], host, { literalPaths: true })
    if (listed.exit !== 0) return { kind: 'not-asked', repository, gitFolder }
    if (listed.stdout !== '') return { kind: 'tracked', repository, name, gitFolder }
  }
  return undefined
}

/** The repository that the file lies in, as git finds it. */
async function askAround(file: string, host: Pick<Host, 'run'>): Promise<GitStatus | undefined> {
  const found = findRepository(dirname(file))
  if (found === undefined) return undefined
  const top = await runGit(found, ['rev-parse', '--show-toplevel'], host)
  const repository = top.exit === 0 ? top.stdout : found
  const name = relative(repository, file)
  if (top.exit !== 0 || name.startsWith('..')) return { kind: 'not-asked', repository: found }
  const ignored = await runGit(repository, ['check-ignore', '--quiet', '--', file], host)
  if (ignored.exit === 0) return undefined
  const listed = await runGit(repository, listing(file), host, { literalPaths: true })
  if (ignored.exit !== 1 || listed.exit !== 0) return { kind: 'not-asked', repository }
  if (listed.stdout !== '') return { kind: 'tracked', repository, name }
  return lineFor(file, name, repository, host)
}

/** Names what the index has at a path. */
function listing(path: string): string[] {
  return ['ls-files', '-z', '--', path]
}

async function lineFor(
  file: string,
  name: string,
  repository: string,
  host: Pick<Host, 'run'>,
): Promise<GitStatus> {
  const pattern = ignorePattern(name.split(sep).join('/'))
  const gitignore = join(repository, '.gitignore')
  if (pattern === undefined) {
    return { kind: 'line-loses', repository, why: say('git.why.line-break', { gitignore }) }
  }
  const why = whyNotRead(gitignore, pattern) ?? (await takenBackBelow(file, repository, host))
  if (why !== undefined) return { kind: 'line-loses', repository, why }
  return { kind: 'would-take', repository, gitignore, pattern }
}

/** Why a line at the end of this file would not count. git since 2.32 does not follow a link there. */
function whyNotRead(gitignore: string, pattern: string): Message | undefined {
  const stat = lstatSync(gitignore, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (!stat.isFile()) return say('git.why.no-file', { gitignore })
  const state = readFileState(gitignore)
  const lines = state.kind === 'absent' ? [] : new TextDecoder().decode(state.bytes).split(/\r?\n/)
  if (!lines.some((line) => patternIn(line) === pattern)) return undefined
  return say('git.why.undone', { gitignore, pattern })
}

/** A pattern of a `.gitignore` nearer to the file wins over ours; `info/exclude` and the user's own list do not. */
async function takenBackBelow(
  file: string,
  repository: string,
  host: Pick<Host, 'run'>,
): Promise<Message | undefined> {
  const args = ['check-ignore', '-v', '-z', '--no-index', '--stdin']
  const { stdout } = await runGit(repository, args, host, { input: `${file}\0` })
  const [source = '', line, pattern = ''] = stdout.split('\0')
  const isNearer = basename(source) === '.gitignore' && !isAbsolute(source) && dirname(source) !== '.'
  if (!pattern.startsWith('!') || !isNearer) return undefined
  return say('git.why.nearer', { gitignore: join(repository, source), line: line ?? '', pattern })
}

/** A repository of dotfiles: its files lie in their places in the home, its git folder lies elsewhere. */
export interface Dotfiles {
  readonly gitFolder: string
  /** With links followed, as git has it. */
  readonly workTree: string
}

/** The repositories of dotfiles on this machine that track anything. Where there is none, git is not started. */
export async function findDotfiles(places: DotfilePlaces, host: Host): Promise<Dotfiles[]> {
  const names = resolvePlaces(places.places, host)
  const paths = [
    ...places.folders.map((path) => resolvePath(path, names)),
    ...places.allIn.flatMap((path) => childrenOf(resolvePath(path, names))),
  ]
  const folders = [...new Set(paths.filter(hasIndex).map((path) => realpathSync(path)))]
  const found = await Promise.all(folders.map((gitFolder) => withWorkTree(gitFolder, host)))
  return found.flatMap((one) => one ?? [])
}

/** Looks like a git folder, and has files: a bare repository that is only pushed to has no index. */
function hasIndex(folder: string): boolean {
  return ['index', 'HEAD', 'objects'].every((name) => existsSync(join(folder, name)))
}

async function withWorkTree(gitFolder: string, host: Host): Promise<Dotfiles | undefined> {
  const args = [`--git-dir=${gitFolder}`, 'config', '--type=path', 'core.worktree']
  const { exit, stdout } = await runGit(host.home, args, host)
  // Without a word of its own, .git belongs to the folder that it is in, which is looked for from each file upwards.
  if (exit !== 0 && basename(gitFolder) === '.git') return undefined
  const workTree = exit === 0 ? resolve(gitFolder, stdout) : host.home
  return existsSync(workTree) ? { gitFolder, workTree: realpathSync(workTree) } : undefined
}

function childrenOf(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name))
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'EIO', 'ENAMETOOLONG')) return []
    throw error
  }
}

/** Whether a key of the gateway's look stands in a file once it is changed. */
export function leavesKey({ after }: FileEdit): boolean {
  return after.kind === 'file' && holdsKey(Buffer.from(after.bytes).toString('latin1'))
}
