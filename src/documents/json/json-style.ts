import type { Node } from 'jsonc-parser'
import type { Value } from '../document.ts'
import { noWordFor } from '../no-word-for.ts'
import { type BraceStyle, startsLine } from './braces.ts'
import { propertyValue } from './json-nodes.ts'
import { indentAt, newlineOf } from './lines.ts'

/** Sticky; matches one run of blanks, one line break or one comment. */
export const trivia = /[ \t]+|\r\n|\n|\r|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//y

/** How a JSON text is written, as far as its own text tells; two spaces where it does not. */
export function jsonStyleOf(text: string, root: Node | undefined): BraceStyle {
  const unit = (root && detectUnit(text, root)) ?? '  '
  return { trivia, newline: newlineOf(text), unit, gap: detectGap(root) }
}

/** Writes a value over lines that are indented to `indent`, or on one line when that is undefined. */
export function renderJson(value: Value, style: BraceStyle, indent: string | undefined): string {
  if (indent !== undefined) {
    return JSON.stringify(value, refuseNonNumber, style.unit).replaceAll('\n', style.newline + indent)
  }
  if (style.gap === '') return JSON.stringify(value, refuseNonNumber)
  return JSON.stringify(value, refuseNonNumber, 1).replace(/\n */g, style.gap)
}

/** JSON.stringify would write null for them without a word. */
function refuseNonNumber(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw noWordFor(value, 'JSON')
  return value
}

function detectUnit(text: string, node: Node): string | undefined {
  let outer: string | undefined
  for (const child of node.children ?? []) {
    // In a text without lines nothing is looked for: it would be for its whole length, at each entry.
    if (startsLine(text, child.offset)) {
      outer ??= indentAt(text, node.offset)
      const inner = indentAt(text, child.offset)
      const deeper = inner.length > outer.length && inner.startsWith(outer)
      if (deeper) return inner.slice(outer.length)
    }
    const unit = detectUnit(text, child)
    if (unit !== undefined) return unit
  }
  return undefined
}

function detectGap(root: Node | undefined): string {
  const first = root?.type === 'object' ? root.children?.[0] : undefined
  if (first?.colonOffset === undefined) return ' '
  return propertyValue(first).offset === first.colonOffset + 1 ? '' : ' '
}
