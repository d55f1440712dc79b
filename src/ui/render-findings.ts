import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { isChinese } from './locale.ts'
import { type Style, styleFor } from './style.ts'

/** Findings for standard error, one a line, in the user's language: `!` warns, `i` informs. Empty when there are none. */
export function renderFindings(findings: readonly Finding[], host: Pick<Host, 'env' | 'terminal'>): string {
  const style = styleFor(host, 'stderr')
  const chinese = isChinese(host)
  return findings.map((finding) => renderFinding(finding, chinese, style)).join('\n')
}

function renderFinding({ level, message, messageZh }: Finding, chinese: boolean, style: Style): string {
  const mark = level === 'warning' ? style.yellow('!') : style.cyan('i')
  const text = (chinese && messageZh) || message
  return `${mark} ${text.trim().replaceAll('\n', '\n  ')}`
}
