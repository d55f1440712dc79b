import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { howToRenew } from '../../support/docs-tables.ts'
import { projectFolder } from '../../support/test-catalog.ts'

const { version } = JSON.parse(read('package.json'))
const collection = 'ansible/galaxy.yml'
if (process.env.UPDATE_DOCS) {
  const text = read(collection).replace(/^version: .*$/m, `version: ${version}`)
  writeFileSync(join(projectFolder, collection), text)
}

it.each([
  [
    'package-lock.json',
    () => JSON.parse(read('package-lock.json')).version,
    'npm install --package-lock-only',
  ],
  [collection, () => parse(read(collection)).version, howToRenew],
  ['CHANGELOG.md', () => /^## (.+)$/m.exec(read('CHANGELOG.md'))?.[1], 'CONTRIBUTING.md#release, step 2'],
])('%s has the version of package.json', (file, versionThere, howTo) => {
  expect(versionThere(), `the version of ${file}: ${howTo}`).toBe(version)
})

function read(path: string): string {
  return readFileSync(join(projectFolder, path), 'utf8')
}
