import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { testKey } from './test-host.ts'

/** A home in a temporary folder for the running test, with these files in it. */
export function createHome(files: Readonly<Record<string, string>> = {}): string {
  const home = mkdtempSync(join(tmpdir(), 'qcode-setup-terminal-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  return home
}

/** Path, mode, time of change and content of everything in a home, so that two pictures are equal only when nothing was written. */
export function pictureOf(home: string): Record<string, string> {
  const paths = readdirSync(home, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(paths.map((path) => [path, describeEntry(join(home, path))]))
}

function describeEntry(path: string): string {
  const { mode, mtimeNs } = lstatSync(path, { bigint: true })
  return `${mode.toString(8)} ${mtimeNs} ${contentOf(path)}`
}

function contentOf(path: string): string {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return readlinkSync(path)
  return stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : ''
}

/** Text of a file of the home, and its permission bits. */
export function fileIn(home: string, path: string): { text: string; mode: number } {
  return { text: readFileSync(join(home, path), 'utf8'), mode: lstatSync(join(home, path)).mode & 0o777 }
}

/** Any stretch of the key that tells more than its masked form. */
export const tellingPart = new RegExp(`${testKey.slice(0, 8)}|${testKey.slice(-8)}`)
