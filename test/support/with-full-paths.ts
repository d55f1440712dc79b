import { join } from 'node:path'
import { projectPath } from './run-program.ts'

/** A module's source that can stand anywhere: it imports the project's files by full paths, whatever its folder is called. */
export function withFullPaths(source: string): string {
  return source.replaceAll(/'(\.\/[^']*)'/g, (_, path: string) => JSON.stringify(join(projectPath, path)))
}
