import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createServer as createRawServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { answering, type Faulty, listen, startFaulty } from '../../support/faulty-gateway.ts'
import { startProxy } from '../../support/loopback-proxy.ts'
import { makeCertificates } from '../../support/make-certificates.ts'
import { runProgram, sampleKey } from '../../support/run-program.ts'

const root = mkdtempSync(join(tmpdir(), 'qcode-hostile-network-'))
const keyFile = join(root, 'key')
writeFileSync(keyFile, sampleKey)
const certificates = await makeCertificates()
const open: { close(): unknown }[] = []
afterAll(async () => {
  for (const server of open) await server.close()
  certificates.drop()
  rmSync(root, { recursive: true, force: true })
})

async function opened<Server extends { close(): unknown }>(server: Promise<Server>): Promise<Server> {
  open.push(await server)
  return server
}

/** Everything that sends the key: its test, a round trip with a model, and the check at the end of a setup. */
const commands: Readonly<Record<string, readonly string[]>> = {
  check: ['check', '--live', '--model', 'claude-x', '--key-file', keyFile],
  setup: ['setup', '--tool', 'claude-code', '--yes', '--on-conflict', 'overwrite', '--key-file', keyFile],
}

async function run(command: keyof typeof commands, gateway: string, env = {}, timeout = '20') {
  const home = mkdtempSync(join(root, 'home-'))
  const args = [...(commands[command] ?? []), '--gateway', gateway, '--timeout', timeout]
  return runProgram(args, { home, env })
}

/** Right without a key; whoever comes with one is sent on. */
function redirecting(status: number, location: string): RequestListener {
  return (request, reply) => {
    const hasKey = request.headers.authorization ?? request.headers['x-api-key']
    const headers = hasKey ? { location, refresh: `0; url=${location}` } : {}
    answering(hasKey ? status : 401, {}, headers)(request, reply)
  }
}

const keysSeen = ({ hits }: Faulty) =>
  hits.filter(({ headers }) => JSON.stringify(headers).includes(sampleKey)).length

describe.concurrent('no redirect is followed, so that the key goes nowhere else', () => {
  it.each([
    ['check', 301],
    ['check', 302],
    ['check', 303],
    ['check', 307],
    ['check', 308],
    ['setup', 302],
    ['setup', 307],
  ])('%s: %i to another host, to the same one, and from TLS to none', async (command, status) => {
    const other = await opened(startFaulty(answering(200, { data: [] })))
    const elsewhere = redirecting(status, `${other.origin}/x`)
    const servers = [
      await opened(startFaulty(elsewhere)),
      await opened(startFaulty(redirecting(status, '/other'))),
      await opened(startFaulty(elsewhere, certificates.good)),
    ]
    for (const { origin } of servers) {
      const { exit } = await run(command, origin, { NODE_EXTRA_CA_CERTS: certificates.authority })
      expect(exit).toBe(4)
    }
    expect(servers.map(keysSeen)).not.toContain(0)
    expect(other.hits).toEqual([])
    expect(servers.flatMap(({ hits }) => hits.map(({ path }) => path))).not.toContain('/other')
  })
})

