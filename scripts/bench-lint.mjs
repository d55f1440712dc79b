// Prints how long `lint --project` takes on a tree of 50,000 small files, beside plain Node that walks and reads the same files.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folders = 500
const filesEach = 100
const rounds = 5
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

const root = mkdtempSync(join(tmpdir(), 'qcode-bench-lint-'))
try {
  const expected = makeTree()
  const candidates = [
    { name: 'walk and read', args: ['-e', floor], exit: 0 },
    { name: 'lint --project', args: [program, 'lint', '--project', '--json'], exit: 3 },
  ].map((candidate) => ({ ...candidate, times: [] }))
  // The first round warms the file system's cache.
  for (let round = -1; round < rounds; round++) {
    for (const candidate of candidates) {
      const time = measure(candidate, expected)
      if (round >= 0) candidate.times.push(time)
    }
  }
  const base = median(candidates[0].times)
  console.log(`${folders * filesEach} files            median   x floor`)
  for (const { name, times } of candidates) {
    const time = `${median(times).toFixed(0)} ms`.padStart(9)
    console.log(`${name.padEnd(20)}${time} ${(median(times) / base).toFixed(2).padStart(9)}`)
  }
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
function measure({ name, args, exit }, mistakes) {
  const env = { HOME: join(root, '.git'), PATH: process.env.PATH }
  const start = process.hrtime.bigint()
  const { status, stdout } = spawnSync(process.execPath, args, { env, cwd: root, maxBuffer: 2 ** 28 })
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6
  if (status !== exit) throw new Error(`${name} ended with ${status}`)
  const found = exit === 3 && new Set(JSON.parse(stdout).findings.map(({ file }) => file)).size
  if (exit === 3 && found !== mistakes) throw new Error(`${name} found ${found} of ${mistakes} mistakes`)
  return milliseconds
}

function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)]
}
