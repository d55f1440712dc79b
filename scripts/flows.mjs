// Through how many files of src/ a command runs: those in which one of their functions was called, by V8's coverage. The
// table stands in docs/architecture.md between two marks; `--check` says whether it still holds.
//   node scripts/flows.mjs [--check]
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { spawn } from '@lydell/node-pty'
import { build } from 'rolldown'
import { common, root } from './program-bundle.mjs'

const document = join(root, 'docs/architecture.md')
const [begin, end] = ['<!-- flows: written by npm run flows -->', '<!-- end of flows -->']
const key = `cr_${'0123456789abcdef'.repeat(4)}`
const newKey = `cr_${'fedcba9876543210'.repeat(4)}`

const stage = mkdtempSync(join(tmpdir(), 'flows-'))
const home = join(stage, 'home')
const program = join(stage, 'program')

/** One file a module, so that what V8 saw of a file is what ran of its module. */
async function buildModules() {
  await build({
    ...common,
    // CommonJS with circles in it, which modules of their own cannot have.
    external: [...common.external, /^semver\//],
    input: { main: 'src/main.ts', 'gateway/stand-in': 'src/gateway/stand-in.ts' },
    output: {
      dir: join(program, 'dist'),
      format: 'esm',
      preserveModules: true,
      preserveModulesRoot: join(root, 'src'),
      entryFileNames: '[name].js',
    },
  })
  cpSync(join(root, 'dist/catalog.json'), join(program, 'dist/catalog.json'))
  for (const name of ['bin', 'package.json'])
    cpSync(join(root, name), join(program, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(program, 'node_modules'))
}

/** A client that is found is offered first and ticked, and the wizard has nothing to install. */
const bin = join(stage, 'bin')

function environment(coverage) {
  return {
    HOME: home,
    PATH: `${bin}:/usr/bin:/bin`,
    SHELL: '/bin/bash',
    TERM: 'xterm-256color',
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    NODE_V8_COVERAGE: coverage,
  }
}

/** The modules of src/ in which a function was called, from the reports of one or more processes. */
function modulesIn(coverage) {
  const dist = pathToFileURL(join(program, 'dist/')).href
  const reports = readdirSync(coverage).map((name) => JSON.parse(readFileSync(join(coverage, name), 'utf8')))
  const ran = reports.flatMap(({ result }) =>
    result
      .filter(({ url, functions }) => url.startsWith(dist) && functions.some(wasCalled))
      .map(({ url }) => url),
  )
  const files = ran.map((url) => relative(join(program, 'dist'), fileURLToPath(url)))
  return new Set(files.filter((file) => !file.includes('node_modules') && !file.startsWith('_virtual')))
}

/** The function without a name that spans a whole file is the file itself. */
function wasCalled({ functionName, ranges: [whole] }) {
  return whole.count > 0 && !(functionName === '' && whole.startOffset === 0)
}

function coverageOf(name, act) {
  const coverage = join(stage, `coverage-${name.replaceAll(' ', '-')}`)
  mkdirSync(coverage)
  return Promise.resolve(act(environment(coverage))).then(() => modulesIn(coverage).size)
}

/** The exit code is of no interest: 3 and 4 are ends of a command as well. */
function run(args) {
  return (env) => {
    try {
      execFileSync(process.execPath, [join(program, 'bin/qcode-setup.js'), ...args], {
        env,
        cwd: home,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    } catch (error) {
      if (error.status === 1 || error.status === 2) throw new Error(`${args.join(' ')}: ${error.stderr}`)
    }
  }
}

/** Answers one question after the other, each when the screen has come to rest. */
function answer(answers) {
  return (env) =>
    new Promise((resolve) => {
      const terminal = spawn(process.execPath, [join(program, 'bin/qcode-setup.js'), '--no-check'], {
        name: 'xterm-256color',
        cols: 100,
        rows: 40,
        cwd: home,
        env,
      })
      const rest = [...answers]
      let timer
      terminal.onData(() => {
        clearTimeout(timer)
        timer = setTimeout(() => {
          const next = rest.shift()
          if (next !== undefined) terminal.write(next)
        }, 500)
      })
      terminal.onExit(() => resolve())
    })
}

async function measure() {
  await buildModules()
  mkdirSync(home)
  const { startStandIn } = await import(pathToFileURL(join(program, 'dist/gateway/stand-in.js')).href)
  const { gateway } = JSON.parse(readFileSync(join(root, 'dist/catalog.json'), 'utf8'))
  const standIn = await startStandIn(gateway, key)
  const [keyFile, newKeyFile] = [join(stage, 'key'), join(stage, 'new-key')]
  writeFileSync(keyFile, key, { mode: 0o600 })
  writeFileSync(newKeyFile, newKey, { mode: 0o600 })
  const config = join(home, '.codex/config.toml')
  mkdirSync(bin)
  writeFileSync(join(bin, 'claude'), '#!/bin/sh\necho 2.1.197\n', { mode: 0o755 })
  // The tool that is ticked, the first region, the key, and to the end by what is suggested.
  const wizard = ['\r', '\r', `${key}\r`, '\r', '\r', '\r', '\r']
  const flows = []
  const add = async (name, act) => flows.push([name, await coverageOf(name, act)])
  const settle = ['--yes', '--no-check']
  await add('wizard', answer(wizard))
  rmSync(home, { recursive: true })
  mkdirSync(home)
  await add('setup --tool codex', run(['setup', '--tool', 'codex', '--key-file', keyFile, ...settle]))
  await add('status', run(['status']))
  await add('print codex', run(['print', 'codex']))
  await add('check', run(['check', '--gateway', standIn.origin, '--key-file', keyFile]))
  await add('doctor', run(['doctor']))
  await add('key rotate', run(['key', 'rotate', '--key-file', newKeyFile, ...settle]))
  await add('switch', run(['switch', 'us', ...settle]))
  await add('undo', run(['undo', '--yes']))
  writeFileSync(config, readFileSync(config, 'utf8').replace('/openai"', '/openai/"'))
  await add('lint --fix', run(['lint', '--fix', '--yes']))
  await add('remove', run(['remove', '--yes']))
  await standIn.close()
  return flows
}

function table(flows) {
  const rows = [...flows]
    .sort((one, other) => other[1] - one[1])
    .map(([name, files]) => `| \`${name}\` | ${files} |`)
  return [begin, '', '| command | files of src/ that run |', '| --- | --- |', ...rows, '', end].join('\n')
}

try {
  const now = table(await measure())
  const text = readFileSync(document, 'utf8')
  const from = text.indexOf(begin)
  const old = from < 0 ? '' : text.slice(from, text.indexOf(end) + end.length)
  if (process.argv.includes('--check')) {
    console.log(
      now === old
        ? 'docs/architecture.md: the table of flows holds.'
        : `docs/architecture.md: stale, npm run flows\n${now}`,
    )
    process.exitCode = now === old ? 0 : 1
  } else {
    writeFileSync(document, old === '' ? `${text.trimEnd()}\n\n${now}\n` : text.replace(old, () => now))
    console.log(now)
  }
} finally {
  rmSync(stage, { recursive: true, force: true })
}