describe.concurrent.each(['check', 'setup'])(
  '%s checks certificates, whatever the environment says',
  (command) => {
    it.each([
      ['NODE_TLS_REJECT_UNAUTHORIZED', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
      [
        'options of Node.js',
        { NODE_OPTIONS: '--tls-min-v1.0 --tls-cipher-list=DEFAULT@SECLEVEL=0 --insecure-http-parser' },
      ],
      ['certificates that are none', { NODE_EXTRA_CA_CERTS: keyFile, SSL_CERT_FILE: keyFile }],
    ])('%s', async (_, env) => {
      const gateway = await opened(startFaulty(answering(401, {}), certificates.good))
      const { exit, stdout, stderr } = await run(command, gateway.origin, env)
      expect([exit, gateway.hits]).toEqual([4, []])
      expect(stdout + stderr).not.toContain(sampleKey)
    })

    it.each([
      ['another name', certificates.otherName],
      ['an earlier time', certificates.expired],
    ])('a certificate for %s is none', async (_, certificate) => {
      const gateway = await opened(startFaulty(answering(401, {}), certificate))
      const env = { NODE_EXTRA_CA_CERTS: certificates.authority, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
      expect((await run(command, gateway.origin, env)).exit).toBe(4)
      expect(gateway.hits).toEqual([])
    })
  },
)

describe.concurrent('proxies', () => {
  it('see of TLS a tunnel alone, and never the key', async () => {
    const gateway = await opened(startFaulty(answering(401, {}), certificates.good))
    const proxy = await opened(startProxy(gateway.port))
    const bytes: Buffer[] = []
    const listener = createRawServer((client) => record(client, Number(new URL(proxy.url).port), bytes))
    const port = await listen(listener)
    open.push({ close: () => new Promise((resolve) => listener.close(resolve)) })
    const env = {
      NODE_EXTRA_CA_CERTS: certificates.authority,
      HTTPS_PROXY: `http://user:pw@127.0.0.1:${port}`,
    }
    const { stdout, stderr } = await run('check', gateway.origin, env)
    expect(keysSeen(gateway)).toBeGreaterThan(0)
    expect(proxy.hits.every((hit) => hit.startsWith('CONNECT '))).toBe(true)
    const seen = Buffer.concat(bytes).toString('latin1')
    expect(seen).toContain('CONNECT')
    expect(seen).not.toContain(sampleKey)
    expect(stdout + stderr).not.toContain('pw@')
  })

  it.each(['socks5://127.0.0.1:1', 'file:///etc/passwd', 'http://', 'http://127.0.0.1:1/\x1b[2J', '::::'])(
    'the proxy %j is used for nothing',
    async (proxy) => {
      const gateway = await opened(startFaulty(answering(401, {}), certificates.good))
      const env = { NODE_EXTRA_CA_CERTS: certificates.authority, HTTPS_PROXY: proxy }
      const { exit, stdout, stderr } = await run('check', gateway.origin, env)
      expect([exit, gateway.hits]).toEqual([4, []])
      expect(stdout + stderr).not.toContain('\x1b[2J')
    },
  )
})

/** Passes bytes on, and keeps those that came from the client. */
function record(client: Socket, port: number, bytes: Buffer[]): void {
  const onward = new (client.constructor as typeof Socket)()
  onward.connect(port, '127.0.0.1')
  client.on('data', (data) => void bytes.push(data as Buffer))
  client.pipe(onward).pipe(client)
  for (const socket of [client, onward]) socket.on('error', () => socket.destroy())
}

describe.concurrent('a server that wants all memory or time', () => {
  const packedZeros = gzipSync(Buffer.alloc(64 * 1024 * 1024))

  it.each<[string, (socket: Socket) => void]>([
    ['headers without an end', (socket) => drip(socket, 'HTTP/1.1 401 No\r\n', 'x-a: b\r\n')],
    ['one header without an end', (socket) => drip(socket, 'HTTP/1.1 401 No\r\nx-a: ', 'b'.repeat(4096))],
    ['a body without an end', (socket) => drip(socket, 'HTTP/1.1 500 No\r\n\r\n', 'b'.repeat(4096))],
    [
      'chunks without an end',
      (socket) => drip(socket, 'HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\nb\r\n'),
    ],
    ['answers without an end', (socket) => drip(socket, '', 'HTTP/1.1 100 Continue\r\n\r\n')],
    [
      'a packed body of 64 MiB',
      (socket) => {
        socket.write(
          `HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${packedZeros.length}\r\n\r\n`,
        )
        socket.end(packedZeros)
      },
    ],
    ['no HTTP at all', (socket) => void socket.end('\0\x1b[2J\r\n'.repeat(1000))],
  ])('%s: an end, and a verdict', async (_, speak) => {
    const sockets = new Set<Socket>()
    const server = createRawServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.once('data', () => speak(socket))
    })
    const port = await listen(server)
    open.push({
      close: () => {
        for (const socket of sockets) socket.destroy()
        server.close()
      },
    })
    const { exit, stdout, stderr } = await run('check', `http://127.0.0.1:${port}`, {}, '2')
    expect(exit).toBe(4)
    expect(stdout + stderr).not.toContain('fault of qcode-setup')
    expect(stdout + stderr).not.toContain('\x1b')
  })
})

function drip(socket: Socket, head: string, rest: string): void {
  socket.write(head)
  const timer = setInterval(() => socket.writable && socket.write(rest), 5)
  socket.on('close', () => clearInterval(timer))
}
