import { isPlaceholderKey } from '../../effect/is-placeholder-key.ts'
import type { ToolView } from '../../effect/tool-view.ts'
import type { Finding, Level } from '../../finding.ts'
import { maskText } from '../../secrets/mask-text.ts'
import { Secret } from '../../secrets/secret.ts'

/** The findings as they are shown: each broken file once, and no key in any of them. */
export function finishFindings(findings: readonly Finding[], views: readonly ToolView[]): Finding[] {
  const keys = views
    .flatMap(({ connections }) =>
      connections.flatMap(({ keys: { heads, shadowed } }) => [...heads, ...shadowed]),
    )
    // A short text would be found everywhere.
    .filter((found) => found.value.length >= 8 && !isPlaceholderKey(found))
    .map(({ value }) => new Secret(value))
  return findings.filter(isFirstOfFile).map((finding) => hideKeys(finding, keys))
}

/** How many findings there are of each level, zeros as well. */
export function countLevels(findings: readonly Finding[]): Record<Level, number> {
  const counts = { ok: 0, info: 0, warning: 0, error: 0, skipped: 0, failed: 0 }
  for (const { level } of findings) counts[level] += 1
  return counts
}

/** Several looks fail at one broken file; the first to say so is enough. */
function isFirstOfFile({ level, where }: Finding, index: number, findings: readonly Finding[]): boolean {
  if (level !== 'failed' || where === undefined) return true
  const saysWhy = (finding: Finding) => finding.level === 'failed' || finding.id === 'config-does-not-parse'
  return findings.findIndex((other) => saysWhy(other) && other.where?.file === where.file) === index
}

/** No finding names a key; this holds for whatever a file or a client brings up. */
function hideKeys(finding: Finding, keys: readonly Secret[]): Finding {
  const { message, messageZh, hint } = finding
  return {
    ...finding,
    message: maskText(message, keys),
    ...(messageZh !== undefined && { messageZh: maskText(messageZh, keys) }),
    ...(hint !== undefined && { hint: maskText(hint, keys) }),
  }
}
