// Measures the commands against an empty Node and prints one table to docs/benchmarks.md, between its markers. Other Nodes to
// measure as well are named as arguments: node scripts/bench.mjs /path/to/node22 /path/to/node24. What is measured gets an
// empty environment but for HOME, PATH and SHELL: a bundle of certificates alone doubles the start of Node.
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const rounds = 15
const warmUps = 2
const oldRuns = 500
const root = fileURLToPath(new URL('..', import.meta.url))
const program = join(root, 'bin', 'qcode-setup.js')
const document = join(root, 'docs', 'benchmarks.md')
const [start, end] = ['<!-- bench: written by npm run bench -->', '<!-- end of bench -->']
const key = `cr_${'0'.repeat(64)}\n`
const place = mkdtempSync(join(tmpdir(), 'qcode-bench-'))
const setup = (tool) => ['setup', '--tool', tool, '--key-file', '-', '--yes', '--no-check', '--json']

const nodes = [process.execPath, ...process.argv.slice(2)]
const versions = nodes.map((node) => execFileSync(node, ['--version'], { encoding: 'utf8' }).trim())
const rows = []
for (const [index, node] of nodes.entries()) {
  rows.push(...startUp(node).map((row) => ({ ...row, node: versions[index] })))
}
rows.push(...withOldRuns(nodes[0]))
rmSync(place, { recursive: true, force: true })
for (const part of ['check', 'lint', 'install']) rows.push(...(await import(`./bench-${part}.mjs`)).rows)
writeTable(rows.map((row) => ({ node: versions[0], ...row })))

/** Each command in an empty home, in turn with an empty Node. */
function startUp(node) {
  const caches = mkdtempSync(join(place, 'cache-'))
  const client = fakeClient(mkdtempSync(join(place, 'client-')))
  const candidates = [
    { what: 'node -e 0', args: ['-e', '0'] },
    { what: 'a client alone', args: ['/bin/sh', client] },
    { what: '--version', args: [program, '--version'], aim: 1.4 },
    { what: '--help', args: [program, '--help'], aim: 1.5 },
    { what: 'print codex', args: [program, 'print', 'codex'], aim: 1.7 },
    { what: 'status', args: [program, 'status'], aim: 1.7 },
    {
      what: 'run, above its client',
      args: [program, 'run', 'claude-code', '--key-file', '-'],
      aim: 1.7,
      above: true,
    },
    { what: 'setup of Codex', args: [program, ...setup('codex')], aim: 3 },
    { what: 'setup of all tools', args: [program, ...setup('all')], aim: 4 },
  ].map((each) => ({ ...each, runs: [] }))
  for (let round = -warmUps; round < rounds; round++) {
    for (const { args, runs } of candidates) {
      const words = args[0] === '/bin/sh' ? args : [node, ...args]
      const run = inHome((home) => measure(words, home, caches, dirname(client)))
      if (round >= 0) runs.push(run)
    }
  }
  const [base, alone, ...own] = candidates.map(({ runs, ...each }) => ({ ...each, ...fastest(runs) }))
  return own.map(({ what, aim, above, ...took }) => {
    const ms = took.ms - (above ? alone.ms : 0)
    const cpu = took.cpu - (above ? alone.cpu : 0)
    return { what, against: base.what, ms, times: ms / base.ms, cpu: cpu / base.cpu, aim }
  })
}

/** A program that stands where `run` looks for Claude Code, and ends at once. */
function fakeClient(folder) {
  const file = join(folder, 'claude')
  writeFileSync(file, '#!/bin/sh\nexit 0\n', { mode: 0o755 })
  return file
}

/** Each command in a home with many old runs, in turn with the same in one without. */
function withOldRuns(node) {
  const commands = { status: ['status'], undo: ['undo', '--yes'], 'setup of Codex': setup('codex') }
  return Object.entries(commands).map(([name, args]) => {
    const runs = [0, oldRuns].map((count) => ({ count, all: [] }))
    for (let round = 0; round < 5; round++) {
      for (const { count, all } of runs) {
        all.push(
          inHome((home) => {
            measure([node, program, ...setup('claude-code')], home)
            addRuns(join(home, '.local/state/qcode-setup/runs'), count)
            return measure([node, program, ...args], home)
          }),
        )
      }
    }
    const [without, ours] = runs.map(({ all }) => fastest(all))
    const times = { times: ours.ms / without.ms, cpu: ours.cpu / without.cpu }
    return {
      what: `${name}, ${oldRuns} old runs`,
      against: 'the same with none',
      ms: ours.ms,
      ...times,
      aim: 1.2,
    }
  })
}

/** Copies of the one run that is there, as if they had come before it. */
function addRuns(folder, count) {
  const [last] = readdirSync(folder)
  const journal = readFileSync(join(folder, last, 'journal.json'), 'utf8')
  for (let index = 1; index <= count; index++) {
    const id = `20200101T000000Z-${index.toString(16).padStart(12, '0')}`
    cpSync(join(folder, last), join(folder, id), { recursive: true })
    const text = journal.replaceAll(last, id).replace('"sequence": 1,', `"sequence": ${index - count},`)
    writeFileSync(join(folder, id, 'journal.json'), text)
  }
}

function inHome(work) {
  const home = mkdtempSync(join(place, 'home-'))
  try {
    return work(home)
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

/** Ms by the clock, and of the processor, as the shell's `time` tells them. */
function measure(words, home, caches = join(home, '.cache'), folder = '/usr/bin') {
  mkdirSync(caches, { recursive: true })
  const env = { HOME: home, XDG_CACHE_HOME: caches, PATH: `${folder}:/usr/bin:/bin`, SHELL: '/bin/bash' }
  const line = 'exec 3>&2; TIMEFORMAT="%R %U %S"; { time "$@" 2>&3; } 2>time.txt'
  const { status, stderr } = spawnSync('bash', ['-c', line, 'bash', ...words], {
    cwd: home,
    env,
    input: key,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${words.join(' ')} ended with ${status}: ${stderr}`)
  const [real, user, system] = readFileSync(join(home, 'time.txt'), 'utf8').split(' ').map(Number)
  return { ms: real * 1000, cpu: (user + system) * 1000 }
}

function fastest(runs) {
  return { ms: Math.min(...runs.map(({ ms }) => ms)), cpu: Math.min(...runs.map(({ cpu }) => cpu)) }
}

function writeTable(all) {
  const lines = all.map(({ what, node, against, ms, times, cpu, aim }) => {
    const cells = [what, node, `${ms.toFixed(0)} ms`, against, times.toFixed(2), cpu?.toFixed(2) ?? '', aim]
    return `| ${cells.join(' | ')} | ${times <= aim ? 'met' : 'not met'} |`
  })
  const table = [
    `Node ${versions.join(', ')} on ${availableParallelism()} cores that others share. The fastest of several runs, taken in`,
    'turn with what they are held against, in an empty environment and a new home; the processor time (user and system) is held',
    'against the same. Compiled code is kept between the runs where Node has a cache for it (22.1 and newer).',
    '',
    '| what | Node | fastest | held against | times | processor | aim | |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n')
  console.log(table)
  const text = readFileSync(document, 'utf8')
  const [before, rest] = text.split(start)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`${dirname(document)}: the markers are missing`)
  writeFileSync(document, `${before}${start}\n\n${table}\n\n${end}${after}`)
}
