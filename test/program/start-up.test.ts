import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeHome, projectPath, runProgram, sampleKey } from '../support/run-program.ts'
import { bundleAgain, importScript } from './package/bundled-packages.ts'

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
/** A client that ends at once. */
const clients = join(home, '..', 'clients')

beforeAll(() => {
  mkdirSync(clients)
  writeFileSync(join(clients, 'claude'), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
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

interface Loaded {
  readonly files: readonly string[]
  /** Of all these files together, in thousands of characters. */
  readonly size: number
  readonly packages: readonly string[]
}

/** The files of the bundle that a run loads, the packages in them, and the costly parts of Node. */
async function loadedBy(args: readonly string[]): Promise<Loaded> {
  const { exit, stderr } = await runProgram(args, {
    home,
    input: `${sampleKey}\n`,
    env: {
      PATH: [clients, '/usr/bin', '/bin'].join(delimiter),
      NODE_OPTIONS: `--require ${preload}`,
      NODE_DISABLE_COMPILE_CACHE: '1',
    },
  })
  expect([exit, stderr].join(' '), args.join(' ')).toMatch(/^[03] /)
  const { files, parts } = JSON.parse(readFileSync(list, 'utf8')) as { files: string[]; parts: string[] }
  const loaded = files.flatMap((file) => chunks.get(file.split(/[\\/]/).at(-1) ?? '') ?? [])
  const folders = loaded.flatMap(({ moduleIds }) =>
    moduleIds.flatMap((id) => /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(id)?.[1] ?? []),
  )
  const nodes = costly.filter((part) => parts.includes(`NativeModule ${part}`))
  const size = loaded.reduce((sum, { code }) => sum + code.length / 1000, 0)
  return {
    files: loaded.map(({ name }) => name),
    size,
    packages: [...new Set([...folders, ...nodes])].sort(),
  }
}

// A change that makes a command load more than it needs is seen here: nothing else gets slower so quietly.
describe('what a command loads', () => {
  it.each([
    ['--help', [], 5, 205],
    ['print codex', ['@iarna/toml'], 6, 300],
    ['completion suggest bash', [], 6, 305],
    ['completion zsh', [], 6, 305],
    ['status', [], 6, 350],
    ['run claude-code --key-file -', ['child_process'], 5, 315],
    ['setup --tool codex --key-file - --yes --no-check', ['crypto', ...codex, ...judging], 14, 705],
    ['status', [...state, ...codex], 12, 550],
    ['run claude-code', ['child_process', ...state, 'dotenv'], 9, 400],
    ['lint', ['smol-toml', 'zod'], 13, 620],
    ['undo', state, 12, 785],
  ])(
    '%s: only the packages that it needs, few files, little code',
    async (line, packages, mostFiles, mostCode) => {
      const loaded = await loadedBy(line.split(' '))
      const lazily =
        'import() what only some runs need where they need it; what every run needs stands in this table'
      expect(
        loaded.packages.filter((name) => !always.includes(name)),
        lazily,
      ).toEqual([...packages].sort())
      const groups = `${loaded.files.join(', ')}: npm run flows measures anew what scripts/module-groups.mjs puts into one file`
      expect(loaded.files.length, groups).toBeLessThanOrEqual(mostFiles)
      expect(loaded.size, groups).toBeLessThanOrEqual(mostCode)
    },
  )
})

// Two files that use each other while they are loaded would end a command that is the first to load one of them.
describe('the files of the bundle', () => {
  it('can be loaded after the first one in any order', () => {
    const files = readdirSync(join(projectPath, 'dist')).filter((name) => /(?<!^main)\.js$/.test(name))
    const each = `for (const file of ${JSON.stringify(files)}) {
      for (const name of Object.keys(require.cache)) delete require.cache[name]
      require('./main.js')
      try { require('./' + file) } catch (error) { console.log(file + ': ' + error.message) }
    }`
    const said = execFileSync(process.execPath, ['-e', each], {
      cwd: join(projectPath, 'dist'),
      encoding: 'utf8',
    })
    expect(files.length).toBeGreaterThan(20)
    expect(said).toBe('')
  })

  it('are made of modules that are there', async () => {
    const { startModules } = await importScript('module-groups.mjs')
    const lists = (startModules as (root: string) => Record<string, string[]>)(projectPath)
    const missing = Object.values(lists)
      .flat()
      .filter((file) => !existsSync(join(projectPath, 'src', file)))
    expect(missing, 'npm run flows').toEqual([])
  })
})
