import { writeOutBreaks } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { isChinese } from './locale.ts'
import { type Style, styleFor } from './style.ts'
import { wrapText } from './wrap-text.ts'

/** Findings for standard error, one a line, in the user's language, each with its mark and what to do. Empty when there are none. */
export function renderFindings(findings: readonly Finding[], host: Pick<Host, 'env' | 'terminal'>): string {
  const style = styleFor(host, 'stderr')
  const chinese = isChinese(host)
  return findings.map((finding) => renderFinding(finding, chinese, style, host.terminal.columns)).join('\n')
}

function renderFinding(
  { level, message, messageZh, ownLines, hint }: Finding,
  chinese: boolean,
  style: Style,
  columns: number,
): string {
  const text = ((chinese && messageZh) || message).trim()
  const lines = (ownLines ? text.split('\n') : [writeOutBreaks(text)]).flatMap((line) =>
    wrapText(line, columns - 2),
  )
  const advice =
    hint === undefined ? '' : `\n  → ${wrapText(writeOutBreaks(hint), columns - 4).join('\n    ')}`
  return `${markOf(level, style)} ${lines.join('\n  ')}${advice}`
}

function markOf(level: Finding['level'], style: Style): string {
  if (level === 'warning') return style.yellow('!')
  if (level === 'error' || level === 'failed') return style.red('✗')
  return level === 'ok' ? style.green('✔') : style.cyan('i')
}
