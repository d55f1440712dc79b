import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative, sep } from 'node:path'

/** Writes files into a temporary folder, for its owner alone. A path that leads out of the folder is a fault of the program. */
export function writeCopies(
  folder: string,
  files: readonly { readonly path: string; readonly text: string }[],
): void {
  for (const { path, text } of files) {
    if (relative(folder, path).split(sep)[0] === '..') throw new Error(`${path} is not below ${folder}`)
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, text, { mode: 0o600 })
  }
}
