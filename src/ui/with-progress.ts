import type { Host } from '../host/host.ts'
import { eraseText, writeText } from './write-text.ts'

/** Work that takes less than this needs no word. */
const patienceMs = 1000

/** Says on a terminal what is waited for, once it takes a while, and takes the line back at the end. */
export async function withProgress<Result>(
  host: Pick<Host, 'terminal'>,
  text: string,
  work: Promise<Result>,
): Promise<Result> {
  if (!host.terminal.interactive) return work
  let shown = false
  const timer = setTimeout(() => {
    shown = true
    writeText(host, 'error', text)
  }, patienceMs)
  try {
    return await work
  } finally {
    clearTimeout(timer)
    if (shown) eraseText(host, text)
  }
}
