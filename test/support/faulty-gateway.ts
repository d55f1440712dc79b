import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import {
  type AddressInfo,
  connect,
  createServer as createRawServer,
  type Server as RawServer,
} from 'node:net'

export interface Faulty {
  readonly origin: string
  readonly port: number
  /** Each request: method, path, and the headers. */
  readonly hits: { readonly method: string; readonly path: string; readonly headers: NodeJS.Dict<unknown> }[]
  close(): Promise<void>
}

/** A gateway on loopback that does what the listener says; with a certificate, over TLS. */
export async function startFaulty(
  listener: RequestListener,
  tls?: { readonly key: string; readonly cert: string },
): Promise<Faulty> {
  const hits: Faulty['hits'] = []
  const recording: RequestListener = (request, reply) => {
    hits.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers })
    request.resume()
    listener(request, reply)
  }
  const server = tls ? createTlsServer(tls, recording) : createServer(recording)
  const port = await listen(server)
  return { origin: `http${tls ? 's' : ''}://127.0.0.1:${port}`, port, hits, close: () => close(server) }
}

/** A listener that answers everything with this status and body. */
export function answering(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): RequestListener {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json'
  return (_request, reply) => reply.writeHead(status, { 'content-type': type, ...headers }).end(text)
}

export const faults = {
  /** Cuts the connection in place of a reply. */
  reset: (request) => request.socket.resetAndDestroy(),
  /** Takes the request and never replies. */
  silent: () => undefined,
  /** Begins a reply and never ends it. */
  endless: (_request, reply) => void reply.writeHead(401, { 'content-type': 'application/json' }).write('{'),
  /** A body of which a little comes for ever. */
  dripping: (_request, reply) => {
    const drip = setInterval(() => reply.write(' '), 20)
    reply.on('close', () => clearInterval(drip))
  },
  /** The login page of a network. */
  portal: answering(200, '<!doctype html><title>Welcome to the Wi-Fi</title>'),
  noRoute: (request, reply) =>
    answering(404, { error: 'Not Found', message: `Route ${request.url} not found` })(request, reply),
  limit: answering(429, { error: 'Too many requests', remainingMinutes: 12 }),
  broken: answering(500, { error: 'Relay service error', message: 'No accounts \u001b[31mleft' }),
  redirect: answering(302, {}, { location: 'https://elsewhere.invalid/login' }),
  /** No fault: 401 without a key, and with one the 400 that an empty request gets. */
  none: (request, reply) => {
    const hasKey = request.headers.authorization ?? request.headers['x-api-key']
    const status = hasKey === undefined ? 401 : 400
    answering(status, { error: 'as it should be' })(request, reply)
  },
  rightWithoutKey: answering(401, { error: 'Missing API key', message: 'Please provide an API key' }),
} as const satisfies Record<string, RequestListener>

/**
 * A port of loopback on which nothing listens, nor will while this process lives: it is the near end of a connection
 * that stays open, so that the system gives it to nobody.
 */
export async function deadPort(): Promise<number> {
  const server = createRawServer((far) => far.unref())
  const near = connect(await listen(server), '127.0.0.1')
  await once(near, 'connect')
  server.unref()
  near.unref()
  return near.localPort ?? 0
}

/** A name that no resolver is asked for, since a part of it is too long: it has no address, and that is known at once. */
export const nowhere = `${'x'.repeat(64)}.invalid`

/** Gives the port of loopback that the system chose. */
export async function listen(server: RawServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

export function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
