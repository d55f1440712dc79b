import { BlockList, isIP, isIPv6 } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SecureContext } from 'node:tls'
import { debug } from '../debug.ts'
import type { Connection } from './network.ts'
import { Stopwatch, type Times } from './probe-verdict.ts'

/** What decides how the network is reached. */
export interface TransportSettings {
  /** HTTPS_PROXY, HTTP_PROXY and NO_PROXY count, in upper and lower case. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Certificates (PEM) that are trusted besides those of Node.js: the content of NODE_EXTRA_CA_CERTS. */
  readonly certificates?: string
  /** Ends every request when it fires: nobody waits for the reply any more. */
  readonly stop?: AbortSignal
}

interface HttpRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** What is sent by POST; without it the request is a GET. */
  readonly body?: string
  /** Time for all of it, from the name's address to the end of the reply's body. */
  readonly deadlineMs: number
  /** Bytes of the reply's body that are read; 64 KiB where it is left out. */
  readonly longestBody?: number
}

interface Sent {
  readonly times: Times
  /** Scheme and host of the proxy that it went through. */
  readonly proxy?: string
}

/** A whole exchange, whatever its status. */
export interface Reply extends Sent {
  readonly kind: 'reply'
  readonly status: number
  /** By lowercase name; of a header that came more than once, the first. */
  readonly headers: Readonly<Record<string, string>>
  /** The beginning of it, where it is longer than what was asked for. */
  readonly body: string
}

/** No whole reply came. */
export interface Failure extends Sent {
  readonly kind: 'failure'
  /** How far it got. */
  readonly stage: Stopwatch['stage']
  /** Code of the error as Node.js, OpenSSL or undici has it, such as ECONNREFUSED; TIMEOUT when the time was up. */
  readonly code: string
  readonly message: string
}

/** Sends one request. Throws only for a fault of this program; never follows a redirect, never skips the check of a certificate. */
export type Transport = (request: HttpRequest) => Promise<Reply | Failure>

type Whole = Pick<Reply, 'kind' | 'status' | 'headers' | 'body'>

const usualBody = 64 * 1024

/** A transport that gives every request its own connection, so that its times are its own. */
export function createTransport(settings: TransportSettings): Transport {
  let trust: SecureContext | undefined
  return async (request) => {
    // Loaded by the first request, and before the watch starts: other commands do without it.
    const network = await import('./network.ts')
    if (settings.certificates !== undefined) trust ??= network.createTrust(settings.certificates)
    const watch = new Stopwatch()
    let proxy: URL | undefined
    try {
      proxy = chooseProxy(request.url, settings.env)
      const { deadlineMs } = request
      const connection = network.openConnection({ proxy, trust, deadlineMs, watch })
      const reply = await send(request, connection, watch, settings.stop)
      traceProbe(request, String(reply.status), watch)
      return { ...reply, ...sent(proxy, watch) }
    } catch (error) {
      const { code, message } = describe(error)
      traceProbe(request, code, watch)
      return { kind: 'failure', stage: watch.stage, code, message, ...sent(proxy, watch) }
    }
  }
}

function traceProbe({ url, body }: HttpRequest, result: string, watch: Stopwatch): void {
  debug(() => {
    const { host, pathname } = new URL(url)
    return `${body === undefined ? 'GET' : 'POST'} ${host}${pathname}: ${result}, ${watch.times().total} ms`
  })
}

function sent(proxy: URL | undefined, watch: Stopwatch): Sent {
  return { times: watch.times(), ...(proxy && { proxy: `${proxy.protocol}//${proxy.host}` }) }
}

