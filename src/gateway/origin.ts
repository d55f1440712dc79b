import { UserError } from '../errors.ts'
import { type Message, say, written } from '../texts/message.ts'
import { type Gateway, isPlainHttp, type Region } from './gateway.ts'
import { findUrlFault } from './url-faults.ts'

/** A checked scheme, host and port without a path. Made only by this folder. */
export class Origin {
  readonly text: string
  /** Id of the region that this is, or `custom`. */
  readonly region: string
  /** The region as people know it. */
  readonly title: Message

  private constructor(text: string, region: Region | undefined) {
    this.text = text
    this.region = region?.id ?? 'custom'
    this.title = region ? written(region.title, region.titleZh) : say('region.custom')
  }

  static ofRegion(region: Region): Origin {
    return new Origin(region.origin, region)
  }

  /** Whether what is sent there, the key included, can be read on the way: plain HTTP to another machine. */
  get isUnencrypted(): boolean {
    return isUnencryptedUrl(this.text)
  }

  /**
   * Reads the value of `--gateway`: an origin, nothing else. A trailing slash is taken off and reported in `removedSlash`.
   * Errors: UserError with the id of the broken URL rule and exit 2; `plain-http` for HTTP to another machine without consent.
   */
  static parse(
    text: string,
    gateway: Gateway,
    allowHttp: boolean,
  ): { origin: Origin; removedSlash: boolean } {
    const fault = findUrlFault(text, gateway)
    if (fault) throw badGateway(fault.rule, fault.message, fault.fix)
    // A URL's own parser takes fewer blanks off than the judge of faults does.
    const url = new URL(text.trim())
    refuseLookalike(text, url, gateway)
    refusePath(url, gateway)
    const region = gateway.regions.find((candidate) => candidate.origin === url.origin)
    const origin = new Origin(url.origin, region)
    if (!region && origin.isUnencrypted && !allowHttp) {
      throw new UserError({
        code: 'plain-http',
        message: say('gateway-flag.plain-http', { origin: url.origin }),
        hint: say('gateway-flag.plain-http.hint'),
        exit: 2,
      })
    }
    return { origin, removedSlash: text.trim().endsWith('/') }
  }
}

/** Whether what is sent to a base URL can be read on the way; false for a text that is no URL. */
export function isUnencryptedUrl(text: string): boolean {
  return URL.canParse(text) && isPlainHttp(text) && !isLoopback(new URL(text).hostname)
}

/** Scheme, host and port of a URL. */
export function originTextOf(url: string): string {
  return new URL(url).origin
}

/** This machine itself: HTTP to it does not cross a network. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

function refusePath(url: URL, gateway: Gateway): void {
  const path = url.pathname.replace(/\/+$/, '')
  if (path === '') return
  const isRoute = gateway.protocols.some((protocol) => protocol.routes.includes(path))
  throw badGateway(isRoute ? 'full-endpoint' : 'wrong-prefix', say('gateway-flag.path', { path }), url.origin)
}

function badGateway(rule: string, message: Message, fix: string | undefined): UserError {
  return new UserError({
    code: rule,
    message,
    hint: fix ? say('gateway-flag.use', { origin: fix }) : say('gateway-flag.example'),
    exit: 2,
  })
}

/** The origin of a base URL that somebody uses already, whatever its path; undefined when it could be no `--gateway`. */
export function originOfUrl(text: string, gateway: Gateway): Origin | undefined {
  if (!URL.canParse(text.trim())) return undefined
  try {
    return Origin.parse(new URL(text.trim()).origin, gateway, true).origin
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/**
 * Refuses a host that a reader takes for another one: written with letters that are no plain ASCII, with a dot at its
 * end, or with a region's whole name in front of a foreign domain. Errors: UserError `unknown-host`, exit 2.
 */
export function refuseLookalike(text: string, url: URL, gateway: Gateway): void {
  const hosts = gateway.regions.map(({ origin }) => new URL(origin).hostname)
  const host = url.hostname
  const trap = hosts.find((known) => host.startsWith(`${known}.`))
  if (trap !== undefined) throw lookalike(say('gateway-flag.not-that-host', { host, known: trap }))
  if (host.endsWith('.')) throw lookalike(say('gateway-flag.dot', { host }))
  if (/[^\x21-\x7e]|%/.test(text.trim())) throw lookalike(say('gateway-flag.letters', { host }))
}

function lookalike(message: Message): UserError {
  return new UserError({
    code: 'unknown-host',
    message,
    hint: say('gateway-flag.ascii'),
    exit: 2,
  })
}
