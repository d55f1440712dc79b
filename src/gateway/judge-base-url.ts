import { type Endpoint, findProtocol, type Gateway } from './gateway.ts'
import { findUrlFaults, regionOfHost, type UrlRuleId } from './url-faults.ts'

/** One rule that a base URL breaks. */
export interface UrlProblem {
  readonly rule: UrlRuleId
  /** What is wrong and what it leads to. */
  readonly message: string
  /** The whole base URL that would be right for this client, or undefined when the host is not known. */
  readonly fix: string | undefined
}

/** What a base URL leads to; without problems, it is right. */
export interface Verdict {
  /** The path that the client will request, or undefined when the text is no URL. */
  readonly requests: string | undefined
  readonly problems: readonly UrlProblem[]
}

/** What the judge has to know of the machine. */
export interface JudgeOptions {
  /** Origins that the user chose on purpose, such as a private relay. */
  readonly knownOrigins?: readonly string[]
}

interface Judged {
  readonly path: string
  readonly endpoint: Endpoint
  readonly routes: readonly string[]
}

type PathRule = { readonly rule: UrlRuleId; readonly breaks: (judged: Judged) => string | undefined }

/** The shape of the path, whether or not it hits a route. */
const shapeRules: readonly PathRule[] = [
  {
    rule: 'double-slash',
    breaks: ({ path }) => (/\/\/./.test(path) ? 'The path holds two slashes in a row.' : undefined),
  },
  {
    rule: 'trailing-slash',
    breaks: ({ path }) =>
      path.endsWith('/') ? 'Some clients only join texts, so a trailing slash doubles.' : undefined,
  },
]

/** Why a path misses every route: the first that fits is the reason. */
const missRules: readonly PathRule[] = [
  { rule: 'full-endpoint', breaks: fullEndpoint },
  { rule: 'doubled-v1', breaks: doubledV1 },
  { rule: 'missing-v1', breaks: missingV1 },
  { rule: 'missing-prefix', breaks: missingPrefix },
  { rule: 'wrong-prefix', breaks: () => 'The path is no prefix of this protocol.' },
]

/**
 * Judges a base URL by the one thing that counts: base URL + what the client appends = the path that is requested.
 * Is that path a route of the client's protocol? Every broken rule is named.
 */
export function judgeBaseUrl(
  text: string,
  endpoint: Endpoint,
  gateway: Gateway,
  options: JudgeOptions = {},
): Verdict {
  const trimmed = text.trim()
  const faults = findUrlFaults(trimmed, gateway)
  const blank: UrlProblem[] =
    trimmed === text
      ? []
      : [{ rule: 'whitespace', message: 'There are blanks around the URL.', fix: undefined }]
  const url = /^https?:\/\//i.test(trimmed) && URL.canParse(trimmed) ? new URL(trimmed) : undefined
  const region = url && regionOfHost(url.hostname, gateway)
  const origin =
    region?.origin ?? (url && options.knownOrigins?.includes(url.origin) ? url.origin : undefined)
  const fix = fixFor(origin ?? faults.find((fault) => fault.fix)?.fix, endpoint)
  const found = [...blank, ...faults.map(({ rule, message }) => ({ rule, message }))]
  if (!url) {
    return { requests: undefined, problems: found.map((problem) => ({ ...problem, fix })) }
  }
  if (!origin) found.push({ rule: 'unknown-host', message: `${url.host} is no address of the gateway.` })
  const written = writtenPath(trimmed)
  const judged = { path: written, endpoint, routes: findProtocol(gateway, endpoint.protocol).routes }
  found.push(...breakPathRules(judged))
  return { requests: written + endpoint.appends, problems: found.map((problem) => ({ ...problem, fix })) }
}

function breakPathRules(judged: Judged): { rule: UrlRuleId; message: string }[] {
  const shape = shapeRules.flatMap(({ rule, breaks }) => toProblem(rule, breaks(judged)))
  const clean = judged.path.replace(/\/{2,}/g, '/').replace(/\/$/, '')
  if (judged.routes.includes(clean + judged.endpoint.appends)) return shape
  const cleaned = { ...judged, path: clean }
  const miss = missRules.flatMap(({ rule, breaks }) => toProblem(rule, breaks(cleaned)))[0]
  return miss ? [...shape, miss] : shape
}

function toProblem(rule: UrlRuleId, message: string | undefined): { rule: UrlRuleId; message: string }[] {
  return message === undefined ? [] : [{ rule, message }]
}

/** The path as written, since URL parsing would hide `//` at its start and resolve dots. */
function writtenPath(text: string): string {
  return text.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/, '')
}

function fixFor(url: string | undefined, endpoint: Endpoint): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  return new URL(url).origin + endpoint.prefix
}

function fullEndpoint({ path, routes }: Judged): string | undefined {
  return routes.includes(path)
    ? 'This is a whole endpoint; the client appends its tail once more.'
    : undefined
}

function doubledV1({ path, endpoint, routes }: Judged): string | undefined {
  const once = (path + endpoint.appends).replace('/v1/v1/', '/v1/')
  return once !== path + endpoint.appends && routes.includes(once)
    ? 'The client appends /v1 itself, so it would stand there twice.'
    : undefined
}

function missingV1({ path, endpoint, routes }: Judged): string | undefined {
  return routes.includes(`${path}/v1${endpoint.appends}`)
    ? 'The client does not append /v1, so it has to stand here.'
    : undefined
}

function missingPrefix({ path }: Judged): string | undefined {
  return path === '' || path === '/v1'
    ? 'The gateway chooses the protocol by the path, and there is none.'
    : undefined
}
