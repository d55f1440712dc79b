import type { UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { ToolView } from './tool-view.ts'

/** Files of a client that do not open. One that does not parse is a fault; one that may not be read says nothing. */
export function sourceProblems({ tool, sources }: ToolView): Finding[] {
  return sources.flatMap(({ file, level }) => {
    if (!file?.problem) return []
    const finding = problemFinding(file.problem)
    return level === 'profile' ? [finding] : [{ ...finding, tool: tool.id }]
  })
}

/** What kept a file from being read: its own fault where it does not parse, else that nobody could look. */
export function problemFinding({ code, message, hintInLine: hint, where }: UserError): Finding {
  const isFault = code === 'does-not-parse'
  return {
    id: isFault ? 'config-does-not-parse' : 'could-not-look',
    level: isFault ? 'error' : 'failed',
    message,
    ...(hint !== undefined && { hint }),
    ...(where && { where }),
  }
}
