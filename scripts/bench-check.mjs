// How long the check of all five regions takes, held against the slowest of them alone. Gateways on loopback wait before
// they answer; they stand behind a proxy, so that the program asks for the regions' own addresses. Aim: at most 1.3.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const rounds = 5
/** In ms. */
const delays = { global: 60, us: 120, eu: 180, asia: 240, china: 300 }
const program = fileURLToPath(new URL('../bin/qcode-setup.js', import.meta.url))
const { regions } = JSON.parse(readFileSync(new URL('../dist/catalog.json', import.meta.url), 'utf8')).gateway

const folder = mkdtempSync(join(tmpdir(), 'qcode-bench-'))
const tls = makeCertificate()
const servers = []
const ports = {}
for (const { id, origin } of regions) {
  const answer = (request, reply) => answerLate(request, reply, delays[id])
  if (origin.startsWith('https:'))
    ports[new URL(origin).hostname] = await listen(createTlsServer(tls, answer))
}
const proxy = `http://127.0.0.1:${await listen(startProxy())}`

const times = { all: [], slowest: [] }
await check('--all')
for (let round = 0; round < rounds; round++) {
  times.slowest.push(await check('--region', 'china'))
  times.all.push(await check('--all'))
}
const [all, slowest] = [median(times.all), median(times.slowest)]
export const rows = [
  {
    what: 'check --all',
    against: 'check of the slowest of the five regions',
    ms: all,
    times: all / slowest,
    aim: 1.3,
  },
]

for (const server of servers) {
  server.close()
  server.closeAllConnections()
}
rmSync(folder, { recursive: true, force: true })

/** Ms from the start of the program to its whole answer. */
async function check(...flags) {
  const started = performance.now()
  const env = {
    HOME: folder,
    PATH: process.env.PATH,
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
  }
  const child = spawn(process.execPath, [program, 'check', '--json', ...flags], { env })
  let text = ''
  let answered = 0
  child.stdout.on('data', (chunk) => {
    text += chunk
    answered = performance.now()
  })
  const exit = await new Promise((resolve) => child.on('close', resolve))
  if (exit !== 0) throw new Error(`check ${flags.join(' ')} ended with ${exit}: ${text}`)
  return answered - started
}

function answerLate(request, reply, delay) {
  request.resume()
  setTimeout(() => reply.writeHead(401, { 'content-type': 'application/json' }).end('{}'), delay)
}

/** Opens tunnels to the gateways with TLS, and answers in place of the plain one. */
function startProxy() {
  const server = createServer((request, reply) => answerLate(request, reply, delays.china))
  server.on('connect', (request, client) => {
    const target = connect(ports[request.url.split(':')[0]], '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      target.pipe(client).pipe(target)
    })
    for (const socket of [client, target]) socket.on('error', () => socket.destroy())
  })
  return server
}

function makeCertificate() {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=bench']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem')
  openssl('req', ...key, '-keyout', 'key.pem', '-out', 'request.pem')
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:*.qcode.cc\n')
  const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names']
  openssl('x509', '-req', '-in', 'request.pem', '-out', 'cert.pem', ...signer)
  return { key: readFileSync(join(folder, 'key.pem')), cert: readFileSync(join(folder, 'cert.pem')) }
}

async function listen(server) {
  servers.push(server)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server.address().port
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}