async function send(
  request: HttpRequest,
  connection: Connection,
  watch: Stopwatch,
  stop?: AbortSignal,
): Promise<Whole> {
  const done = new AbortController()
  const stopped = new Promise<never>((_, reject) => {
    const end = () => reject(Object.assign(new Error('The wait was ended'), { code: 'STOPPED' }))
    if (stop?.aborted) end()
    stop?.addEventListener('abort', end, { signal: done.signal })
  })
  // A deadline of our own: undici notices an aborted signal only once it is connected (7.30).
  const expired = sleep(request.deadlineMs, undefined, { signal: done.signal }).then(() => {
    throw Object.assign(new Error('The time was up'), { code: 'TIMEOUT' })
  })
  try {
    return await Promise.race([exchange(request, connection, watch), expired, stopped])
  } finally {
    done.abort()
    connection.close()
  }
}

async function exchange(
  { url, headers, body, longestBody = usualBody }: HttpRequest,
  connection: Connection,
  watch: Stopwatch,
): Promise<Whole> {
  const reply = await connection.send(url, headers, body)
  watch.mark('reply')
  const text = await readBody(reply.body, longestBody)
  return { kind: 'reply', status: reply.statusCode, headers: flatten(reply.headers), body: text }
}

async function readBody(body: AsyncIterable<Uint8Array>, longestBody: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= longestBody) break
  }
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, longestBody))
}

function flatten(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat()[0] ?? '']),
  )
}

/** Trying several addresses of a name gives one error that holds the others. What has no code is no error of a network. */
function describe(error: unknown): { code: string; message: string } {
  const first = error instanceof AggregateError ? error.errors[0] : error
  if (first instanceof ProxyNotUsable) return { code: 'PROXY', message: first.message }
  const { code, message, name } = first as NodeJS.ErrnoException
  // undici 7.30 gives no code where a reply is no HTTP at all.
  if (name === 'HTTPParserError') return { code: code ?? 'NO_HTTP', message }
  if (typeof code !== 'string') throw error
  return { code, message }
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy that a request to this URL goes through, or undefined. The rules are those of curl: the variable of the
 * URL's own scheme, lower case first, an empty one as if it were not there; NO_PROXY holds hosts and their domains, each with an
 * optional port, addresses, ranges of them (CIDR), or `*`.
 * Throws ProxyNotUsable when the variable holds no HTTP proxy.
 */
export function chooseProxy(url: string, env: Environment): URL | undefined {
  const { protocol, hostname, port } = new URL(url)
  const value = read(env, protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  const actualPort = port || (protocol === 'https:' ? '443' : '80')
  if (!value || isExcepted(hostname, actualPort, read(env, 'NO_PROXY') ?? '')) return undefined
  return parseProxy(value)
}

function read(env: Environment, name: string): string | undefined {
  return env[name.toLowerCase()] || env[name]
}

function isExcepted(hostname: string, port: string, exceptions: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '')
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*' || isInNetwork(address, entry)) return true
      const [, host = entry, onlyPort] = /^(.+):(\d+)$/.exec(entry) ?? []
      const domain = host.replace(/^\*?\.|\.$/g, '')
      const isNamed = isInNetwork(address, host) || hostname === domain || hostname.endsWith(`.${domain}`)
      return isNamed && (onlyPort ?? port) === port
    })
}

/** Whether an address is this one, however that is written, or in this range (`10.0.0.0/8`). */
function isInNetwork(address: string, entry: string): boolean {
  const [, network = '', bits] = /^\[?([^/\]]+)\]?(?:\/(\d{1,3}))?$/.exec(entry) ?? []
  const [kind, length] = isIPv6(network) ? (['ipv6', 128] as const) : (['ipv4', 32] as const)
  if (isIP(network) === 0 || isIP(network) !== isIP(address) || Number(bits ?? length) > length) return false
  const list = new BlockList()
  list.addSubnet(network, Number(bits ?? length), kind)
  return list.check(address, kind)
}

/** Like curl, takes a proxy without a scheme for an HTTP one. The value may hold a password, so it is never named. */
function parseProxy(value: string): URL {
  const text = value.includes('://') ? value : `http://${value}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new ProxyNotUsable('HTTPS_PROXY or HTTP_PROXY does not name an HTTP proxy')
}

/** A proxy is named in the environment, but it is none that can be spoken to. */
export class ProxyNotUsable extends Error {}
