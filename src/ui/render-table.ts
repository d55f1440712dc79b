import { writeOutBreaks } from '../errors.ts'
import { displayWidth, padEnd } from './display-width.ts'
import type { Style } from './style.ts'
import { wrapText } from './wrap-text.ts'

const gap = '  '

/**
 * Rows under a head, aligned by what the terminal shows. Where they do not fit into `columns`, each row becomes a
 * stack of `head: cell` lines, so that a path is never broken by a column.
 */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
  columns: number,
): string {
  const lines = rows.map((row) => row.map(writeOutBreaks))
  const widths = head.map((_, index) =>
    Math.max(...[head, ...lines].map((row) => displayWidth(row[index] ?? ''))),
  )
  const total = widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1)
  if (total > columns) return lines.map((row) => stackRow(head, row, style, columns)).join('\n\n')
  return [style.bold(alignRow(head, widths)), ...lines.map((row) => alignRow(row, widths))].join('\n')
}

function alignRow(row: readonly string[], widths: readonly number[]): string {
  return widths
    .map((width, index) => padEnd(row[index] ?? '', width))
    .join(gap)
    .trimEnd()
}

function stackRow(head: readonly string[], row: readonly string[], style: Style, columns: number): string {
  return row
    .flatMap((cell, index) => {
      const title = `${head[index] ?? ''}:`
      if (displayWidth(`${title} ${cell}`) <= columns) return [`${style.bold(title)} ${cell}`]
      return [style.bold(title), ...wrapText(cell, columns - gap.length).map((line) => gap + line)]
    })
    .join('\n')
}
