import { maskText } from '../secrets/mask-text.ts'
import { type Message, say } from '../texts/message.ts'
import type { Gateway, Region } from './gateway.ts'

/** A broken rule about a URL's scheme, host or form, whatever its path means. */
export interface UrlFault {
  readonly rule: UrlRuleId
  readonly message: Message
  /** The origin that would be right, where it is known. */
  readonly fix: string | undefined
}

const ruleIds = [
  'whitespace',
  'scheme',
  'credentials-in-url',
  'unknown-host',
  'port',
  'query-or-fragment',
  'double-slash',
  'trailing-slash',
  'full-endpoint',
  'doubled-v1',
  'missing-v1',
  'missing-prefix',
  'wrong-prefix',
] as const

/** The rules of a base URL, by name: those of its form first, then those of its path. */
export type UrlRuleId = (typeof ruleIds)[number]

/** A URL as it was written, beside what the parser made of it. */
interface WrittenUrl {
  readonly text: string
  readonly url: URL
  readonly region: Region | undefined
}

type Rule = (written: WrittenUrl) => UrlFault | undefined

const rules: readonly Rule[] = [credentials, scheme, port, queryOrFragment]

/** The first fault of form in `text`, or undefined. Blanks around it and a trailing slash are no fault of form. */
export function findUrlFault(text: string, gateway: Gateway): UrlFault | undefined {
  return findUrlFaults(text.trim(), gateway)[0]
}

/** Every fault of form in `text`, most telling first; a text that is no http URL at all gives just one. */
export function findUrlFaults(text: string, gateway: Gateway): UrlFault[] {
  if (/[\s\p{Cc}]/u.test(text)) {
    const fix = text.replace(/[\s\p{Cc}]/gu, '')
    return [{ rule: 'whitespace', message: say('url.blank'), fix }]
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:\/\//i.test(text)) return [noScheme(text, gateway)]
  const written = { text, url, region: regionOfHost(url.hostname, gateway) }
  return rules.flatMap((rule) => rule(written) ?? [])
}

/** The region with this host name, whatever the scheme or the port. */
export function regionOfHost(hostname: string, gateway: Gateway): Region | undefined {
  return gateway.regions.find((region) => new URL(region.origin).hostname === hostname)
}

function noScheme(text: string, gateway: Gateway): UrlFault {
  const host = text.replace(/^(?:[a-z]*:\/*|[a-z]*\/+)/i, '').split(/[/:?#]/)[0] ?? ''
  const region = gateway.regions.find((candidate) => new URL(candidate.origin).hostname === host)
  return { rule: 'scheme', message: say('url.no-scheme'), fix: region?.origin }
}

function credentials({ url, region }: WrittenUrl): UrlFault | undefined {
  if (url.username === '' && url.password === '') return undefined
  return {
    rule: 'credentials-in-url',
    message: say('url.credentials'),
    // Of `https://api.qcode.cc@elsewhere` nobody knows which of the two hosts was meant.
    fix: region?.origin,
  }
}

function scheme({ url, region }: WrittenUrl): UrlFault | undefined {
  if (!region || new URL(region.origin).protocol === url.protocol) return undefined
  const right = new URL(region.origin).protocol.replace(':', '')
  return {
    rule: 'scheme',
    message: say('url.scheme', { host: url.hostname, scheme: right }),
    fix: region.origin,
  }
}

function port({ url, region }: WrittenUrl): UrlFault | undefined {
  if (!region || url.port === '' || new URL(region.origin).protocol !== url.protocol) return undefined
  return {
    rule: 'port',
    message: say('url.port', { host: url.hostname, port: url.port }),
    fix: region.origin,
  }
}

function queryOrFragment({ text, url, region }: WrittenUrl): UrlFault | undefined {
  if (!/[?#]/.test(text)) return undefined
  return { rule: 'query-or-fragment', message: say('url.query'), fix: region?.origin ?? url.origin }
}

/** A URL for the screen: a password, the values of a query and of parameters, the fragment and what looks like a key are hidden. */
export function maskUrl(url: string): string {
  const hidden = url
    .replace(/(:\/*)[^/?#\s]*@/, '$1••••@')
    .replace(/([?&;][^=&;#]*=)[^&;#]*/g, '$1••••')
    .replace(/#.+$/s, '#••••')
  return maskText(hidden, [])
}

/** What code scanning is told of a rule. */
export interface UrlRule {
  /** What the rule asks for. */
  readonly requirement: Message
  readonly severity: 'error' | 'warning'
}

/** Every rule that `lint` may name. Many clients take a trailing slash away (the SDKs do, LiteLLM does not); all else fails or leaks. */
export const urlRules = Object.fromEntries(
  ruleIds.map((id): [UrlRuleId, UrlRule] => [
    id,
    { requirement: say(`rule.${id}`), severity: id === 'trailing-slash' ? 'warning' : 'error' },
  ]),
) as Readonly<Record<UrlRuleId, UrlRule>>
