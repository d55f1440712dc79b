import type { FileSchema } from '../catalog/tool.ts'
import type { KeyPath, Value } from '../documents/document.ts'
import { childOf, entryNameOf, numberedPath } from '../documents/list-entry.ts'
import { isTable, valueAt, withValueAt } from '../documents/value.ts'
import { judgeSchema, schemasOf } from '../effect/judge-schema.ts'
import type { Finding } from '../finding.ts'
import type { LedgerEntry } from '../ledger.ts'
import { say, written } from '../texts/message.ts'
import type { OpenFile } from './document-set.ts'
import { displayValue } from './placeholders.ts'
import type { PlanWork } from './plan-work.ts'

/** What can be taken out of a file without leaving one that its client would refuse. */
export interface Leaving {
  readonly entries: readonly LedgerEntry[]
  /** Containers that have to stay for what stays in them, by file. */
  readonly containers: readonly { readonly file: OpenFile; readonly keyPath: KeyPath }[]
}

/**
 * Keeps those values of ours that a client demands beside what the user has added: without them it would throw the whole
 * file away, or not start. What is kept is the user's from here on, and is reported.
 */
export function keepRequired(gone: readonly LedgerEntry[], work: PlanWork): Leaving {
  const files = new Set(gone.map(({ path, format }) => work.documents.open(path, format)))
  const parts = [...files].map((file) => keepInFile(file, gone.filter(isIn(file, work)), work))
  return {
    entries: gone.filter((entry) => parts.some(({ entries }) => entries.includes(entry))),
    containers: parts.flatMap(({ containers }) => containers),
  }
}

function isIn(file: OpenFile, { documents }: PlanWork): (entry: LedgerEntry) => boolean {
  return ({ path }) => documents.nameOf(path) === file.path
}

function keepInFile(file: OpenFile, gone: readonly LedgerEntry[], work: PlanWork): Leaving {
  const shapes = schemasOf(gone, work.context.tools)
  const text = file.document.toText()
  const data = shapes.length === 0 || text.trim() === '' ? {} : file.format.parseStrict(text)
  let entries = gone
  const containers: KeyPath[] = []
  // Each round keeps something more, or it is the last.
  for (;;) {
    const left = withoutValues(data, entries, containers)
    const missing = isEmpty(left) ? [] : shapes.flatMap((shape) => missingIn(left, shape))
    const numbered = (keyPath: KeyPath) => numberedPath(keyPath, (path) => valueAt(left, path)).map(String)
    const kept = entries.filter(({ keyPath }) => missing.some((path) => isSame(path, numbered(keyPath))))
    const made = missing.flatMap((path) => {
      const below = entries.find(({ keyPath }) => isBelow(numbered(keyPath), path))
      return below && !kept.includes(below) ? [below.keyPath.slice(0, path.length)] : []
    })
    if (kept.length === 0 && made.length === 0) break
    entries = entries.filter((entry) => !kept.includes(entry))
    containers.push(...made)
    work.findings.push(...kept.map((entry) => keptFinding(entry, file, shapes)))
  }
  return { entries, containers: containers.map((keyPath) => ({ file, keyPath })) }
}

function missingIn(data: Value, shape: FileSchema): KeyPath[] {
  return judgeSchema(data, shape).flatMap(({ keyPath, missing }) =>
    missing === undefined ? [] : [[...keyPath, missing]],
  )
}

function keptFinding(
  { path, keyPath }: LedgerEntry,
  { document }: OpenFile,
  shapes: readonly FileSchema[],
): Finding {
  const value = displayValue(document.get(keyPath), keyPath)
  const parent = keyPath.slice(0, -1).join('.')
  const [shape] = shapes
  return {
    id: 'kept-for-client',
    level: 'warning',
    message: say('plan.kept-for-client', {
      path,
      key: keyPath.join('.'),
      value,
      otherwise: written(shape?.text ?? '', shape?.textZh),
    }),
    hint:
      keyPath.length > 1
        ? say('plan.kept-for-client.hint', { parent })
        : say('plan.kept-for-client.harmless'),
    where: { file: path },
  }
}

/**
 * The data without these values, and without the containers that this empties; of an entry of a list, the field that it is
 * found by is no content.
 */
export function withoutValues(
  data: Value,
  gone: readonly Pick<LedgerEntry, 'keyPath'>[],
  containers: readonly KeyPath[],
): Value {
  const isKept = (path: KeyPath) => containers.some((container) => isSame(container, path))
  return gone.reduce((left, { keyPath }) => withoutValue(left, keyPath, [], isKept), data)
}

function withoutValue(
  data: Value,
  [key, ...rest]: KeyPath,
  above: KeyPath,
  isKept: (path: KeyPath) => boolean,
): Value {
  const child = key === undefined ? undefined : childOf(data, key)
  if (key === undefined || child === undefined) return data
  const path = [...above, key]
  const left = rest.length === 0 ? undefined : withoutValue(child, rest, path, isKept)
  const isGone = left === undefined || (isEmpty(left, entryNameOf(key)?.field) && !isKept(path))
  return withValueAt(data, [key], isGone ? undefined : left) ?? {}
}

function isEmpty(value: Value, field?: string): boolean {
  if (Array.isArray(value)) return value.length === 0
  return isTable(value) && Object.keys(value).every((key) => key === field)
}

function isSame(one: KeyPath, other: KeyPath): boolean {
  return one.length === other.length && isBelow(one, other)
}

function isBelow(path: KeyPath, above: KeyPath): boolean {
  return above.every((key, index) => path[index] === key)
}
