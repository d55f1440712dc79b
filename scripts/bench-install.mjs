// How long a cold `npm install` of the packed program takes, held against that of a package of one file: both from a registry
// on loopback, each with an empty cache of its own. Aim: at most 1.2.
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const rounds = 7
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'qcode-bench-install-'))
const packages = {}
addPackage(root)
addPackage(onePackage())
const server = createServer(answer)
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const registry = `http://127.0.0.1:${server.address().port}/`

const times = { 'one-file': [], 'qcode-setup': [] }
for (let round = 0; round < rounds; round++) {
  for (const name of Object.keys(times)) times[name].push(await install(name))
}
server.close()
rmSync(folder, { recursive: true, force: true })
const [base, own] = Object.values(times).map((values) => Math.min(...values))
export const rows = [
  { what: 'npm install, cold', against: 'a package of one file', ms: own, times: own / base, aim: 1.2 },
]

function onePackage() {
  const source = join(folder, 'one-file')
  mkdirSync(source)
  writeFileSync(
    join(source, 'package.json'),
    JSON.stringify({ name: 'one-file', version: '1.0.0', bin: 'index.js' }),
  )
  writeFileSync(join(source, 'index.js'), '#!/usr/bin/env node\n')
  return source
}

function addPackage(source) {
  const flags = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]
  const packed = execFileSync('npm', flags, { cwd: source, stdio: ['ignore', 'pipe', 'ignore'] })
  const [{ filename }] = JSON.parse(packed)
  const manifest = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  packages[manifest.name] = { manifest, tarball: readFileSync(join(folder, filename)), filename }
}

function answer({ url = '' }, reply) {
  const tarball = Object.values(packages).find(({ filename }) => basename(url) === filename)
  if (tarball) return reply.end(tarball.tarball)
  const found = packages[url.slice(1)]
  if (!found) return reply.writeHead(404).end('{}')
  const { manifest, filename } = found
  const integrity = `sha512-${createHash('sha512').update(found.tarball).digest('base64')}`
  const dist = { tarball: `${registry}-/${filename}`, integrity }
  const versions = { [manifest.version]: { ...manifest, dist } }
  reply.setHeader('content-type', 'application/json')
  reply.end(JSON.stringify({ name: manifest.name, 'dist-tags': { latest: manifest.version }, versions }))
}

/** Ms. */
async function install(name) {
  const place = mkdtempSync(join(folder, 'place-'))
  const env = {
    PATH: process.env.PATH,
    HOME: place,
    npm_config_cache: join(place, 'cache'),
    npm_config_registry: registry,
  }
  const flags = ['install', name, '--prefix', place, '--no-audit', '--no-fund', '--no-update-notifier']
  const started = performance.now()
  const child = spawn('npm', flags, { cwd: place, env, stdio: 'ignore' })
  const exit = await new Promise((resolve) => child.on('close', resolve))
  if (exit !== 0) throw new Error(`npm install ${name} ended with ${exit}`)
  return performance.now() - started
}
