// Prints the processor time and the memory that a setup takes on large files of many shapes, beside one parse of the same
// file by the parser of its format alone (smol-toml, jsonc-parser, the CST parser of yaml), each less what a tiny file
// takes. Aim: at most 4 times the time and twice the memory, and time that grows no faster than the size (exponent 1.05).
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** In MiB. */
const [small, large] = [1, 4]
const folder = fileURLToPath(new URL('..', import.meta.url))
const program = join(folder, 'bin', 'qcode-setup.js')
const measuring = `process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
require('node:fs').writeSync(2, '\\n' + JSON.stringify([(userCPUTime + systemCPUTime) / 1e6, maxRSS / 1024])) })`
const prose = 'Lorem ipsum dolor sit amet, consectetur adipiscing elit. '

const formats = {
  TOML: {
    path: '.codex/config.toml',
    tool: 'codex',
    parse: `require('smol-toml').parse(text)`,
    tiny: 'a = 1\n',
    shapes: {
      'many keys': (size) => filled(size, (index) => `name_${index} = "value ${index}"\n`),
      'many tables': (size) =>
        filled(size, (index) => `[projects."/home/me/p${index}"]\ntrust_level = "trusted"\n\n`),
      'deep nesting': (size) =>
        filled(size, (index) => `k${index} = ${'['.repeat(150)}1${']'.repeat(150)}\n`),
      'one long list': (size) => `list = [\n${filled(size, (index) => `  "value ${index}",\n`)}]\n`,
      'one long line': (size) => `table = {a = 1${filled(size, (index) => `,k${index}=${index}`)}}\n`,
      'one long text': (size) => `text = "${filled(size, () => prose)}"\n`,
      comments: (size) => `a = 1\n${filled(size, () => `# ${prose}\n`)}`,
    },
  },
  JSON: {
    path: '.claude/settings.json',
    tool: 'claude-code',
    parse: `require('jsonc-parser').parseTree(text)`,
    tiny: '{}\n',
    shapes: {
      'many keys': (size) =>
        `{${filled(size, (index) => `\n  "name_${index}": "value ${index}",`)}\n  "a": 1\n}\n`,
      'the same in a line': (size) =>
        `{${filled(size, (index) => `"name_${index}":"value ${index}",`)}"a":1}`,
      'many objects': (size) =>
        `{${filled(size, (index) => `"/home/p${index}":{"x":true,"n":${index}},`)}"a":1}`,
      'deep nesting': (size) =>
        `{${filled(size, (index) => `\n"k${index}": ${'['.repeat(150)}1${']'.repeat(150)},`)}\n"a": 1}\n`,
      'one long list': (size) => `{"list":[${filled(size, (index) => `${index},`)}0]}`,
      'one long text': (size) => `{"text":"${filled(size, () => prose)}"}`,
    },
  },
  YAML: {
    path: '.aider.conf.yml',
    tool: 'aider',
    parse: `[...new (require('yaml').Parser)().parse(text)]`,
    tiny: 'a: 1\n',
    shapes: {
      'many keys': (size) => filled(size, (index) => `name_${index}: value ${index}\n`),
      'many mappings': (size) => filled(size, (index) => `p${index}:\n  x: true\n  n: ${index}\n`),
      'one long list': (size) => `list:\n${filled(size, (index) => `  - value ${index}\n`)}`,
      'one long line': (size) => `table: {a: 1${filled(size, (index) => `, k${index}: ${index}`)}}\n`,
      'deep nesting': (size) => filled(size, (index) => `k${index}: ${'['.repeat(150)}1${']'.repeat(150)}\n`),
      'one long text': (size) => `text: |\n${filled(size, () => `  ${prose}\n`)}`,
    },
  },
}

const [, , onlyFormat] = process.argv
console.log(`| file of ${large} MiB | setup | one parse | times | memory | of a parse | times | exponent |`)
console.log('| --- | --- | --- | --- | --- | --- | --- | --- |')
for (const [name, format] of Object.entries(formats)) {
  if (onlyFormat !== undefined && onlyFormat !== name) continue
  const base = { setup: runSetup(format, format.tiny), parse: runParse(format, format.tiny) }
  for (const [shape, make] of Object.entries(format.shapes)) {
    const [less, more] = [small, large].map((size) => costOf(make(size * 2 ** 20), format, base))
    const exponent = Math.log(more.setup.time / less.setup.time) / Math.log(large / small)
    const row = [
      `${name}, ${shape}`,
      `${more.setup.time.toFixed(2)} s`,
      `${more.parse.time.toFixed(2)} s`,
      (more.setup.time / more.parse.time).toFixed(1),
      `${more.setup.memory.toFixed(0)} MiB`,
      `${more.parse.memory.toFixed(0)} MiB`,
      (more.setup.memory / more.parse.memory).toFixed(1),
      exponent.toFixed(2),
    ]
    console.log(`| ${row.join(' | ')} |`)
  }
}

/** What a text takes beyond a tiny one. */
function costOf(text, format, base) {
  const [setup, parse] = [runSetup(format, text), runParse(format, text)]
  return { setup: minus(setup, base.setup), parse: minus(parse, base.parse) }
}

function minus(one, other) {
  return { time: Math.max(0.01, one.time - other.time), memory: Math.max(1, one.memory - other.memory) }
}

function filled(size, piece) {
  const pieces = []
  for (let index = 0, length = 0; length < size; index++) {
    pieces.push(piece(index))
    length += pieces.at(-1).length
  }
  return pieces.join('')
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
  if (![0, 3].includes(status)) throw new Error(`${args[0]} ended with ${status}: ${lines.join('\n')}`)
  const [time, memory] = JSON.parse(lines.at(-1))
  return { time, memory }
}
