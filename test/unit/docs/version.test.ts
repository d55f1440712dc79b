import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { projectFolder } from '../../support/test-catalog.ts'

const { version } = JSON.parse(read('package.json'))

it.each([
  [
    'package-lock.json',
    () => JSON.parse(read('package-lock.json')).version,
    'npm install --package-lock-only',
  ],
  ['ansible/galaxy.yml', () => parse(read('ansible/galaxy.yml')).version, 'write it there by hand'],
  ['CHANGELOG.md', () => /^## (.+)$/m.exec(read('CHANGELOG.md'))?.[1], 'CONTRIBUTING.md#release, step 2'],
])('%s has the version of package.json', (file, versionThere, howTo) => {
  expect(versionThere(), `the version of ${file}: ${howTo}`).toBe(version)
})

function read(path: string): string {
  return readFileSync(join(projectFolder, path), 'utf8')
}
