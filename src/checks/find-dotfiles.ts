import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { DotfilePlaces } from '../catalog/dotfile-places.ts'
import { resolvePath, resolvePlaces } from '../catalog/places.ts'
import { hasCode } from '../host/has-code.ts'
import type { Host } from '../host/host.ts'
import { runGit } from '../host/run-git.ts'

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
