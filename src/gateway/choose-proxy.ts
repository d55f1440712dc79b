type Environment = Readonly<Record<string, string | undefined>>

/**
 * The proxy that a request to this URL goes through, or undefined. The rules are those of curl: the variable of the
 * URL's own scheme, lower case first, an empty one as if it were not there; NO_PROXY holds hosts and their domains, each with an optional port, or `*`.
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
  return exceptions
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true
      const [, host = entry, onlyPort] = /^(.+):(\d+)$/.exec(entry) ?? []
      const domain = host.replace(/^\*?\./, '')
      return (hostname === domain || hostname.endsWith(`.${domain}`)) && (onlyPort ?? port) === port
    })
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
