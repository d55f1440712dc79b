import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readTree } from '../support/home-tree.ts'
import { findCanary } from './canary-keys.ts'

export const watcher = fileURLToPath(new URL('watch.cjs', import.meta.url))

export const keyring = fileURLToPath(new URL('fake-keyring.cjs', import.meta.url))

/** Everything that one journey of the program can touch, below one folder. */
export interface Place {
  readonly root: string
  readonly home: string
  /** The only temporary folder that the program knows. */
  readonly temporary: string
  /** Where watch.cjs writes; not part of what is searched as files. */
  readonly records: string
  /** Programs for PATH. */
  readonly commands: string
  /** Files that hold the key, by path below `root`, with their modes: those of the user, before the first run. */
  readonly own: Map<string, number>
}

export type Files = Readonly<Record<string, string>>

/** A home with these files in it, a folder `project` and git beside it. */
export function makePlace(files: Files): Place {
  const root = mkdtempSync(join(tmpdir(), 'qcode-canary-'))
  const [home = '', temporary = '', records = '', commands = ''] = ['home', 'tmp', 'records', 'commands'].map(
    (name) => join(root, name),
  )
  for (const folder of [join(home, 'project'), temporary, records, commands])
    mkdirSync(folder, { recursive: true })
  for (const name of ['git', 'ps', 'sh']) linkCommand(name, commands)
  writeFiles(home, files)
  return { root, home, temporary, records, commands, own: keyHolders(root) }
}

/** A file whose path begins with `#600 ` or so gets that mode. */
export function writeFiles(home: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    const [, mode = '644', path = ''] = name.match(/^(?:#(\d+) )?(.*)$/) ?? []
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text, { mode: Number.parseInt(mode, 8) })
  }
}

export function dropPlace({ root }: Place): void {
  execFileSync('chmod', ['-R', 'u+rwX', root])
  rmSync(root, { recursive: true, force: true })
}

/** What was noted since the last time, by any process. */
export function takeRecords({ records }: Place): Note[] {
  const names = readdirSync(records).filter((name) => name.endsWith('.jsonl'))
  return names.flatMap((name) => {
    const lines = readFileSync(join(records, name), 'utf8').trim().split('\n')
    rmSync(join(records, name))
    return lines.map((line) => JSON.parse(line) as Note)
  })
}

/** As watch.cjs writes it; `data` in base64. */
export type Note =
  | { readonly kind: 'process'; readonly args: readonly string[]; readonly env: readonly string[] }
  | { readonly kind: 'write'; readonly path: string; readonly mode: number; readonly data: string }
  | { readonly kind: 'name'; readonly paths: readonly string[] }

/** Files below a folder that hold the key, with their modes. */
export function keyHolders(root: string): Map<string, number> {
  const leaves = Object.entries(readTree(root)).filter(([path]) => !path.startsWith('records'))
  const holding = leaves.filter(
    ([, { bytes }]) => bytes !== undefined && findCanary(Buffer.from(bytes, 'latin1')),
  )
  return new Map(holding.map(([path, { mode }]) => [path, mode]))
}

function linkCommand(name: string, folder: string): void {
  const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
  symlinkSync(path, join(folder, name))
}
