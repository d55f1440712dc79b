import type { Span } from './terminal.ts'

/** The colours of a terminal: its ground, its text, and the sixteen that programs name. */
export interface PictureTheme {
  readonly ground: string
  readonly text: string
  readonly colors: readonly string[]
}

export const pictureThemes = {
  light: {
    ground: '#ffffff',
    text: '#24292f',
    colors:
      '#24292f #cf222e #116329 #7d4e00 #0550ae #8250df #1b7c83 #57606a #57606a #a40e26 #1a7f37 #633c01 #0969da #a475f9 #3192aa #8c959f'.split(
        ' ',
      ),
  },
  dark: {
    ground: '#0d1117',
    text: '#e6edf3',
    colors:
      '#484f58 #ff7b72 #3fb950 #d29922 #58a6ff #bc8cff #39c5cf #b1bac4 #6e7681 #ffa198 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #ffffff'.split(
        ' ',
      ),
  },
} as const satisfies Record<string, PictureTheme>

const cell = { width: 8.4, height: 19 }
const margin = 16

/** An SVG of lines as a terminal showed them, with a title for who cannot see it. Each piece is held to its columns, whatever font the reader has. */
export function drawTerminal(
  rows: readonly (readonly Span[])[],
  columns: number,
  { ground, text, colors }: PictureTheme,
  title: string,
): string {
  const size = {
    width: Math.ceil(columns * cell.width + 2 * margin),
    height: rows.length * cell.height + 2 * margin,
  }
  const drawn = rows.flatMap((spans, row) =>
    spans.filter((span) => span.text.trim() !== '').map((span) => drawSpan(span, row)),
  )
  function drawSpan(span: Span, row: number): string {
    const lead = span.text.length - span.text.trimStart().length
    const trail = span.text.length - span.text.trimEnd().length
    const x = round(margin + (span.column + lead) * cell.width)
    const y = margin + (row + 0.75) * cell.height
    const fill = span.color === undefined ? text : (colors[span.color] ?? text)
    const look = `${span.bold ? ' font-weight="bold"' : ''}${span.dim ? ' opacity="0.6"' : ''}`
    const length = round((span.width - lead - trail) * cell.width)
    return `<text x="${x}" y="${round(y)}" fill="${fill}"${look} textLength="${length}" lengthAdjust="spacingAndGlyphs">${escapeXml(span.text.trim())}</text>`
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'Noto Sans Mono CJK SC', monospace" font-size="14" xml:space="preserve">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${ground}"/>`,
    ...drawn,
    '</svg>',
    '',
  ].join('\n')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
