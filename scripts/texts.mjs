// Prints every text that a user can meet, in both languages, with the names of its values in their places: to be read through
// when words have changed.
//   npm run texts
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const stage = mkdtempSync(join(tmpdir(), 'texts-'))
try {
  const entry = join(stage, 'entry.mjs')
  const from = (path) => JSON.stringify(join(root, path))
  writeFileSync(
    entry,
    `export { en } from ${from('src/texts/en.ts')}
    export { zhCN } from ${from('src/texts/zh-CN.ts')}
    export { shownText } from ${from('test/support/shown-text.ts')}`,
  )
  const file = join(stage, 'texts.mjs')
  await build({ input: entry, platform: 'node', logLevel: 'silent', output: { file } })
  const { en, zhCN, shownText } = await import(pathToFileURL(file).href)
  for (const id of Object.keys(en)) {
    process.stdout.write(`${id}\n  ${shownText(en, id)}\n  ${shownText(zhCN, id)}\n`)
  }
} finally {
  rmSync(stage, { recursive: true, force: true })
}
