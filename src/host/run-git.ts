import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Host, RunResult } from './host.ts'

/** What a hook or a script sets for its own repository; with it, git would speak of that one. */
const otherRepository = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_PREFIX: undefined,
}

/** A repository's own settings can name a program that git runs whenever it reads the index (seen in 2.39). */
const noPrograms = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']

/** git waits for ever for a pipe that stands where it looks for a file, as `.git/config` or `.gitignore`. */
const timeoutMs = 5000

interface GitOptions {
  /** For standard input. */
  readonly input?: string
  /** Paths are names, not patterns; not every command of git can take that. */
  readonly literalPaths?: boolean
}

/** Asks git about the repository that `folder` lies in; exit null where it does not answer in time. */
export function runGit(
  folder: string,
  args: readonly string[],
  host: Pick<Host, 'run'>,
  { input = '', literalPaths = false }: GitOptions = {},
): Promise<RunResult> {
  const env = { ...otherRepository, GIT_LITERAL_PATHSPECS: literalPaths ? '1' : undefined }
  return host.run('git', ['-C', folder, ...noPrograms, ...args], { env, input, timeoutMs })
}

/** The nearest folder upwards that has a `.git`. */
export function findRepository(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return undefined
  }
}
