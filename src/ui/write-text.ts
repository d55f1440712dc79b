import type { Host } from '../host/host.ts'
import { displayWidth } from './display-width.ts'
import { guardText } from './guard-text.ts'

/** The only way to the screen besides inquirer's questions: `output` for results, `error` for what is said beside them. */
export function writeText(
  { terminal }: Pick<Host, 'terminal'>,
  stream: 'output' | 'error',
  text: string,
): void {
  const color = terminal.color[stream === 'output' ? 'stdout' : 'stderr']
  terminal[stream].write(guardText(text, color))
}

/** Takes the text at the end of the present line of standard error off the screen. */
export function eraseText({ terminal }: Pick<Host, 'terminal'>, text: string): void {
  const width = displayWidth(guardText(text, terminal.color.stderr))
  terminal.error.write(`\r${' '.repeat(width)}\r`)
}
