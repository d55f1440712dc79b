// Makes dist/: the program as one bundle, its parts loaded by command, and the catalog compiled from templates/. Beside it,
// what is in the bundle of others: THIRD_PARTY_LICENSES and sbom.cdx.json.
//   npm run build -- --source-maps: with these NODE_OPTIONS=--enable-source-maps shows files and lines of src/ in a stack
import { rm, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { build } from 'rolldown'
import { common, programBundle, root } from './program-bundle.mjs'
import { writeNotices } from './shipped/write-notices.mjs'

await rm(`${root}dist`, { recursive: true, force: true })
const sourcemap = process.argv.includes('--source-maps')
const { output } = await build({ ...programBundle, output: { ...programBundle.output, sourcemap } })
writeNotices(output, root)
await writeFile(`${root}dist/package.json`, '{ "type": "commonjs" }\n')

const compiler = `${root}dist/.compile-catalog.mjs`
await build({
  ...common,
  input: 'src/catalog/compile-catalog.ts',
  output: { file: compiler, format: 'esm', codeSplitting: false },
})
const { compileCatalog, describeFolderFault } = await import(pathToFileURL(compiler).href)
try {
  await writeFile(`${root}dist/catalog.json`, JSON.stringify(await compileCatalog(`${root}templates`)))
} catch (error) {
  const fault = describeFolderFault(error, root)
  if (fault === undefined) throw error
  console.error(fault)
  process.exitCode = 1
} finally {
  await rm(compiler)
}
