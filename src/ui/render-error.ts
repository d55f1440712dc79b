import { formatWhere, type UserError, writeOutBreaks } from '../errors.ts'
import type { Host } from '../host/host.ts'
import { styleFor } from './style.ts'

/** An error for standard error: what happened, where, and what to do next. Always English, like its code. */
export function renderError(error: UserError, host: Pick<Host, 'terminal'>): string {
  const style = styleFor(host, 'stderr')
  return [
    `${style.red(style.bold('Error:'))} ${error.message}`,
    ...(error.where ? [style.dim(`  at ${writeOutBreaks(formatWhere(error.where))}`)] : []),
    ...(error.hint === undefined ? [] : [`  ${style.cyan('→')} ${error.hint}`]),
  ].join('\n')
}
