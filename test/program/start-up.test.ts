import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeHome, runProgram, sampleKey } from '../support/run-program.ts'
import { bundleAgain } from './package/bundled-packages.ts'

const chunks = new Map((await bundleAgain()).map((chunk) => [chunk.fileName, chunk]))

/** Parts of Node that cost time to load, as Node names what it has loaded. */
const costly = ['child_process', 'crypto', 'dns', 'http', 'tls', 'vm', 'worker_threads']

/** What every start of the program loads. */
const always = ['picocolors']
/** What reads the state folder, once something stands in it. */
const state = ['zod', 'crypto']
/** The formats of Codex's files. */
const codex = ['smol-toml', 'dotenv']
/** For what a client will do with a plan: the schemas of its files. Ranges of versions only where its version is known. */
const judging = ['@cfworker/json-schema']

const { home, drop } = makeHome()
const list = join(home, '..', 'loaded.json')
const preload = join(home, '..', 'preload.cjs')

beforeAll(() => {
  // Node's own list of what it has loaded grows with each part; what it always has is taken off.
  writeFileSync(
    preload,
    `const before = new Set(process.moduleLoadList)
    process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify({
      files: Object.keys(require.cache),
      parts: process.moduleLoadList.filter((part) => !before.has(part)),
    })))`,
  )
})
afterAll(drop)

/** The files of the bundle that a run loads, the packages in them, and the costly parts of Node. */
async function loadedBy(args: readonly string[]): Promise<{ files: string[]; packages: string[] }> {
  const { exit, stderr } = await runProgram(args, {
    home,
    input: `${sampleKey}\n`,
    env: { NODE_OPTIONS: `--require ${preload}`, NODE_DISABLE_COMPILE_CACHE: '1' },
  })
  expect([exit, stderr].join(' '), args.join(' ')).toMatch(/^[03] /)
  const { files, parts } = JSON.parse(readFileSync(list, 'utf8')) as { files: string[]; parts: string[] }
  const loaded = files.flatMap((file) => chunks.get(file.split(/[\\/]/).at(-1) ?? '') ?? [])
  const folders = loaded.flatMap(({ moduleIds }) =>
    moduleIds.flatMap((id) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1] ?? []),
  )
  const nodes = costly.filter((part) => parts.includes(`NativeModule ${part}`))
  return { files: loaded.map(({ name }) => name), packages: [...new Set([...folders, ...nodes])].sort() }
}

// A change that makes a command load more than it needs is seen here: nothing else gets slower so quietly.
describe('what a command loads', () => {
  it.each([
    ['--help', [], 5],
    ['print codex', ['@iarna/toml'], 5],
    ['completion suggest bash', [], 4],
    ['completion zsh', [], 4],
    ['status', [], 5],
    ['setup --tool codex --key-file - --yes --no-check', ['crypto', ...codex, ...judging], 16],
    ['status', [...state, ...codex], 12],
    ['lint', ['smol-toml', 'zod'], 11],
    ['undo', [...state, 'dotenv'], 11],
  ])('%s: no package that it does not need, and few files', async (line, packages, mostFiles) => {
    const loaded = await loadedBy(line.split(' '))
    const lazily =
      'import() what only some runs need where they need it; what every run needs stands in this table'
    expect(
      loaded.packages.filter((name) => !always.includes(name)),
      lazily,
    ).toEqual([...packages].sort())
    const groups = `${loaded.files.join(', ')}: scripts/module-groups.mjs says what is one file`
    expect(loaded.files.length, groups).toBeLessThanOrEqual(mostFiles)
  })
})
