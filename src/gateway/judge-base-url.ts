import { distance } from 'fastest-levenshtein'
import { type Message, say } from '../texts/message.ts'
import { type Endpoint, findProtocol, type Gateway, type Region } from './gateway.ts'
import { Origin } from './origin.ts'
import { findUrlFaults, regionOfHost, type UrlRuleId } from './url-faults.ts'

/** One rule that a base URL breaks. */
export interface UrlProblem {
  readonly rule: UrlRuleId
  /** What is wrong and what it leads to. */
  readonly message: Message
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

type PathRule = { readonly rule: UrlRuleId; readonly breaks: (judged: Judged) => Message | undefined }

/** The shape of the path, whether or not it hits a route. */
const shapeRules: readonly PathRule[] = [
  {
    rule: 'double-slash',
    breaks: ({ path }) => (/\/\/./.test(path) ? say('url.double-slash') : undefined),
  },
  {
    rule: 'trailing-slash',
    breaks: ({ path }) => (path.endsWith('/') ? say('url.trailing-slash') : undefined),
  },
]

/** Why a path misses every route: the first that fits is the reason. */
const missRules: readonly PathRule[] = [
  { rule: 'full-endpoint', breaks: fullEndpoint },
  { rule: 'doubled-v1', breaks: doubledV1 },
  { rule: 'missing-v1', breaks: missingV1 },
  { rule: 'missing-prefix', breaks: missingPrefix },
  { rule: 'wrong-prefix', breaks: () => say('url.wrong-prefix') },
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
    trimmed === text ? [] : [{ rule: 'whitespace', message: say('url.blank-around'), fix: undefined }]
  const url = /^https?:\/\//i.test(trimmed) && URL.canParse(trimmed) ? new URL(trimmed) : undefined
  const region = url && regionOfHost(url.hostname, gateway)
  const origin =
    region?.origin ?? (url && options.knownOrigins?.includes(url.origin) ? url.origin : undefined)
  const fix = fixFor(origin ?? faults.find((fault) => fault.fix)?.fix, endpoint)
  const found = [...blank, ...faults.map(({ rule, message }) => ({ rule, message }))]
  if (!url) {
    return { requests: undefined, problems: found.map((problem) => ({ ...problem, fix })) }
  }
  if (!origin) found.push({ rule: 'unknown-host', message: say('url.unknown-host', { host: url.host }) })
  const written = writtenPath(trimmed)
  const judged = { path: written, endpoint, routes: findProtocol(gateway, endpoint.protocol).routes }
  found.push(...breakPathRules(judged))
  return { requests: written + endpoint.appends, problems: found.map((problem) => ({ ...problem, fix })) }
}

/** Whether the gateway answers 404 to what a client requests by it, whatever else is wrong. */
export function missesRoute({ requests, problems }: Pick<Judgement, 'requests' | 'problems'>): boolean {
  return requests !== undefined && problems.some(({ rule }) => missRules.some((miss) => miss.rule === rule))
}

function breakPathRules(judged: Judged): { rule: UrlRuleId; message: Message }[] {
  const shape = shapeRules.flatMap(({ rule, breaks }) => toProblem(rule, breaks(judged)))
  const clean = judged.path.replace(/\/{2,}/g, '/').replace(/\/$/, '')
  if (judged.routes.includes(clean + judged.endpoint.appends)) return shape
  const cleaned = { ...judged, path: clean }
  const miss = missRules.flatMap(({ rule, breaks }) => toProblem(rule, breaks(cleaned)))[0]
  return miss ? [...shape, miss] : shape
}

function toProblem(rule: UrlRuleId, message: Message | undefined): { rule: UrlRuleId; message: Message }[] {
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

function fullEndpoint({ path, endpoint, routes }: Judged): Message | undefined {
  return routes.includes(path) ? say('url.full-endpoint', { appends: endpoint.appends }) : undefined
}

function doubledV1({ path, endpoint, routes }: Judged): Message | undefined {
  const once = (path + endpoint.appends).replace('/v1/v1/', '/v1/')
  return once !== path + endpoint.appends && routes.includes(once) ? say('url.doubled-v1') : undefined
}

function missingV1({ path, endpoint, routes }: Judged): Message | undefined {
  return routes.includes(`${path}/v1${endpoint.appends}`) ? say('url.missing-v1') : undefined
}

function missingPrefix({ path }: Judged): Message | undefined {
  return path === '' || path === '/v1' ? say('url.missing-prefix') : undefined
}

/** A base URL that was judged right for the client it is written for. Made only by this folder. */
export class BaseUrl {
  readonly text: string
  /** The absolute path that the client will request. */
  readonly requests: string

  private constructor(text: string, requests: string) {
    this.text = text
    this.requests = requests
  }

  /** `origin + prefix`; throws when the path that the client would request is no route (a fault of the tool's folder). */
  static build(origin: Origin, endpoint: Endpoint, gateway: Gateway): BaseUrl {
    const text = origin.text + endpoint.prefix
    const { requests, problems } = judgeBaseUrl(text, endpoint, gateway, { knownOrigins: [origin.text] })
    const problem = problems[0]
    if (problem || requests === undefined) throw new Error(`${text}: ${problem?.rule ?? 'no URL'}`)
    return new BaseUrl(text, requests)
  }

  toString(): string {
    return this.text
  }
}

/** What is wrong with a base URL that one of several clients reads. */
export interface Judgement {
  readonly problems: readonly Pick<UrlProblem, 'rule' | 'message'>[]
  /** The path that would be requested; undefined when the clients differ, or when the text is no URL. */
  readonly requests: string | undefined
  /** The base URL that is right; undefined where the host or the client is open. Judged right itself. */
  readonly fix: string | undefined
}

interface Candidate {
  readonly verdict: Verdict
  readonly endpoint: Endpoint
}

/**
 * Judges a base URL by what each client that may read it appends. One client that gets along with it is enough; else
 * the mildest verdict counts, as that client is the likeliest one.
 */
export function judgeForClients(
  text: string,
  endpoints: readonly Endpoint[],
  gateway: Gateway,
  options: JudgeOptions = {},
): Judgement {
  const all = endpoints.map((endpoint) => ({
    endpoint,
    verdict: judgeBaseUrl(text, endpoint, gateway, options),
  }))
  const least = Math.min(...all.map(({ verdict }) => verdict.problems.length))
  const best = all.filter(({ verdict }) => verdict.problems.length === least)
  const problems = best[0]?.verdict.problems ?? []
  return {
    problems: problems.map(({ rule, message }) => ({ rule, message })),
    requests: onlyOne(best.map(({ verdict }) => verdict.requests)),
    fix: problems.length === 0 ? undefined : onlyOne(best.map((one) => fixOf(text, one, gateway, options))),
  }
}

/** The path that was written stays where it is right once it is cleaned; else it is the client's own prefix. */
function fixOf(
  text: string,
  { verdict, endpoint }: Candidate,
  gateway: Gateway,
  options: JudgeOptions,
): string | undefined {
  const given = verdict.problems.find(({ fix }) => fix !== undefined)?.fix
  const isKnown = given !== undefined && isRight(given, endpoint, gateway, options)
  const region = regionMeant(hostIn(text) ?? '', gateway)
  const whole = isKnown ? given : region && BaseUrl.build(Origin.ofRegion(region), endpoint, gateway).text
  if (whole === undefined) return undefined
  const kept = new URL(whole).origin + pathIn(text)
  return isRight(kept, endpoint, gateway, options) ? kept : whole
}

function isRight(url: string, endpoint: Endpoint, gateway: Gateway, options: JudgeOptions): boolean {
  return judgeBaseUrl(url, endpoint, gateway, options).problems.length === 0
}

function onlyOne(values: readonly (string | undefined)[]): string | undefined {
  return new Set(values).size === 1 ? values[0] : undefined
}

/** The host name in a text that begins like an http URL, or undefined. Blanks and a missing scheme are forgiven. */
export function hostIn(text: string): string | undefined {
  return parseLoosely(text)?.hostname || undefined
}

/** The path in such a text, without a query, doubled slashes and a slash at its end. */
export function pathIn(text: string): string {
  const path = parseLoosely(text)?.pathname ?? ''
  return path.replace(/\/{2,}/g, '/').replace(/\/$/, '')
}

function parseLoosely(text: string): URL | undefined {
  const rest = text.replace(/[\s\p{Cc}]/gu, '').replace(/^(?:[a-z]*:\/*|[a-z]*\/+)/i, '')
  const candidate = `http://${rest}`
  return URL.canParse(candidate) ? new URL(candidate) : undefined
}

/** Whether a host is the gateway's, or was meant to be: another name under its domain, or one letter beside it. */
export function meansGateway(host: string, gateway: Gateway): boolean {
  if (regionOfHost(host, gateway)) return true
  return gateway.regions.some((region) => {
    const { hostname } = new URL(region.origin)
    const domain = domainOf(hostname)
    if (distance(host, hostname) === 1) return true
    return !isAddress(hostname) && (host === domain || host.endsWith(`.${domain}`) || sameName(host, domain))
  })
}

/** The region that a host names, also when the domain behind the region's own name is misspelt; undefined where it is open. */
export function regionMeant(host: string, gateway: Gateway): Region | undefined {
  const exact = regionOfHost(host, gateway)
  if (exact) return exact
  return gateway.regions.find((region) => {
    const { hostname } = new URL(region.origin)
    const [first, domain] = [hostname.split('.')[0], domainOf(hostname)]
    if (isAddress(hostname) || host.split('.')[0] !== first) return false
    return distance(domainOf(host), domain) === 1 || sameName(domainOf(host), domain)
  })
}

/** What stands behind the first dot. */
function domainOf(host: string): string {
  return host.slice(host.indexOf('.') + 1)
}

/** The same name under another ending, such as .com for .cc. */
function sameName(host: string, domain: string): boolean {
  return host.split('.').at(-2) === domain.split('.').at(-2)
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host)
}

/** Whether a base URL is, or was meant to be, one of the gateway or of a relay that the user chose. */
export function isForGateway(text: string, gateway: Gateway, knownOrigins: readonly string[]): boolean {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  if (url && knownOrigins.includes(url.origin)) return true
  return meansGateway(hostIn(text) ?? '', gateway)
}
