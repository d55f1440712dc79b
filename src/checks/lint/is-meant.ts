import { hostIn, pathIn, regionMeant } from '../../gateway/region-meant.ts'
import type { LintContext } from './lint-context.ts'
import type { LintedText } from './linted-text.ts'
import { baseUrlName, type UrlCandidate } from './url-candidate.ts'

/** Names of values that are no base URL. */
const otherName = /origin|host|domain|server|gateway|region|docs?|site|home|console|portal|link|href|status/i

/** Whether a URL with a host like the gateway's is a base URL, by what stands around it. */
export function isMeant(
  url: UrlCandidate,
  isRead: boolean,
  lines: LintedText,
  context: LintContext,
): boolean {
  if (url.isPart) return false
  if (context.variables.has(url.name ?? '') || baseUrlName.test(url.name ?? '')) return true
  if (!isRead && !isLikely(url.text, context)) return false
  if (lines.makesRequest(url.line.index) || lines.makesRequest(url.line.index - 1)) return false
  if (otherName.test(url.name ?? '')) return false
  return isRead || !(isRoute(url.text, context) || isBareOrigin(url))
}

/** A host that nobody has counts only with a path like that of a base URL. */
function isLikely(text: string, { gateway, endpoints, knownOrigins }: LintContext): boolean {
  if (knownOrigins.some((origin) => text.trim().startsWith(origin))) return true
  return (
    regionMeant(hostIn(text) ?? '', gateway) !== undefined ||
    endpoints.some(({ prefix }) => text.includes(prefix))
  )
}

/** An address in a list or in a sentence, which nothing gives to a client. */
function isBareOrigin({ name, text }: UrlCandidate): boolean {
  return name === undefined && pathIn(text) === ''
}

/** A whole route is right where a program makes its requests itself. */
function isRoute(text: string, { gateway }: LintContext): boolean {
  const routes = [gateway.modelsRoute, ...gateway.protocols.flatMap((protocol) => protocol.routes)]
  return routes.some((route) => text.trim().endsWith(route))
}
