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

/** The style for one of the two streams: each may be a terminal without the other. */
export function styleFor(host: Pick<Host, 'terminal'>, stream: 'stdout' | 'stderr'): Style {
  return picocolors.createColors(host.terminal.color[stream])
}
