// Makes dist/: the program as one bundle, its parts loaded by command, and the catalog compiled from templates/.
import { rm, writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'rolldown'
import { lightModules } from './light-modules.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const common = {
  cwd: root,
  platform: 'node',
  // Native, and optional: what reaches the keychain is installed beside the program or not at all.
  external: ['@napi-rs/keyring'],
  // jsonc-parser's default entry is a wrapper that cannot be bundled.
  resolve: { mainFields: ['module', 'main'] },
}

await rm(`${root}dist`, { recursive: true, force: true })
await build({
  ...common,
  input: { main: 'src/main.ts' },
  preserveEntrySignatures: 'allow-extension',
  output: {
    dir: 'dist',
    format: 'esm',
    minify: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    // What several commands share is one file, since each file costs a start; libraries stay apart until they are needed.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: 'core', minShareCount: 2, test: lightModules() }],
    },
  },
})

const compiler = `${root}dist/.compile-catalog.mjs`
await build({
  ...common,
  input: 'src/catalog/compile-catalog.ts',
  output: { file: compiler, format: 'esm', codeSplitting: false },
})
const { compileCatalog } = await import(pathToFileURL(compiler).href)
await writeFile(`${root}dist/catalog.json`, JSON.stringify(await compileCatalog(`${root}templates`)))
await rm(compiler)
