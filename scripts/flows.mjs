// Through how many files of src/ a command runs: those in which one of their functions was called, by V8's coverage. The
// table stands in docs/architecture.md between two marks; `--check` says whether it still holds. Which files these are for
// the commands that are started most goes to start-modules.json, for the bundle (module-groups.mjs).
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
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { spawn } from '@lydell/node-pty'
import { build } from 'rolldown'
import { lazyRequires } from './lazy-requires.mjs'
import { common, root } from './program-bundle.mjs'

const document = join(root, 'docs/architecture.md')
const [begin, end] = ['<!-- flows: written by npm run flows -->', '<!-- end of flows -->']
const key = `cr_${'0123456789abcdef'.repeat(4)}`
const newKey = `cr_${'fedcba9876543210'.repeat(4)}`

const stage = mkdtempSync(join(tmpdir(), 'flows-'))
const home = join(stage, 'home')
const program = join(stage, 'program')

/** One file a module, loaded as in the bundle: so what V8 saw of a file is what ran of its module, and no other was needed. */
async function buildModules() {
  await build({
    ...common,
    // CommonJS with circles in it, which modules of their own cannot have.
    external: [...common.external, /^semver\//],
    plugins: [lazyRequires],
    input: { main: 'src/main.ts', 'gateway/stand-in': 'src/gateway/stand-in.ts' },
    output: {
      dir: join(program, 'dist'),
      format: 'cjs',
      preserveModules: true,
      preserveModulesRoot: join(root, 'src'),
      entryFileNames: '[name].js',
    },
  })
  for (const name of ['catalog.json', 'package.json'])
    cpSync(join(root, 'dist', name), join(program, 'dist', name))
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

/** The modules of src/ in which a function was called, from the reports of one or more processes, and all that were loaded. */
function modulesIn(coverage) {
  const dist = pathToFileURL(join(program, 'dist/')).href
  const reports = readdirSync(coverage).map((name) => JSON.parse(readFileSync(join(coverage, name), 'utf8')))
  const modules = reports
    .flatMap(({ result }) => result)
    .filter(({ url }) => url.startsWith(dist))
    .map(({ url, functions }) => ({
      file: relative(join(program, 'dist'), fileURLToPath(url)),
      ran: functions.some(wasCalled),
    }))
    .filter(({ file }) => !file.includes('node_modules') && !file.startsWith('_virtual'))
  return {
    ran: new Set(modules.filter(({ ran }) => ran).map(({ file }) => file)),
    loaded: new Set(modules.map(({ file }) => file)),
  }
}

/** The function without a name that spans a whole file is the file itself. */
function wasCalled({ functionName, ranges: [whole] }) {
  return whole.count > 0 && !(functionName === '' && whole.startOffset === 0)
}

async function coverageOf(act) {
  const coverage = mkdtempSync(join(stage, 'coverage-'))
  await act(environment(coverage))
  return modulesIn(coverage)
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
  const { startStandIn } = createRequire(import.meta.url)(join(program, 'dist/gateway/stand-in.js'))
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
  const add = async (name, act) => {
    const modules = await coverageOf(act)
    flows.push([name, modules.ran.size])
    return modules
  }
  const settle = ['--yes', '--no-check']
  const fresh = {
    start: await coverageOf(run(['--help'])),
    'start-print': await coverageOf(run(['print', 'codex'])),
    'start-status': await coverageOf(run(['status'])),
    'start-run': await coverageOf(run(['run', 'claude-code', '--key-file', keyFile])),
  }
  await add('wizard', answer(wizard))
  rmSync(home, { recursive: true })
  mkdirSync(home)
  const setup = await add(
    'setup --tool codex',
    run(['setup', '--tool', 'codex', '--key-file', keyFile, ...settle]),
  )
  const status = await add('status', run(['status']))
  const ran = await add('run claude-code', run(['run', 'claude-code']))
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
  return { flows, starts: { ...fresh, 'start-set-up': both(status, ran), 'start-setup': setup } }
}

function both(one, other) {
  return { loaded: new Set([...one.loaded, ...other.loaded]) }
}

/** Of each list what none before it has. */
function listed(starts) {
  const taken = new Set()
  const lists = Object.entries(starts).map(([name, modules]) => {
    const own = [...modules.loaded]
      .map((file) => file.replace(/js$/, 'ts'))
      .filter((file) => !taken.has(file))
    for (const file of own) taken.add(file)
    return [name, own.sort()]
  })
  return `${JSON.stringify(Object.fromEntries(lists), null, 2)}\n`
}

function table(flows) {
  const rows = [...flows]
    .sort((one, other) => other[1] - one[1])
    .map(([name, files]) => `| \`${name}\` | ${files} |`)
  return [begin, '', '| command | files of src/ that run |', '| --- | --- |', ...rows, '', end].join('\n')
}

try {
  const { flows, starts } = await measure()
  const now = table(flows)
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
    writeFileSync(join(root, 'scripts/start-modules.json'), listed(starts))
    writeFileSync(document, old === '' ? `${text.trimEnd()}\n\n${now}\n` : text.replace(old, () => now))
    console.log(now)
  }
} finally {
  rmSync(stage, { recursive: true, force: true })
}
