import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Writes `wrong` where a file below `home` holds the base URL `right`; gives the number of files changed. */
export async function spoilBaseUrl(home: string, right: string, wrong: string): Promise<number> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const spoiled = await Promise.all(files.map((file) => spoilFile(file, right, wrong)))
  return spoiled.filter(Boolean).length
}

async function spoilFile(file: string, right: string, wrong: string): Promise<boolean> {
  const text = await readFile(file, 'utf8')
  // The base URL ends here: `/api` must not match the head of `/api/v1`.
  const spoiled = text.split(new RegExp(`${right}(?![\\w/])`)).join(wrong)
  if (spoiled !== text) await writeFile(file, spoiled)
  return spoiled !== text
}
