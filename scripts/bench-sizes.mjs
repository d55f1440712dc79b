// Prints the processor time and the memory that a setup takes on large files of many shapes, beside one parse of the same
// file by the parser of its format alone (smol-toml, jsonc-parser, the CST parser of yaml), each less what a tiny file
// takes. Aim: at most 4 times the time and twice the memory, and time that grows no faster than the size (exponent 1.05).
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { largeFiles } from './large-files.mjs'

/** In MiB; the program reads no file of 10. */
const sizes = [0.25, 1, 4, 9.5]
const folder = fileURLToPath(new URL('..', import.meta.url))
const program = join(folder, 'bin', 'qcode-setup.js')
const measuring = `process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
require('node:fs').writeSync(2, '\\n' + JSON.stringify([(userCPUTime + systemCPUTime) / 1e6, maxRSS / 1024])) })`
const formats = {
  toml: {
    path: '.codex/config.toml',
    tool: 'codex',
    parse: `require('smol-toml').parse(text)`,
    tiny: 'a = 1\n',
  },
  json: {
    path: '.claude/settings.json',
    tool: 'claude-code',
    parse: `require('jsonc-parser').parseTree(text)`,
    tiny: '{}\n',
  },
  yaml: {
    path: '.aider.conf.yml',
    tool: 'aider',
    parse: `[...new (require('yaml').Parser)().parse(text)]`,
    tiny: 'a: 1\n',
  },
}

const [, , ...wanted] = process.argv
console.log(
  `| file | ${sizes.map((size) => `${size} MiB`).join(' | ')} | memory at ${sizes.join(' / ')} MiB | exponent |`,
)
console.log(`| --- |${sizes.map(() => ' --- |').join('')} --- | --- |`)
for (const [name, format] of Object.entries(formats)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const base = { setup: runSetup(format, format.tiny), parse: runParse(format, format.tiny) }
  for (const [shape, make] of Object.entries(largeFiles[name])) {
    const costs = sizes.map((size) => costOf(make(size * 2 ** 20), format, base))
    const times = costs.map(({ setup, parse }) => {
      if (setup.refused) return 'refused'
      const ratio = (setup.time / parse.time).toFixed(1)
      return `${setup.time.toFixed(2)} s / ${parse.time.toFixed(2)} s = ${ratio}`
    })
    const memory = costs.map(({ setup, parse }) =>
      parse ? (setup.memory / parse.memory).toFixed(1) : 'refused',
    )
    const done = costs.flatMap(({ setup }, index) =>
      setup.refused ? [] : { time: setup.time, size: sizes[index] },
    )
    const [first, last] = [done[1] ?? done[0], done.at(-1)]
    const exponent = Math.log(last.time / first.time) / Math.log(last.size / first.size)
    console.log(`| ${[`${name}, ${shape}`, ...times, memory.join(' / '), exponent.toFixed(2)].join(' | ')} |`)
  }
}

/** What a text takes beyond a tiny one. */
function costOf(text, format, base) {
  const setup = runSetup(format, text)
  // The parser alone may take all of the memory then.
  if (setup.refused) return { setup }
  return { setup: minus(setup, base.setup), parse: minus(runParse(format, text), base.parse) }
}

function minus(one, other) {
  return { time: Math.max(0.01, one.time - other.time), memory: Math.max(1, one.memory - other.memory) }
}

function runSetup({ path, tool }, text) {
  return inHome(path, text, (home) => {
    const args = ['--tool', tool, '--key-file', '-', '--yes', '--no-check', '--json']
    return run([program, ...args], home, `cr_${'0'.repeat(64)}\n`)
  })
}

function runParse({ path, parse }, text) {
  return inHome(path, text, (home) => {
    const code = `const text = require('node:fs').readFileSync(${JSON.stringify(join(home, path))}, 'utf8'); ${parse}`
    return run(['--eval', code], home)
  })
}

function inHome(path, text, work) {
  const home = mkdtempSync(join(tmpdir(), 'qcode-bench-sizes-'))
  try {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
    writeFileSync(join(home, 'measure.cjs'), measuring)
    return work(home)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Seconds of processor time and MiB at most. */
function run(args, home, input) {
  const { status, stderr } = spawnSync(process.execPath, ['--require', join(home, 'measure.cjs'), ...args], {
    cwd: folder,
    input,
    env: { HOME: home, PATH: process.env.PATH, SHELL: '/bin/bash' },
    maxBuffer: 2 ** 30,
  })
  const lines = String(stderr).trim().split('\n')
  // A file of more values than any settings have is refused before it is parsed (exit 1).
  const refused = status === 1 && args.includes('--json')
  if (![0, 3].includes(status) && !refused)
    throw new Error(`${args[0]} ended with ${status}: ${lines.join('\n')}`)
  const [time, memory] = JSON.parse(lines.at(-1))
  return { time, memory, refused }
}
