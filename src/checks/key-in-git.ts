import type { Catalog } from '../catalog/tool.ts'
import { UserError } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { quoteWord } from '../host/quote-word.ts'
import type { KeyFile } from '../plan/plan.ts'
import { askGit, type GitFate } from './ask-git.ts'
import { findDotfiles } from './find-dotfiles.ts'

/** A file with a key that git tracks or would track. */
export interface ExposedKey {
  readonly file: KeyFile
  readonly fate: GitFate
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
    const fate = await askGit(file.resolvedPath, dotfiles, host)
    if (fate) exposed.push({ file, fate })
  }
  return exposed
}

/** The refusal to write a key there: UserError `key-in-git`, exit 1, with what helps; `otherWay` keeps it out of the file. */
export function keyInGit(path: string, fate: GitFate, otherWay = ''): UserError {
  return new UserError({
    code: 'key-in-git',
    message: gitMessage(path, fate),
    hint: `${gitAdvice(fate)} ${otherWay}To write the key all the same: --allow-tracked.`,
    where: { file: path },
  })
}

/** Why a key in the file is, or would be, in git. */
export function gitMessage(path: string, fate: GitFate): string {
  const { repository } = fate
  if (fate.kind === 'tracked')
    return `${path} is tracked by the git repository ${fate.gitFolder ?? repository}: a key in it is committed with the next change.`
  if (fate.kind === 'not-asked' && fate.gitFolder !== undefined)
    return `The git repository ${fate.gitFolder} keeps files of ${repository}, and git could not be asked whether it tracks ${path}.`
  if (fate.kind === 'not-asked')
    return `${path} lies in the git repository ${repository}, and git could not be asked whether it is ignored.`
  const message = `${path} lies in the git repository ${repository} and is not ignored: the key would be committed.`
  return fate.kind === 'would-take' ? message : `${message} A line for it would not help: ${fate.why}.`
}

function gitAdvice(fate: GitFate): string {
  if (fate.kind === 'would-take')
    return `To have the line ${fate.pattern} added to ${fate.gitignore} together with the key: --gitignore.`
  if (fate.kind === 'tracked')
    return `Ignoring does not help while it is tracked. Type: ${untrackCommand(fate)} and run this again. ${inHistory} To keep the key in no file: qcode-setup --key-store keychain.`
  if (fate.kind === 'not-asked')
    return `Look whether git is installed and reads this repository: ${gitCommand(fate)} status`
  return 'Change that, and run this again.'
}

/** What an old commit holds is out already. */
const inHistory =
  'A key that was ever committed stays in the history: replace it with qcode-setup key rotate.'

/** Takes a file or a folder out of the index and leaves it where it is. */
export function untrackCommand(fate: Extract<GitFate, { kind: 'tracked' }>): string {
  const { name } = fate
  const path = /[*?[\\:]/.test(name) ? `:(literal)${name}` : name
  return `${gitCommand(fate)} rm -r -f --cached -- ${quoteWord(path)}`
}

function gitCommand({ repository, gitFolder }: { repository: string; gitFolder?: string }): string {
  const inRepository = `git -C ${quoteWord(repository)}`
  if (gitFolder === undefined) return inRepository
  return `${inRepository} ${quoteWord(`--git-dir=${gitFolder}`)} ${quoteWord(`--work-tree=${repository}`)}`
}

/** Adds the line by hand; the empty line before it is for a file that does not end in one. */
export function ignoreCommand({ gitignore, pattern }: Extract<GitFate, { kind: 'would-take' }>): string {
  return `printf '\\n%s\\n' ${quoteWord(pattern)} >> ${quoteWord(gitignore)}`
}
