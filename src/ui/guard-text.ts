import { openSeals } from './style.ts'
import { visibleText } from './visible-text.ts'

/**
 * Text for a terminal in which every control character is written out, but for line ends, tabs and the codes of our own
 * styles: whatever a file, a name or a server put into it cannot command the terminal, nor colour it.
 */
export function guardText(text: string): string {
  return openSeals(text)
    .map((part, index) => (index % 2 === 1 ? part : guardLines(part)))
    .join('')
}

function guardLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n')
}
