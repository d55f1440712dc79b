import { resolve } from 'node:path'
import { resolvePath } from '../catalog/places.ts'
import type { Shape } from '../catalog/tool.ts'
import type { KeyPath, Value } from '../documents/document.ts'
import { formatWhere, type Where } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { isInRange, type OpenSource } from './find-setting.ts'
import { judgeShape, type ShapeFault } from './judge-shape.ts'
import type { EffectContext, ToolView } from './tool-view.ts'

/** What a client would refuse in its own files, each with its line. */
export function shapeFindings(view: ToolView, context: EffectContext): Finding[] {
  return view.tool.shapes
    .filter(({ versions }) => isInRange(versions, view.version))
    .flatMap((shape) =>
      sourcesOf(shape, view, context).flatMap((source) =>
        judgeShape(source.data, shape).map((fault) => shapeFinding(fault, shape, source, view, context)),
      ),
    )
}

/** The files that are there and hold something: an empty one cannot be lost, whatever its client makes of it. */
function sourcesOf({ files }: Shape, { sources, names }: ToolView, { machine }: EffectContext): OpenSource[] {
  const paths = files
    .filter((path) => Object.hasOwn(names, /^\{\{ (\w+) \}\}/.exec(path)?.[1] ?? ''))
    .map((path) => resolve(machine.cwd, resolvePath(path, names)))
  return sources.filter(
    ({ file, data }) => file && !file.problem && paths.includes(file.path) && holdsAny(data),
  )
}

function holdsAny(data: OpenSource['data']): boolean {
  return typeof data === 'object' && data !== null && Object.keys(data).length > 0
}

function shapeFinding(
  fault: ShapeFault,
  shape: Shape,
  { file, format, data }: OpenSource,
  view: ToolView,
  context: EffectContext,
): Finding {
  const path = file?.path ?? ''
  const line = context.files.lineOf(path, format, fault.keyPath)
  const where: Where = { file: path, ...(line !== undefined && { line }) }
  const name = fault.keyPath.join('.')
  const said = { en: `${name} ${fault.text}`.trim(), zh: `${name} ${fault.textZh}`.trim() }
  return {
    id: 'wrong-shape',
    level: levelOf(fault, view),
    tool: view.tool.id,
    message: `${formatWhere(where)}: ${said.en}. ${shape.text}`,
    messageZh: `${formatWhere(where)}：${said.zh}。${shape.textZh}`,
    where,
    hint: remedyOf(fault, name, where, canGo(fault.keyPath, data, shape)),
  }
}

/** A word that only a newer client than those that were measured may know is no more than worth a look. */
function levelOf({ isWord }: ShapeFault, { tool, version }: ToolView): 'error' | 'warning' {
  const isKnown = version === undefined || isInRange(tool.diagnosis.measured, version)
  return isWord && !isKnown ? 'warning' : 'error'
}

function remedyOf({ missing, keyPath }: ShapeFault, name: string, where: Where, isOptional: boolean): string {
  const place = formatWhere(where)
  if (keyPath.length === 0) return `Add ${missing} to ${place}, or move the file away.`
  const words =
    missing === undefined ? `Correct ${name} in ${place}` : `Add ${missing} to ${name} in ${place}`
  if (!isOptional) return `${words}.`
  return `${words}, or take ${missing === undefined ? 'it' : name} out.`
}

/** Whether the client would do without a value, so that to take it out is a way as well. */
function canGo(keyPath: KeyPath, data: Value, shape: Shape): boolean {
  const name = keyPath.at(-1)
  const isOfParent = (fault: ShapeFault) => fault.keyPath.join('.') === keyPath.slice(0, -1).join('.')
  return !judgeShape(without(data, keyPath), shape).some(
    (fault) => fault.missing === name && isOfParent(fault),
  )
}

function without(data: Value, [first = '', ...rest]: KeyPath): Value {
  if (data === null || typeof data !== 'object') return data
  const keep = ([key]: readonly [string, unknown]) => key !== first || rest.length > 0
  const entries = Object.entries(data)
    .filter(keep)
    .map(([key, value]) => [key, key === first ? without(value as Value, rest) : (value as Value)] as const)
  return Array.isArray(data) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
}
