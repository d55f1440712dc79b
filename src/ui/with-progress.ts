import type { Host } from '../host/host.ts'
import { displayWidth } from './display-width.ts'

/** Work that takes less than this needs no word. */
const patienceMs = 1000

/** Says on a terminal what is waited for, once it takes a while, and takes the line back at the end. */
export async function withProgress<Result>(
  { terminal }: Pick<Host, 'terminal'>,
  text: string,
  work: Promise<Result>,
): Promise<Result> {
  if (!terminal.interactive) return work
  let shown = false
  const timer = setTimeout(() => {
    shown = true
    terminal.error.write(text)
  }, patienceMs)
  try {
    return await work
  } finally {
    clearTimeout(timer)
    if (shown) terminal.error.write(`\r${' '.repeat(displayWidth(text))}\r`)
  }
}
