import type { KeyPath, Value } from '../documents/document.ts'
import type { FormatId } from '../documents/formats.ts'
import { entriesIn } from '../effect/find-setting.ts'
import type { Finding } from '../finding.ts'
import { absentHash, hashValue } from './compare-leaf.ts'
import { displayValue } from './display-value.ts'
import { replacedBy, withPlace } from './edit-target.ts'
import { pathId } from './path-id.ts'
import { type PlanWork, workOn } from './plan-work.ts'

/** A value of the user's that is put out of a client's way as long as the setup stands. */
export interface Silence {
  readonly tool: string
  /** Id of the setup that wants it. */
  readonly setup: string
  readonly path: string
  readonly format: FormatId
  readonly keyPath: KeyPath
  /** Of a value that holds several by name, the one that goes; otherwise the value goes whole. */
  readonly entry?: string
  /** It is a key, however it looks. */
  readonly isKey: boolean
}

/** Takes these values out of their files. The ledger has what stood there, and a removal gives it back. */
export function silenceValues(values: readonly Silence[], work: PlanWork): void {
  for (const value of values) silence(value, work)
}

function silence({ tool, setup, path, format, keyPath, entry, isKey }: Silence, work: PlanWork): void {
  const file = work.documents.open(path, format)
  const { document } = file
  const actual = document.get(keyPath)
  if (actual === undefined) return
  const fileWork = workOn(file, work)
  fileWork.tools.add(tool)
  const old = { replaced: replacedBy(keyPath, file, work), text: document.toText() }
  const left = entry === undefined ? undefined : without(actual, entry)
  if (left === undefined) document.unset(keyPath)
  else document.set(keyPath, left)
  fileWork.meant.push({ keyPath, value: left })
  const from = displayValue(actual, keyPath, isKey)
  fileWork.changes.push({
    kind: left === undefined ? 'removed' : 'modified',
    keyPath,
    from,
    ...(left !== undefined && { to: displayValue(left, keyPath, isKey) }),
    owner: 'user',
  })
  work.findings.push(
    silencedFinding(path, entry === undefined ? keyPath.join('.') : `${keyPath.join('.')} (${entry})`, from),
  )
  work.entries.set(pathId(file.path, keyPath), {
    path: file.path,
    format,
    keyPath,
    tool,
    hash: left === undefined ? absentHash : hashValue(left),
    run: work.context.run,
    setups: [setup],
    replaced: withPlace(old.replaced, keyPath, old.text, file),
    silenced: true,
  })
}

/** A list, or a text of one, without an entry; undefined where nothing is left of it. */
function without(value: Value, entry: string): Value | undefined {
  const isIt = (item: Value) =>
    typeof item === 'string' && entriesIn([item]).some(([name]) => name.toLowerCase() === entry.toLowerCase())
  if (Array.isArray(value)) {
    const left = value.filter((item) => !isIt(item))
    return left.length === 0 ? undefined : left
  }
  if (typeof value === 'string') return withoutLine(value, isIt)
  if (value === null || typeof value !== 'object') return undefined
  const left = Object.entries(value).filter(([name]) => name.toLowerCase() !== entry.toLowerCase())
  return left.length === 0 ? undefined : Object.fromEntries(left)
}

function withoutLine(text: string, isIt: (item: string) => boolean): string | undefined {
  const [separator, inner] = text.includes('\n') ? ['\n', text] : [',', text.replace(/^\s*\[|\]\s*$/g, '')]
  const left = inner.split(separator).filter((item) => !isIt(item) && item.trim() !== '')
  if (left.length === 0) return undefined
  const joined = left.join(separator)
  return text.trim().startsWith('[') ? `[${joined}]` : joined
}

function silencedFinding(path: string, name: string, from: string): Finding {
  return {
    id: 'value-silenced',
    level: 'warning',
    message: `${path}: ${name} (${from}) is not this gateway's and would be used instead, so it is taken out; \`qcode-setup remove\` gives it back.`,
    messageZh: `${path}：${name}（${from}）不属于该网关却会被优先使用，因此将其移除；\`qcode-setup remove\` 会恢复它。`,
    where: { file: path },
  }
}
