import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '../../support/test-catalog.ts'

/** Texts of the project's own files whose names match, up to a size that is quick to parse. */
export function textsOf(folders: readonly string[], name: RegExp): string[] {
  return folders
    .map((folder) => join(projectFolder, folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
    )
    .filter((path) => name.test(path) && statSync(path).isFile() && statSync(path).size < 8000)
    .sort()
    .map((path) => readFileSync(path, 'utf8'))
}

/** Pieces of the scenarios: the homes and configurations that users bring. */
export const scenarioTexts = textsOf(['test/program/scenarios', 'test/long/scenarios'], /\.txt$/)
