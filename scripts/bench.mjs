// Prints how long the program takes beside an empty Node, measured in turn so that a busy machine slows all alike.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const rounds = 15
const warmUps = 3
const root = fileURLToPath(new URL('..', import.meta.url))
const program = join(root, 'bin', 'qcode-setup.js')
const key = `cr_${'0'.repeat(64)}\n`
/** Of all runs, as a user's own is; Node 22.1 and newer keep the compiled program there. */
const caches = mkdtempSync(join(tmpdir(), 'qcode-bench-cache-'))
const setup = ['--tool', 'all', '--key-file', '-', '--yes', '--no-check', '--json']

const candidates = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: '--version', args: [program, '--version'], aim: 1.5 },
  { name: 'print codex', args: [program, 'print', 'codex'], aim: 1.5 },
  { name: 'setup of all seven tools', args: [program, ...setup], input: key, aim: 3 },
].map((candidate) => ({ ...candidate, times: [] }))

for (let round = -warmUps; round < rounds; round++) {
  for (const { args, input, times } of candidates) {
    const milliseconds = measure(args, input)
    if (round >= 0) times.push(milliseconds)
  }
}

const base = median(candidates[0].times)
console.log('                            median   x node   aim')
for (const { name, times, aim } of candidates) {
  const time = `${median(times).toFixed(0)} ms`.padStart(8)
  const ratio = (median(times) / base).toFixed(2).padStart(8)
  console.log(`${name.padEnd(26)}${time} ${ratio}   ${aim ?? ''}`)
}
rmSync(caches, { recursive: true, force: true })
const [{ size, unpackedSize }] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
)
console.log(`The package: ${size} bytes packed, ${unpackedSize} unpacked`)

/** One run in a home of its own; its time in milliseconds. */
function measure(args, input = '') {
  const home = mkdtempSync(join(tmpdir(), 'qcode-bench-'))
  const env = { XDG_CACHE_HOME: caches, HOME: home, PATH: process.env.PATH, SHELL: '/bin/bash' }
  const start = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, args, { env, cwd: home, input })
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6
  rmSync(home, { recursive: true, force: true })
  if (status !== 0) console.error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return milliseconds
}

function median(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)]
}
