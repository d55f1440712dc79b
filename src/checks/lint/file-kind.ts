import { basename } from 'node:path'
import type { FormatId } from '../../documents/formats.ts'

/**
 * What a file is to lint, by its name. `code`: a URL counts in quotes only. `variables`: assignments of a shell or a
 * `.env` file. `config`: everything else.
 */
export interface FileKind {
  readonly kind: 'code' | 'variables' | 'config'
  /** What begins a comment. */
  readonly comments: readonly string[]
  /** A value without quotes goes on to the end of its line. */
  readonly openValues: boolean
  /** One of the endings that source trees are searched for. */
  readonly isSource: boolean
  /** What it has to parse as, where that is known by its name alone: comments in JSON are left to its reader. */
  readonly format?: FormatId
}

const hash = ['#']
const slashes = ['//', '/*']
const shells: FileKind = {
  kind: 'variables',
  comments: hash,
  openValues: false,
  isSource: true,
  format: 'posix-profile',
}
const dotenv: FileKind = { ...shells, openValues: true, format: 'dotenv' }
const other: FileKind = { kind: 'config', comments: hash, openValues: false, isSource: false }

const byEnding: ReadonlyMap<string, FileKind> = new Map(
  Object.entries({
    ...endings(['ts', 'tsx', 'mts', 'cts', 'js', 'mjs', 'cjs', 'jsx'], {
      kind: 'code',
      comments: slashes,
      openValues: false,
      isSource: true,
    }),
    ...endings(['py'], { kind: 'code', comments: hash, openValues: false, isSource: true }),
    ...endings(['json', 'jsonc'], {
      kind: 'config',
      comments: slashes,
      openValues: false,
      isSource: true,
      format: 'jsonc',
    }),
    ...endings(['yaml', 'yml'], {
      kind: 'config',
      comments: hash,
      openValues: true,
      isSource: true,
      format: 'yaml',
    }),
    ...endings(['toml'], { ...other, isSource: true, format: 'toml' }),
    ...endings(['sh', 'bash', 'zsh'], shells),
    ...endings(['fish'], { ...shells, format: 'fish-profile' }),
    ...endings(['ps1'], { ...shells, format: 'powershell-profile' }),
    ...endings(['env'], dotenv),
  }),
)

/** Judges a file by its name alone. */
export function fileKind(path: string): FileKind {
  const name = basename(path).toLowerCase()
  if (/^\.env(\.|$)/.test(name)) return dotenv
  if (/^\.(bash|zsh|z?profile|zlogin)/.test(name)) return shells
  return byEnding.get(name.slice(name.lastIndexOf('.') + 1)) ?? other
}

/** An example that people copy and fill in: empty values are right there. */
export function isExample(path: string): boolean {
  return /\b(example|sample|template|dist)\b/i.test(basename(path))
}

function endings(names: readonly string[], kind: FileKind): Record<string, FileKind> {
  return Object.fromEntries(names.map((name) => [name, kind]))
}
