import { maskText } from '../secrets/mask-text.ts'

/** A URL for the screen: a password, the values of a query and of parameters, the fragment and what looks like a key are hidden. */
export function maskUrl(url: string): string {
  const hidden = url
    .replace(/(:\/*)[^/?#\s]*@/, '$1••••@')
    .replace(/([?&;][^=&;#]*=)[^&;#]*/g, '$1••••')
    .replace(/#.+$/s, '#••••')
  return maskText(hidden, [])
}
