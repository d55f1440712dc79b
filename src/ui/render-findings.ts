import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { isChinese } from './locale.ts'
import { type Style, styleFor } from './style.ts'
import { wrapText } from './wrap-text.ts'

/** Findings for standard error, one a line, in the user's language: `!` warns, `i` informs. Empty when there are none. */
export function renderFindings(findings: readonly Finding[], host: Pick<Host, 'env' | 'terminal'>): string {
  const style = styleFor(host, 'stderr')
  const chinese = isChinese(host)
  return findings.map((finding) => renderFinding(finding, chinese, style, host.terminal.columns)).join('\n')
}

function renderFinding(
  { level, message, messageZh }: Finding,
  chinese: boolean,
  style: Style,
  columns: number,
): string {
  const mark = level === 'warning' ? style.yellow('!') : style.cyan('i')
  const text = (chinese && messageZh) || message
  const lines = text
    .trim()
    .split('\n')
    .flatMap((line) => wrapText(line, columns - 2))
  return `${mark} ${lines.join('\n  ')}`
}
