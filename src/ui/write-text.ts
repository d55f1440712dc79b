import type { ExitCode } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { Host } from '../host/host.ts'
import { hideKeys } from '../secrets/hide-keys.ts'
import { displayWidth } from './display-width.ts'
import { guardText } from './guard-text.ts'
import { renderFindings } from './render-findings.ts'

/** `shown` is for what the user asked for with the key in it. */
export type Keys = 'hidden' | 'shown'

/** The only way to the screen besides inquirer's questions: `output` for results, `error` for what is said beside them. */
export function writeText(
  { terminal }: Pick<Host, 'terminal'>,
  stream: 'output' | 'error',
  text: string,
  keys: Keys = 'hidden',
): void {
  terminal[stream].write(guardText(keys === 'hidden' ? hideKeys(text) : text))
}

/**
 * Says on standard error when the results could not be written, and gives the exit code: that of a command that has changed
 * something stays what it is, because it tells of the files. A reader that has ended, as `head` does, had what it wanted.
 */
export async function concludeOutput(exit: ExitCode, host: Host): Promise<ExitCode> {
  const lost = await host.terminal.outputLost()
  if (lost === undefined) return exit
  writeText(
    host,
    'error',
    `${renderFindings([reportLost(lost.code ?? '', host.interruption.hasBegun)], host)}\n`,
  )
  return exit !== 0 || host.interruption.hasBegun || lost.code === 'EPIPE' ? exit : 1
}

function reportLost(code: string, hasBegun: boolean): Finding {
  const why = code === 'EPIPE' ? 'the program that reads it has ended' : 'standard output does not take it'
  const whyZh = code === 'EPIPE' ? '读取它的程序已结束' : '标准输出无法写入'
  return {
    id: 'report-lost',
    level: 'warning',
    message: `The report could not be written in full: ${why} (${code}).${hasBegun ? ' It was about what is done: the exit code tells of that, not of the report.' : ' Nothing was changed.'}`,
    messageZh: `报告未能完整输出：${whyZh}（${code}）。${hasBegun ? '报告所述的操作已经完成：退出码反映的是操作结果，而非报告的输出。' : '未更改任何内容。'}`,
    ...(hasBegun && { hint: 'To see what is set up, type: qcode-setup status' }),
  }
}

/** Takes the text at the end of the present line of standard error off the screen. */
export function eraseText({ terminal }: Pick<Host, 'terminal'>, text: string): void {
  const width = displayWidth(guardText(hideKeys(text)))
  terminal.error.write(`\r${' '.repeat(width)}\r`)
}
