// Makes dist/: the program as one bundle with its parts split by command, and the catalog compiled from templates/.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const common = {
  absWorkingDir: root,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  // jsonc-parser's default entry is a wrapper that cannot be bundled.
  mainFields: ['module', 'main'],
  // Packages in CommonJS call require for Node's own modules.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
}

await rm(`${root}dist`, { recursive: true, force: true })
await mkdir(`${root}dist`)
await build({ ...common, entryPoints: ['src/main.ts'], outdir: 'dist', splitting: true, minify: true })

const compiler = `${root}dist/.compile-catalog.mjs`
await build({ ...common, entryPoints: ['src/catalog/compile-catalog.ts'], outfile: compiler })
const { compileCatalog } = await import(pathToFileURL(compiler).href)
await writeFile(`${root}dist/catalog.json`, JSON.stringify(await compileCatalog(`${root}templates`)))
await rm(compiler)
