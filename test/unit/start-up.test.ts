import type { OutputChunk } from 'rolldown'
import { describe, expect, it } from 'vitest'
import { bundleAgain } from '../program/package/bundled-packages.ts'

const chunks = new Map((await bundleAgain()).map((chunk) => [chunk.fileName, chunk]))

/** Parts of Node that cost time to load. */
const costly = [
  'node:child_process',
  'node:dns',
  'node:http',
  'node:stream',
  'node:tls',
  'node:vm',
  'node:worker_threads',
]

function chunkOf(module: string): OutputChunk {
  const found = [...chunks.values()].find(({ moduleIds }) =>
    moduleIds.some((id) => id.endsWith(`/src/${module}`)),
  )
  if (found === undefined) throw new Error(`no part of the bundle holds src/${module}`)
  return found
}

/** A part of the bundle and all that it imports at once, without what it loads later by `import()`. */
function loadedWith(chunk: OutputChunk, loaded: Set<OutputChunk> = new Set()): Set<OutputChunk> {
  if (loaded.has(chunk)) return loaded
  loaded.add(chunk)
  for (const name of chunk.imports) {
    const next = chunks.get(name)
    if (next) loadedWith(next, loaded)
  }
  return loaded
}

/** The packages, and the costly parts of Node, that are loaded together with a module of src/. */
function packagesOf(module: string): string[] {
  const loaded = [...loadedWith(chunkOf(module))]
  const folders = loaded.flatMap(({ moduleIds }) =>
    moduleIds.flatMap((id) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1] ?? []),
  )
  const parts = loaded.flatMap(({ imports }) => imports.filter((name) => costly.includes(name)))
  return [...new Set([...folders, ...parts])].sort()
}

const always = packagesOf('main.ts')
/** For what a client will do with a plan: the schemas of its files, ranges of versions, patterns that cannot hang. */
const judging = ['@cfworker/json-schema', 'node:vm', 'semver']

// A file that is merged into another one brings its packages along: this shows where to.
describe('what is loaded before the code of a command runs', () => {
  it('is, for each start of the program', () => {
    expect(always).toMatchInlineSnapshot(`
      [
        "fastest-levenshtein",
        "fs-extra",
        "graceful-fs",
        "jsonfile",
        "picocolors",
        "universalify",
        "zod",
      ]
    `)
  })

  it.each([
    ['help', 'ui/render-help.ts', []],
    ['setup', 'commands/setup.ts', judging],
    ['print', 'commands/print.ts', []],
    ['check', 'commands/check.ts', []],
    ['status', 'commands/status.ts', []],
    ['switch', 'commands/switch.ts', judging],
    ['undo', 'commands/undo.ts', judging],
    ['key set', 'commands/key-set.ts', judging],
    ['key get', 'commands/key-get.ts', []],
    ['key rotate', 'commands/key-rotate.ts', judging],
    ['key forget', 'commands/key-forget.ts', []],
    ['remove', 'commands/remove.ts', judging],
    ['lint', 'commands/lint.ts', [...judging, 'ignore']],
    ['prove', 'commands/prove.ts', [...judging, 'node:http']],
    ['doctor', 'commands/doctor.ts', [...judging, 'ignore', 'node:http']],
    ['demo', 'commands/demo.ts', [...judging, 'node:http']],
  ])('%s: nothing that it does not need', (_, module, packages) => {
    expect(packagesOf(module).filter((name) => !always.includes(name))).toEqual([...packages].sort())
  })

  it.each([
    ['questions', 'wizard/complete-input.ts'],
    ['a diff', 'ui/render-diff.ts'],
    ['a gateway', 'gateway/network.ts'],
    ["tools of the user's own", 'catalog/load-own-tools.ts'],
    ['TOML', 'documents/toml/toml-format.ts'],
    ['JSON', 'documents/json/json-format.ts'],
    ['YAML', 'documents/yaml/yaml-format.ts'],
  ])('%s: not before there is a need for it', (_, module) => {
    const part = chunkOf(module)
    const commands = [...chunks.values()].filter(({ moduleIds }) =>
      moduleIds.some((id) => /\/src\/(commands\/|main\.ts)/.test(id)),
    )
    const early = commands.filter((command) => loadedWith(command).has(part))
    expect(early.map(({ name }) => name)).toEqual([])
  })
})
