import type { Host } from '../host/host.ts'
import { messagesFor } from '../ui/locale.ts'
import { styleFor } from '../ui/style.ts'
import { visibleText } from '../ui/visible-text.ts'
import { wrapText } from '../ui/wrap-text.ts'
import { writeText } from '../ui/write-text.ts'
import { promptTheme } from './prompt-theme.ts'

/** A line between the questions, on standard error as they are. */
export function say(host: Pick<Host, 'terminal'>, line: string): void {
  writeText(host, 'error', `${line}\n`)
}

/** What the user has to know before the next question; values in it may come from files. */
export function warn(host: Pick<Host, 'terminal'>, ...lines: string[]): void {
  const shown = lines.flatMap((line) => wrapText(visibleText(line), host.terminal.columns - 2))
  say(host, `${styleFor(host, 'stderr').yellow('!')} ${shown.join('\n  ')}`)
}

/** An answer that a flag gave already, as if it had been asked for. */
export function showAnswer(host: Host, question: string, answer: string): void {
  const { prefix, style } = promptTheme(styleFor(host, 'stderr'), messagesFor(host))
  say(host, `${prefix.done} ${style.message(question)} ${style.answer(visibleText(answer))}`)
}
