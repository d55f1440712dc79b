import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'
import { Agent, buildConnector, type Dispatcher, Pool, ProxyAgent, request } from 'undici'
import type { Stopwatch } from './probe-verdict.ts'

interface ConnectionSettings {
  readonly proxy: URL | undefined
  /** What is trusted; without it, the certificates of Node.js. */
  readonly trust: SecureContext | undefined
  readonly deadlineMs: number
  readonly watch: Stopwatch
}

type Mark = 'connect' | 'tls'

type Headers = Readonly<Record<string, string>>

/** Trusts these certificates (PEM) besides those of Node.js. Takes some 10 ms, so it is made once. */
export function createTrust(certificates: string): SecureContext {
  return createSecureContext({ ca: [...rootCertificates, certificates] })
}

/** For one request, directly or through the proxy; the time of each step is taken. The deadline is for connecting alone. */
export interface Connection {
  /** A POST, or without a body a GET. No redirect is followed, no body is unpacked. */
  send(url: string, headers: Headers, body?: string): Promise<Dispatcher.ResponseData>
  close(): void
}

/**
 * A connection for one exchange, directly or through a proxy. It has no limits for headers and body of its own: who
 * asks holds the time for all of it.
 */
export function openConnection(settings: ConnectionSettings): Connection {
  const dispatcher = settings.proxy ? throughProxy(settings.proxy, settings) : directly(settings)
  const options = { dispatcher, headersTimeout: 0, bodyTimeout: 0 } as const
  return {
    send: (url, headers, body) =>
      request(url, { ...options, headers, ...(body === undefined ? {} : { method: 'POST', body }) }),
    close: () => void dispatcher.destroy(),
  }
}

function directly(settings: ConnectionSettings): Dispatcher {
  const { watch } = settings
  const plain = buildConnector(socketOptions(settings))
  const secure = buildConnector(tlsOptions(settings))
  return new Agent({
    connect: (options, callback) => {
      const port = options.port || (options.protocol === 'https:' ? '443' : '80')
      plain({ ...options, port, protocol: 'http:' }, (...[error, socket]) => {
        if (error) return callback(error, null)
        watch.mark('connect')
        if (options.protocol !== 'https:') return callback(null, socket)
        secure({ ...options, httpSocket: socket }, marking(watch, 'tls', callback))
      })
    },
  })
}

/** HTTPS goes through a tunnel (CONNECT), plain HTTP in the absolute form, since many proxies open no tunnel to port 80. */
function throughProxy(proxy: URL, settings: ConnectionSettings): Dispatcher {
  const { watch } = settings
  const pool = (mark: Mark) => (origin: string | URL, options: object) => {
    const { connect } = options as { connect: buildConnector.connector }
    const timed: buildConnector.connector = (given, callback) =>
      connect(given, marking(watch, mark, callback))
    return new Pool(origin, { ...options, connect: timed })
  }
  const token = proxyToken(proxy)
  return new ProxyAgent({
    uri: proxy.origin,
    ...(token !== undefined && { token }),
    proxyTunnel: false,
    proxyTls: { ...socketOptions(settings), ...tlsOptions(settings) },
    requestTls: tlsOptions(settings),
    clientFactory: pool('connect'),
    factory: (origin, options) =>
      pool(new URL(origin).host === proxy.host ? 'connect' : 'tls')(origin, options),
  })
}

/** Name and password as curl reads them: a `%` that begins no escape stands for itself. undici 7.30 throws at it. */
function proxyToken({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  const words = [unescapeBytes(username), Buffer.from(':'), unescapeBytes(password)]
  return `Basic ${Buffer.concat(words).toString('base64')}`
}

/** Escapes are bytes of any encoding, so they are not read as UTF-8. */
function unescapeBytes(text: string): Buffer {
  const parts = text.split(/(%[0-9a-f]{2})/i)
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part))),
  )
}

function marking(watch: Stopwatch, mark: Mark, callback: buildConnector.Callback): buildConnector.Callback {
  return (...[error, socket]) => {
    if (error) return callback(asFinal(error), null)
    watch.mark(mark)
    callback(null, socket)
  }
}

/** undici 7.30 opens a tunnel again and again when the proxy closes it without an answer: it knows the error by its code. */
function asFinal(error: Error & { readonly code?: string }): Error {
  if (error.code !== 'UND_ERR_SOCKET') return error
  return Object.assign(new Error(error.message), { code: 'ECONNRESET' })
}

function socketOptions({ watch, deadlineMs }: ConnectionSettings): buildConnector.BuildOptions {
  const timedLookup: LookupFunction = (hostname, options, callback) =>
    lookup(hostname, options, (error, address, family) => {
      if (!error) watch.mark('dns')
      callback(error, address, family)
    })
  return { lookup: timedLookup, timeout: deadlineMs } as buildConnector.BuildOptions
}

/** Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED=0 and --tls-min-v1.0 of NODE_OPTIONS change nothing here. */
function tlsOptions({ trust, deadlineMs }: ConnectionSettings): buildConnector.BuildOptions {
  return {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    timeout: deadlineMs,
    ...(trust && { secureContext: trust }),
  }
}
