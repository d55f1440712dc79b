import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type OutputChunk, type RolldownOptions } from 'rolldown'
import { projectPath } from '../../support/run-program.ts'

/** A module of scripts/, which has no types of its own. */
export function importScript(path: string): Promise<Record<string, unknown>> {
  return import(pathToFileURL(join(projectPath, 'scripts', path)).href)
}

/** The bundle once more, with source maps, and not written anywhere. */
export async function bundleAgain(): Promise<OutputChunk[]> {
  const { programBundle } = (await importScript('program-bundle.mjs')) as { programBundle: RolldownOptions }
  const { output } = await build({
    ...programBundle,
    write: false,
    output: { ...programBundle.output, sourcemap: true },
  })
  return output.filter((part) => part.type === 'chunk')
}

/** The folders of the packages whose code the source maps name; found in another way than the build finds them. */
export function mappedFolders(chunks: readonly OutputChunk[]): string[] {
  const sources = chunks.flatMap(({ map }) => map?.sources ?? [])
  const folders = sources
    .map(
      (source) =>
        source.match(/node_modules\/.*node_modules\/(@[^/]+\/)?[^/]+|node_modules\/(@[^/]+\/)?[^/]+/)?.[0],
    )
    .filter((folder) => folder !== undefined)
  return [...new Set(folders)].sort()
}
