import { maskText } from '../secrets/mask-text.ts'
import type { Secret } from '../secrets/secret.ts'
import type { ProbeVerdict, VerdictKind } from './probe-verdict.ts'
import type { Failure, Reply } from './transport.ts'

/** Codes of Node.js, OpenSSL and undici (Node 20 to 24), by what they mean. */
const kinds: readonly (readonly [pattern: RegExp, kind: VerdictKind])[] = [
  [/^(PROXY|UND_ERR_ABORTED|UND_ERR_INVALID_ARG|UND_ERR_PRX_TLS)$/, 'proxy'],
  [/^(TIMEOUT|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'timeout'],
  [/^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL)$/, 'dns'],
  [/^ECONNREFUSED$/, 'refused'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/, 'reset'],
  [/^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_|EPROTO)/, 'tls'],
]

const hints: Readonly<Partial<Record<VerdictKind, string>>> = {
  proxy: 'Correct HTTPS_PROXY or HTTP_PROXY, or name the host in NO_PROXY.',
  timeout: 'Try again, or compare the regions: qcode-setup check --all',
  dns: 'Check the network and the name; behind a company network, set HTTPS_PROXY.',
  refused: 'Check the address and the port; a firewall refuses in the same way.',
  reset:
    'Something on the way cuts the connection: a firewall, a VPN or a proxy. Try another region or set HTTPS_PROXY.',
  unreachable: 'Check the network, the VPN and the address.',
}

const proxyPassword = 'The proxy wants a user name and a password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT'

/** Why no whole reply came. `host` is the one that was asked for. */
export function judgeFailure(failure: Failure, host: string, deadlineMs: number): ProbeVerdict {
  const kind = kindOf(failure)
  const through =
    failure.proxy === undefined || kind === 'proxy' ? '' : ` (through the proxy ${failure.proxy})`
  if (kind === 'tls') return judgeTls(failure, host, through)
  const hint = kind === 'proxy' && /\b407\b/.test(failure.message) ? proxyPassword : hints[kind]
  return { kind, message: `${describe(kind, failure, host, deadlineMs)}${through}`, ...(hint && { hint }) }
}

/** While a proxy is being connected to, every failure is the proxy's. */
function kindOf({ code, proxy, stage }: Failure): VerdictKind {
  if (proxy !== undefined && stage === 'connecting') return 'proxy'
  return kinds.find(([pattern]) => pattern.test(code))?.[1] ?? 'unreachable'
}

function describe(kind: VerdictKind, failure: Failure, host: string, deadlineMs: number): string {
  const { code, proxy } = failure
  switch (kind) {
    case 'proxy':
      return `The proxy ${proxy ?? ''} could not be used: ${cleanServerText(failure.message)}`.replace(
        '  ',
        ' ',
      )
    case 'timeout':
      return `${host}: ${whatWasMissing[failure.stage]} within ${deadlineMs / 1000} s`
    case 'dns':
      return `The name ${host} could not be looked up (${code})`
    case 'refused':
      return `${host} refused the connection: nothing listens there`
    case 'reset':
      return `${host} was reached, but the connection was cut off before a reply (${code})`
    default:
      return `${host} could not be spoken to (${code}: ${cleanServerText(failure.message)})`
  }
}

const whatWasMissing: Readonly<Record<Failure['stage'], string>> = {
  connecting: 'no connection',
  exchange: 'a connection, but no reply',
  body: 'a reply, but no end of it',
}

function judgeTls({ code }: Failure, host: string, through: string): ProbeVerdict {
  const { reason, hint } = tlsReasons.find(({ codes }) => codes.test(code)) ?? noTls
  return { kind: 'tls', message: `${host}: ${reason} (${code})${through}`, hint }
}

const tlsReasons = [
  {
    codes: /EXPIRED|NOT_YET_VALID/,
    reason: 'its certificate is not valid at this time',
    hint: "Check this machine's clock; if it is right, the certificate has to be renewed by its owner.",
  },
  {
    codes: /ALTNAME|HOSTNAME/,
    reason: 'its certificate is for another name',
    hint: 'Check the address; a captive portal or a proxy may answer in its place.',
  },
  {
    codes: /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|CERT_|INVALID_CA)/,
    reason: 'its certificate comes from an authority that is not trusted here',
    hint: 'If a company proxy or a virus scanner opens TLS, set NODE_EXTRA_CA_CERTS to its certificate file.',
  },
]

const noTls = {
  reason: 'no TLS could be agreed on',
  hint: 'Check the address and the port: is it https at all?',
}

/** What could command the terminal or reorder what is read. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu

const longest = 200

/** Text of a server's, fit for a line on the screen: one line, cut, no key and no control character in it. */
export function cleanServerText(text: string, key?: Secret): string {
  const line = maskText(text, key ? [key] : [])
    .replace(unprintable, ' ')
    .trim()
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

/** The JSON object in a body, or an empty one. */
export function readObject(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The sentence in an error as this gateway's family shapes it: `message`, `error.message` or `error`; else ''. */
export function errorMessage(body: string): string {
  const { message, error } = readObject(body)
  const inner = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : error
  return ([message, inner].find((text) => typeof text === 'string') as string | undefined) ?? ''
}

/** How long a 429 asks to wait, as words: from Retry-After, else from `remainingMinutes` or `resetAt` of the body. */
export function limitWait({ headers, body }: Reply): string | undefined {
  const { error, ...own } = readObject(body)
  const told = { ...(typeof error === 'object' ? error : {}), ...own } as Record<string, unknown>
  return fromRetryAfter(headers['retry-after']) ?? inMinutes(told.remainingMinutes) ?? untilTime(told.resetAt)
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function fromRetryAfter(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  return /^\d{1,9}$/.test(value) ? `${value} s` : untilTime(value)
}

function inMinutes(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? `${Math.ceil(value)} min` : undefined
}

function untilTime(value: unknown): string | undefined {
  const time = typeof value === 'string' || typeof value === 'number' ? new Date(value) : undefined
  return time && !Number.isNaN(time.getTime()) ? `until ${time.toISOString()}` : undefined
}
