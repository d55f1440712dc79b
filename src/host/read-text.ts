import { readFileSync, statSync } from 'node:fs'

const largestFile = 10 * 1024 * 1024

/** The text of a file that is only looked at; undefined for what is no regular file of at most 10 MiB that can be read. */
export function readText(path: string): string | undefined {
  try {
    const stat = statSync(path)
    return stat.isFile() && stat.size <= largestFile ? readFileSync(path, 'utf8') : undefined
  } catch {
    return undefined
  }
}
