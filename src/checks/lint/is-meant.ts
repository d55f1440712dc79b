import { hostIn, meansGateway, regionMeant } from '../../gateway/region-meant.ts'
import type { LintContext } from './lint-context.ts'
import { baseUrlName, type UrlCandidate } from './url-candidate.ts'

/** Code that makes the request itself, or that joins the URL itself. */
const ownRequest =
  /\b(?:fetch|axios|got|ky|urlopen|urljoin|URL)\b[\w.]*\s*\(|\bcurl\b|\bwget\b|\b(?:requests|httpx|http|https|session|client)\.(?:get|post|put|request|stream)\s*\(|Invoke-(?:RestMethod|WebRequest)/
/** Names of values that are no base URL. */
const otherName = /origin|host|domain|server|gateway|region|docs?|site|home|console|portal|link|href|status/i

/** Whether a base URL for the gateway was meant: by its host, and by what stands around it. */
export function isMeant(url: UrlCandidate, isRead: boolean, above: string, context: LintContext): boolean {
  const host = hostIn(url.text)
  if (host === undefined || url.isPart) return false
  const isRelay = context.knownOrigins.some((origin) => url.text.trim().startsWith(origin))
  const isNamed = context.variables.has(url.name ?? '') || baseUrlName.test(url.name ?? '')
  if (isNamed) return isRelay || meansGateway(host, context.gateway)
  if (!isRelay && !isGateway(host, url.text, isRead, context)) return false
  if (ownRequest.test(url.line) || ownRequest.test(above)) return false
  if (otherName.test(url.name ?? '')) return false
  return isRead || !isRoute(url.text, context)
}

/** Another host than the gateway's own counts only where it is read as a base URL, or has a path like one. */
function isGateway(
  host: string,
  text: string,
  isRead: boolean,
  { gateway, endpoints }: LintContext,
): boolean {
  if (!meansGateway(host, gateway)) return false
  if (isRead || regionMeant(host, gateway)) return true
  return endpoints.some(({ prefix }) => text.includes(prefix))
}

/** A whole route is right where a program makes its requests itself. */
function isRoute(text: string, { gateway }: LintContext): boolean {
  const routes = [gateway.modelsRoute, ...gateway.protocols.flatMap((protocol) => protocol.routes)]
  return routes.some((route) => text.trim().endsWith(route))
}
