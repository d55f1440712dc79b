import { lstatSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { ignorePattern, patternIn } from '../documents/gitignore/ignore-pattern.ts'
import { findRepository } from '../host/find-repository.ts'
import type { Host } from '../host/host.ts'
import { readFileState } from '../host/read-file-state.ts'
import { runGit } from '../host/run-git.ts'
import type { Dotfiles } from './find-dotfiles.ts'

/** What git does with a file that is not ignored. `repository` is the folder at its top. */
export type GitFate =
  /** The next `git add` takes it; `pattern` is the line in `gitignore` that would hide it. */
  | { kind: 'would-take'; repository: string; gitignore: string; pattern: string }
  /** `name` is in the index, so that no line helps. `gitFolder`: where that is not found from the file upwards. */
  | { kind: 'tracked'; repository: string; name: string; gitFolder?: string }
  /** A line in the `.gitignore` at the top would not win, or cannot be written. */
  | { kind: 'line-loses'; repository: string; why: string }
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
): Promise<GitFate | undefined> {
  return (await askDotfiles(file, dotfiles, host)) ?? (await askAround(file, host))
}

/** The first of these repositories that tracks a file, or anything in a folder, or that git cannot be asked about. */
export async function askDotfiles(
  path: string,
  dotfiles: readonly Dotfiles[],
  host: Pick<Host, 'run'>,
): Promise<Extract<GitFate, { gitFolder?: string }> | undefined> {
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
async function askAround(file: string, host: Pick<Host, 'run'>): Promise<GitFate | undefined> {
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
): Promise<GitFate> {
  const pattern = ignorePattern(name.split(sep).join('/'))
  const gitignore = join(repository, '.gitignore')
  if (pattern === undefined) {
    return {
      kind: 'line-loses',
      repository,
      why: `no line of ${gitignore} can name a path with a line break`,
    }
  }
  const why = whyNotRead(gitignore, pattern) ?? (await takenBackBelow(file, repository, host))
  if (why !== undefined) return { kind: 'line-loses', repository, why }
  return { kind: 'would-take', repository, gitignore, pattern }
}

/** Why a line at the end of this file would not count. git since 2.32 does not follow a link there. */
function whyNotRead(gitignore: string, pattern: string): string | undefined {
  const stat = lstatSync(gitignore, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (!stat.isFile()) return `${gitignore} is a link or no file, which git does not read`
  const state = readFileState(gitignore)
  const lines = state.kind === 'absent' ? [] : new TextDecoder().decode(state.bytes).split(/\r?\n/)
  if (!lines.some((line) => patternIn(line) === pattern)) return undefined
  return `${gitignore} has the line ${pattern} already, and a later one undoes it`
}

/** A pattern of a `.gitignore` nearer to the file wins over ours; `info/exclude` and the user's own list do not. */
async function takenBackBelow(
  file: string,
  repository: string,
  host: Pick<Host, 'run'>,
): Promise<string | undefined> {
  const args = ['check-ignore', '-v', '-z', '--no-index', '--stdin']
  const { stdout } = await runGit(repository, args, host, { input: `${file}\0` })
  const [source = '', line, pattern = ''] = stdout.split('\0')
  const isNearer = basename(source) === '.gitignore' && !isAbsolute(source) && dirname(source) !== '.'
  if (!pattern.startsWith('!') || !isNearer) return undefined
  return `${join(repository, source)}, line ${line}, takes it in again with ${pattern}`
}
