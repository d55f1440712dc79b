import picocolors from 'picocolors'
import type { Host } from '../host/host.ts'

/** Puts a text between the codes of a style; without colours it gives the text back. */
export type Paint = (text: string) => string

/** How text is emphasised; every function gives the text as it is where colours are off. */
export interface Style {
  readonly bold: Paint
  readonly dim: Paint
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly cyan: Paint
}

/** No emphasis at all, for text that is not written to a stream at once. */
export const plainStyle: Style = picocolors.createColors(false)

/** In every code of ours until it is written, another one in each run: a name or a file cannot hold it. */
const seal = [0, 1].map(() => Math.floor(1000 + Math.random() * 9000)).join(';')

const sealedStyle: Style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  red: paint(31, 39),
  green: paint(32, 39),
  yellow: paint(33, 39),
  cyan: paint(36, 39),
}

/** The style for one of the two streams, each of which may be a terminal without the other; `writeText` opens its codes. */
export function styleFor(host: Pick<Host, 'terminal'>, stream: 'stdout' | 'stderr'): Style {
  return host.terminal.color[stream] ? sealedStyle : plainStyle
}

/** The style for what a library writes to standard error by itself. Whatever it is put around has no control character. */
export function promptStyleFor(host: Pick<Host, 'terminal'>): Style {
  return picocolors.createColors(host.terminal.color.stderr)
}

/** A text in pieces: at odd places the codes that `styleFor` put there, as a terminal knows them, at even ones all else. */
export function openSeals(text: string): string[] {
  return text
    .split(new RegExp(`\\u001b\\[${seal};(\\d+m)`))
    .map((piece, index) => (index % 2 === 1 ? `\u001b[${piece}` : piece))
}

/** Behind a style inside that ends with the same code this one begins again; bold and dim do not take each other's place. */
function paint(begin: number, end: number): Paint {
  const again = end === 22 ? sealed(end) + sealed(begin) : sealed(begin)
  return (text) => sealed(begin) + text.replaceAll(sealed(end), again) + sealed(end)
}

function sealed(code: number): string {
  return `\u001b[${seal};${code}m`
}
