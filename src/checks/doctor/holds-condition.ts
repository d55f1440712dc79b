import { resolve } from 'node:path'
import type { TrapCondition, ValueState } from '../../catalog/diagnosis.ts'
import { resolvePath } from '../../catalog/places.ts'
import type { KeyPath, Value } from '../../documents/document.ts'
import { findProgram } from '../../host/find-program.ts'
import type { Host } from '../../host/host.ts'
import type { FileReader } from './file-reader.ts'
import { fillNames, type Names } from './find-setting.ts'
import { matchesPattern } from './matches-pattern.ts'
import type { OpenSource } from './open-source.ts'
import { valueAt, valueText } from './variables-in.ts'

/** What conditions are held against. */
export interface TrapScene {
  readonly host: Pick<Host, 'env' | 'cwd' | 'platform'>
  readonly files: FileReader
  readonly sources: readonly OpenSource[]
  readonly names: Names
  /** Whether the base URL in effect is one for the gateway. */
  readonly forGateway: boolean
  readonly isGatewayUrl: (text: string) => boolean
}

/** By what a condition holds. */
export interface Evidence {
  readonly name: string
  readonly value?: string
  readonly path?: string
}

/** What makes a condition hold, or undefined when it does not. */
export function holdsCondition(condition: TrapCondition, scene: TrapScene): Evidence | undefined {
  const { gateway, programs, bom, file, variables, keys } = condition
  if (gateway !== undefined) return gateway === scene.forGateway ? { name: '' } : undefined
  if (programs) return programs.map((name) => findProgram(name, scene.host) && { name }).find(isEvidence)
  if (bom) return markedFile(condition, scene)
  if (file !== undefined && !variables && !keys) return presentFile(condition, scene)
  return valuesOf(condition, scene).find((evidence) => fits(evidence, condition, scene))
}

function isEvidence(value: unknown): value is Evidence {
  return typeof value === 'object'
}

function markedFile({ bom }: TrapCondition, { sources }: TrapScene): Evidence | undefined {
  const found = sources.find(({ format, file }) => format === bom && file?.text?.startsWith('\uFEFF'))
  return found?.file && { name: found.file.path, path: found.file.path }
}

function presentFile({ file = '', format = 'json' }: TrapCondition, scene: TrapScene): Evidence | undefined {
  const { path, text } = scene.files.read(pathOf(file, scene), format)
  return text === undefined ? undefined : { name: path, path }
}

/** The strongest value of each variable and key; a name without a value where it stands nowhere. */
function valuesOf(condition: TrapCondition, scene: TrapScene): Evidence[] {
  const places = placesOf(condition, scene)
  const variables = (condition.variables ?? []).map((name) => {
    const place = places.find((one) => one.variables[name] !== undefined)
    return evidence(name, place?.variables[name], place?.path)
  })
  const keys = (condition.keys ?? []).flatMap((key) => {
    const filled = key.map((part) => fillNames(part, scene.names))
    if (filled.some((part) => part === undefined)) return [{ name: key.join('.') }]
    const found = places
      .map(({ data, path }) =>
        matchPaths(data, filled as string[]).map((one) => evidence(one.name, one.value, path)),
      )
      .find((list) => list.length > 0)
    return found ?? [{ name: filled.join('.') }]
  })
  return [...variables, ...keys]
}

interface Place {
  readonly data: Value
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly path?: string | undefined
}

function placesOf({ file, format = 'json', level }: TrapCondition, scene: TrapScene): Place[] {
  if (file !== undefined) {
    const { data, path } = scene.files.read(pathOf(file, scene), format)
    return [{ data, variables: {}, path }]
  }
  return scene.sources
    .filter((source) => level === undefined || source.level === level)
    .map(({ data, variables, file: own }) => ({ data, variables, path: own?.path }))
}

function pathOf(file: string, { host, names }: TrapScene): string {
  return resolve(host.cwd, resolvePath(file, names))
}

function evidence(name: string, value: string | undefined, path: string | undefined): Evidence {
  return { name, ...(value !== undefined && { value }), ...(path !== undefined && { path }) }
}

/** The values at a key path in which `*` is any one segment. */
function matchPaths(data: Value, path: KeyPath): { name: string; value: string }[] {
  const star = path.indexOf('*')
  if (star === -1) {
    const value = valueText(valueAt(data, path))
    return value === undefined ? [] : [{ name: path.join('.'), value }]
  }
  const parent = valueAt(data, path.slice(0, star))
  if (parent === null || typeof parent !== 'object') return []
  return Object.keys(parent).flatMap((key) =>
    matchPaths(data, [...path.slice(0, star), key, ...path.slice(star + 1)]),
  )
}

function fits({ value }: Evidence, condition: TrapCondition, scene: TrapScene): boolean {
  const { equals, matches, differsFrom } = condition
  const plain = equals === undefined && matches === undefined && differsFrom === undefined
  const is = condition.is ?? (plain ? 'set' : undefined)
  if (is !== undefined && !states[is](value, scene)) return false
  if (equals !== undefined && value !== equals) return false
  if (matches !== undefined && !matchesPattern(matches, value ?? '')) return false
  return differsFrom === undefined || valuesOf(differsFrom, scene).some((other) => differ(value, other.value))
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return Boolean(one) && Boolean(other) && one !== other
}

const states: Record<ValueState, (value: string | undefined, scene: TrapScene) => boolean> = {
  on: (value) => !/^(0|false|)$/i.test(value ?? ''),
  set: (value) => Boolean(value),
  empty: (value) => value === '',
  absent: (value) => !value,
  gateway: (value, { isGatewayUrl }) => Boolean(value) && isGatewayUrl(value ?? ''),
}
