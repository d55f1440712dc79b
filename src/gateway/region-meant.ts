import { distance } from 'fastest-levenshtein'
import type { Gateway, Region } from './gateway.ts'
import { regionOfHost } from './url-faults.ts'

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
