import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Place } from './place.ts'
import type { SetUpReport } from './set-up.ts'

/** `file: line` for every line with a base URL in the files that were written; the place's own origin becomes `{gateway}`. */
export async function writtenLines(
  { edits }: SetUpReport,
  { home, standIn: { origin } }: Place,
): Promise<string[]> {
  const paths = [...new Set(edits.map(({ path }) => path))]
  const lines = await Promise.all(
    paths.map(async (path) => {
      const text = existsSync(path) ? await readFile(path, 'utf8') : ''
      const found = text.split('\n').filter((line) => /https?:/.test(line) && !line.includes('"$schema"'))
      return found.map((line) => `${path.replace(home, '~')}: ${line.trim().replaceAll(origin, '{gateway}')}`)
    }),
  )
  return lines.flat()
}
