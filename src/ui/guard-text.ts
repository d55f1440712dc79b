import { visibleText } from './visible-text.ts'

/** The styles of style.ts and no other sequence. */
const ownStyle = /(\u001b\[(?:1|2|22|31|32|33|36|39)m)/

/**
 * Text for a terminal in which every control character is written out, but for line ends, tabs and, where colours are
 * on, our own styles: whatever a file, a name or a server put into it cannot command the terminal.
 */
export function guardText(text: string, color: boolean): string {
  if (!color) return guardLines(text)
  return text
    .split(ownStyle)
    .map((part, index) => (index % 2 === 1 ? part : guardLines(part)))
    .join('')
}

function guardLines(text: string): string {
  return text.split('\n').map(visibleText).join('\n')
}
