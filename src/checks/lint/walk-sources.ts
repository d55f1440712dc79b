import { type Dirent, existsSync, readdirSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import ignore, { type Ignore } from 'ignore'
import { readText } from '../../host/read-text.ts'
import { fileKind } from './file-kind.ts'

/** The rules of one .gitignore, and the folder that its paths start from. */
interface IgnoreFile {
  readonly folder: string
  readonly rules: Ignore
}

const neverEntered = new Set(['.git', 'node_modules'])

/**
 * The paths of all source files below a folder, as git sees it: what a .gitignore leaves out is left out, also by
 * those of the folders above up to the repository's own. Links are not followed. A folder that cannot be
 * opened is given itself, and a pipe, a socket or a device by the name of a source: whoever reads the paths finds out.
 */
export function* walkSources(folder: string): Generator<string> {
  yield* walk(folder, ignoreFilesAbove(folder))
}

function* walk(folder: string, outer: readonly IgnoreFile[]): Generator<string> {
  const entries = readFolder(folder)
  if (!entries) return yield folder
  const own = entries.some(({ name }) => name === '.gitignore') ? [readIgnoreFile(folder)] : []
  const rules = [...own, ...outer]
  for (const entry of entries) {
    const path = folder + sep + entry.name
    if (entry.isDirectory()) {
      if (!neverEntered.has(entry.name) && !isIgnored(path + sep, rules)) yield* walk(path, rules)
    } else if (!entry.isSymbolicLink() && fileKind(entry.name).isSource && !isIgnored(path, rules)) {
      yield path
    }
  }
}

function readFolder(folder: string): Dirent[] | undefined {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return undefined
  }
}

/** The nearest file that says something about the path decides, be it for or against. */
function isIgnored(path: string, rules: readonly IgnoreFile[]): boolean {
  for (const { folder, rules: own } of rules) {
    const { ignored, unignored } = own.test(path.slice(folder.length + 1).replaceAll(sep, '/'))
    if (ignored || unignored) return ignored
  }
  return false
}

function readIgnoreFile(folder: string): IgnoreFile {
  return { folder, rules: ignore().add(readText(join(folder, '.gitignore')) ?? '') }
}

/** From the folder's parent up to the top of its repository, the nearest first. Outside of one there are none. */
function ignoreFilesAbove(folder: string): IgnoreFile[] {
  const found: IgnoreFile[] = []
  for (let at = folder; ; at = dirname(at)) {
    if (at !== folder) found.push(readIgnoreFile(at))
    if (existsSync(join(at, '.git'))) {
      return [
        ...found,
        { folder: at, rules: ignore().add(readText(join(at, '.git', 'info', 'exclude')) ?? '') },
      ]
    }
    if (dirname(at) === at) return []
  }
}
