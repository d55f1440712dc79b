import { createServer, request as send } from 'node:http'
import { connect, type Socket } from 'node:net'
import { close, listen } from './faulty-gateway.ts'

export interface LoopbackProxy {
  readonly url: string
  /** What it was asked for: `CONNECT host:port`, or `POST http://host/path`. */
  readonly hits: string[]
  /** Name and password of each request, byte for byte. */
  readonly logins: (string | undefined)[]
  close(): Promise<void>
}

/**
 * An HTTP proxy on loopback that sends whatever it is asked for to one port of loopback, or to one by the host's name; or
 * answers only this status. A host without a port gets 502.
 */
export async function startProxy(
  target: number | Readonly<Record<string, number>>,
  status?: number,
): Promise<LoopbackProxy> {
  const portOf = (host: string) => (typeof target === 'number' ? target : target[host])
  const hits: string[] = []
  const logins: (string | undefined)[] = []
  const noteLogin = (header = '') => {
    const [, token] = /^Basic (.*)$/.exec(header) ?? []
    logins.push(token === undefined ? undefined : Buffer.from(token, 'base64').toString('latin1'))
  }
  const tunnels = new Set<Socket>()
  const server = createServer((request, reply) => {
    hits.push(`${request.method} ${request.url}`)
    noteLogin(request.headers['proxy-authorization'])
    const { pathname, hostname } = new URL(request.url ?? '')
    const port = portOf(hostname)
    if (status !== undefined || port === undefined) return void reply.writeHead(status ?? 502).end()
    const onward = send({
      port,
      host: '127.0.0.1',
      path: pathname,
      method: request.method,
      headers: request.headers,
    })
    onward.on('response', (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(reply)
    })
    // At the end of a test either side may go first.
    onward.on('error', () => reply.destroy())
    request.pipe(onward)
  })
  server.on('connect', (request, client: Socket) => {
    hits.push(`CONNECT ${request.url}`)
    noteLogin(request.headers['proxy-authorization'])
    const port = portOf((request.url ?? '').split(':')[0] ?? '')
    if (status !== undefined || port === undefined)
      return void client.end(`HTTP/1.1 ${status ?? 502} No\r\ncontent-length: 0\r\n\r\n`)
    const target = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      target.pipe(client).pipe(target)
    })
    for (const socket of [client, target]) {
      tunnels.add(socket)
      socket.on('error', () => socket.destroy())
    }
  })
  const port = await listen(server)
  const stop = () => {
    for (const socket of tunnels) socket.destroy()
    return close(server)
  }
  return { url: `http://127.0.0.1:${port}`, hits, logins, close: stop }
}
