import type { Host } from '../host/host.ts'
import { hideKeys } from '../secrets/hide-keys.ts'
import { displayWidth } from './display-width.ts'
import { guardText } from './guard-text.ts'

/** `shown` is for what the user asked for with the key in it. */
export type Keys = 'hidden' | 'shown'

/** The only way to the screen besides inquirer's questions: `output` for results, `error` for what is said beside them. */
export function writeText(
  { terminal }: Pick<Host, 'terminal'>,
  stream: 'output' | 'error',
  text: string,
  keys: Keys = 'hidden',
): void {
  const color = terminal.color[stream === 'output' ? 'stdout' : 'stderr']
  terminal[stream].write(guardText(keys === 'hidden' ? hideKeys(text) : text, color))
}

/** Takes the text at the end of the present line of standard error off the screen. */
export function eraseText({ terminal }: Pick<Host, 'terminal'>, text: string): void {
  const width = displayWidth(guardText(hideKeys(text), terminal.color.stderr))
  terminal.error.write(`\r${' '.repeat(width)}\r`)
}
