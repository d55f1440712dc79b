// Prints how long a run takes on files of the same data in one line and in many, beside the same in a quarter of the size:
// time must grow with the size, however long a line is. Aim: at most twice as long in one line, at most five times as long for four times the data.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const rounds = 3
const program = fileURLToPath(new URL('../bin/qcode-setup.js', import.meta.url))
const key = `cr_${'0'.repeat(64)}\n`
const setup = (tool) => ['--tool', tool, '--key-file', '-', '--yes', '--no-check', '--diff', '--json']
const pairs = (size, pair) => Array.from({ length: size }, (_, index) => pair(index))

const files = [
  {
    name: 'setup, JSON',
    path: '.claude/settings.json',
    args: setup('claude-code'),
    text: (size, gap) => `{${gap}${pairs(size, (index) => `"k${index}": 1`).join(`,${gap}`)}${gap}}\n`,
  },
  {
    name: 'setup, YAML',
    path: '.aider.conf.yml',
    args: setup('aider'),
    text: (size, gap) => `{${gap}${pairs(size, (index) => `k${index}: 1`).join(`,${gap}`)}${gap}}\n`,
  },
  {
    name: 'setup, TOML',
    path: '.codex/config.toml',
    args: setup('codex'),
    text: (size, gap) => `k = [${gap}${pairs(size, (index) => `"v${index}"`).join(`,${gap}`)}${gap}]\n`,
  },
  {
    name: 'lint, code',
    path: 'a.py',
    args: ['lint', 'a.py'],
    text: (size, gap) => pairs(size, () => '"https://api.qcode.cc/v1"').join(`,${gap}`),
  },
]

console.log('one line against many, and four times the data, by the fastest of some runs')
for (const file of files) {
  const [many, quarter, whole] = [
    [16_000, '\n  '],
    [4_000, ' '],
    [16_000, ' '],
  ].map(([size, gap]) => fastest(file, file.text(size, gap)))
  const ratios = `one line ${(whole / many).toFixed(2)} x many, ${(whole / quarter).toFixed(2)} x its quarter`
  console.log(`${file.name.padEnd(14)}${whole.toFixed(0).padStart(6)} ms   ${ratios}`)
}

function fastest(file, text) {
  return Math.min(...Array.from({ length: rounds }, () => measure(file, text)))
}

/** Ms, in a home of its own. */
function measure({ name, path, args }, text) {
  const home = mkdtempSync(join(tmpdir(), 'qcode-bench-lines-'))
  try {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
    const started = performance.now()
    const options = { cwd: home, input: key, env: { HOME: home, PATH: process.env.PATH, SHELL: '/bin/bash' } }
    const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
      ...options,
      maxBuffer: 2 ** 30,
    })
    const time = performance.now() - started
    if (![0, 3].includes(status)) throw new Error(`${name} ended with ${status}: ${stderr}`)
    return time
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}
