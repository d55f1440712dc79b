// How long `lint --project` takes on a tree of 50,000 small files, held against `rg -l` on the same, or where there is no rg,
// against plain Node that walks and reads them. Aim: at most 2.5.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folders = 500
const filesEach = 100
const rounds = 3
const program = join(fileURLToPath(new URL('..', import.meta.url)), 'bin', 'qcode-setup.js')
const endings = ['ts', 'js', 'py', 'json', 'yaml', 'toml', 'tsx', 'mjs', 'sh', 'jsx']
const ordinary =
  'export const answer = { name: "value", list: [1, 2, 3], text: "nothing to see here" }\n'.repeat(20)
const wrong = `${ordinary}const client = new OpenAI({ baseURL: "https://api.qcode.cc/openai/" })\n`

const floor = `
const { readdirSync, readFileSync } = require('node:fs')
let bytes = 0
const walk = (folder) => {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = folder + '/' + entry.name
    if (entry.isDirectory()) walk(path)
    else bytes += readFileSync(path).length
  }
}
walk('.')`

export const rows = []
const hasRipgrep = spawnSync('rg', ['--version']).status === 0
const root = mkdtempSync(join(tmpdir(), 'qcode-bench-lint-'))
try {
  const expected = makeTree()
  const candidates = [
    hasRipgrep
      ? { name: 'rg -l', program: 'rg', args: ['-l', 'qcode\\.cc', '.'], exit: 0 }
      : { name: 'plain Node that walks and reads', args: ['-e', floor], exit: 0 },
    { name: 'lint --project', args: [program, 'lint', '--project', '--json'], exit: 3 },
  ].map((candidate) => ({ ...candidate, times: [] }))
  // The first round warms the file system's cache.
  for (let round = -1; round < rounds; round++) {
    for (const candidate of candidates) {
      const time = measure(candidate, expected)
      if (round >= 0) candidate.times.push(time)
    }
  }
  const [base, ...own] = candidates.map(({ times }) => Math.min(...times))
  const against = `${candidates[0].name}, ${folders * filesEach} files`
  rows.push({ what: 'lint --project', against, ms: own[0], times: own[0] / base, aim: 2.5 })
} finally {
  rmSync(root, { recursive: true, force: true })
}

/** Every hundredth file has a mistake; gives how many those are. */
function makeTree() {
  mkdirSync(join(root, '.git'))
  writeFileSync(join(root, '.gitignore'), 'dist/\n*.log\n')
  for (let folder = 0; folder < folders; folder++) {
    const path = join(root, `area${folder % 20}`, `part${folder}`)
    mkdirSync(path, { recursive: true })
    for (let file = 0; file < filesEach; file++) {
      writeFileSync(
        join(path, `file${file}.${endings[file % endings.length]}`),
        file === 0 ? wrong : ordinary,
      )
    }
  }
  return folders
}

/** One run; its time in milliseconds. */
function measure({ name, program = process.execPath, args, exit }, mistakes) {
  const env = { HOME: join(root, '.git'), PATH: process.env.PATH }
  const start = process.hrtime.bigint()
  const { status, stdout } = spawnSync(program, args, { env, cwd: root, maxBuffer: 2 ** 28 })
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6
  if (status !== exit) throw new Error(`${name} ended with ${status}`)
  const found = exit === 3 && new Set(JSON.parse(stdout).findings.map(({ file }) => file)).size
  if (exit === 3 && found !== mistakes) throw new Error(`${name} found ${found} of ${mistakes} mistakes`)
  return milliseconds
}
