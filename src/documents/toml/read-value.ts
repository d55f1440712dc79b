import { TomlDate } from 'smol-toml'
import type { AST } from 'toml-eslint-parser'
import type { Value } from '../document.ts'
import { listOutline, type Outline, type Steps, startsWith } from './outline.ts'

/** A table or what stands for a value. */
interface Part {
  readonly path: Steps
  readonly value?: AST.TOMLValue | AST.TOMLArray
}

/** The value at a path, put together from all places that define it; undefined when there is none. */
export function readValue(outline: Outline, path: Steps): Value | undefined {
  const parts = listParts(outline).filter((part) => startsWith(part.path, path))
  return parts.length === 0 ? undefined : joinParts(parts, path.length)
}

function listParts({ sections, pairs }: Outline): Part[] {
  const values = pairs.flatMap(({ path, node: { value } }) =>
    value.type === 'TOMLInlineTable' ? [] : [{ path, value }],
  )
  return [...sections, ...values]
}

function joinParts(parts: readonly Part[], depth: number): Value {
  const [first] = parts
  if (first?.value && first.path.length === depth) return readNode(first.value)
  const children = groupByStep(parts, depth)
  const values = [...children].map(([step, below]) => [step, joinParts(below, depth + 1)] as const)
  if (typeof values[0]?.[0] === 'number') return values.map(([, value]) => value)
  // Object.fromEntries defines `__proto__` as a key like any other; an assignment would not.
  return Object.fromEntries(values)
}

function groupByStep(parts: readonly Part[], depth: number): Map<string | number, Part[]> {
  const groups = new Map<string | number, Part[]>()
  for (const part of parts) {
    const step = part.path[depth]
    if (step === undefined) continue
    const group = groups.get(step)
    if (group) group.push(part)
    else groups.set(step, [part])
  }
  return groups
}

function readNode(node: AST.TOMLContentNode): Value {
  if (node.type === 'TOMLArray') return node.elements.map(readNode)
  if (node.type === 'TOMLInlineTable') return joinParts(listParts(listOutline(node)), 0)
  if (node.kind === 'integer') return readInteger(node.bigint)
  if (node.kind === 'string' || node.kind === 'float' || node.kind === 'boolean') return node.value
  return new TomlDate(node.datetime).toISOString()
}

function readInteger(written: bigint): Value {
  const number = Number(written)
  return Number.isSafeInteger(number) ? number : String(written)
}
