import type { YAMLMap, YAMLSeq } from 'yaml'
import { outlineOf, type Steps, startsWith } from './toml/outline.ts'
import { endOfValue, readKeys, skipBlanks, skipTrivia } from './toml/tokens.ts'

/** A way into data: names of keys, and numbers that count the elements of lists. */
export type Path = readonly (string | number)[]

/** What of an entry is meant: its name or its value. */
export type Part = 'key' | 'value'

/**
 * The offset at which an entry stands in a text that its format has parsed; of one that is not there, where the nearest one
 * above it stands. For messages about a value: only then is the text parsed once more.
 */
export async function locateValue(
  text: string,
  format: 'toml' | 'json' | 'yaml',
  path: Path,
  part: Part = 'value',
): Promise<number> {
  const find = await finders[format](text)
  for (let length = path.length; length > 0; length -= 1) {
    const offset = find(path.slice(0, length), length === path.length ? part : 'value')
    if (offset !== undefined) return offset
  }
  return 0
}

type Find = (path: Path, part: Part) => number | undefined

const finders = { toml: findInToml, json: findInJson, yaml: findInYaml }

async function findInToml(text: string): Promise<Find> {
  const { pairs, sections } = outlineOf(text)
  return (path, part) => {
    const pair = pairs.find((candidate) => startsWith(candidate.path, path))
    if (pair?.path.length === path.length) return part === 'key' ? pair.start : pair.valueStart
    const section = sections.find(({ kind, path: own }) => kind === 'header' && startsWith(own, path))
    const first = Math.min(...[pair?.start, section?.start].filter((at) => at !== undefined))
    if (first !== Number.POSITIVE_INFINITY) return first
    const above = pairs.findLast((candidate) => startsWith(path, candidate.path))
    return above && descendToml(text, above.valueStart, path.slice(above.path.length), part)
  }
}

/** Into the lists, and the inline tables in them, of one value. */
function descendToml(text: string, start: number, [step, ...rest]: Steps, part: Part): number | undefined {
  if (step === undefined) return start
  const isList = text[start] === '['
  if (!isList && text[start] !== '{') return undefined
  let index = 0
  for (let at = skipTrivia(text, start + 1); at < text.length && !/[\]}]/.test(text[at] ?? ''); index += 1) {
    const { keys, end } = isList ? { keys: [index], end: at - 1 } : readKeys(text, at)
    const valueStart = skipBlanks(text, end + 1)
    if (keys[0] === step) {
      if (rest.length === 0 && part === 'key') return at
      return keys.length === 1 ? descendToml(text, valueStart, rest, part) : at
    }
    at = skipTrivia(text, endOfValue(text, valueStart))
    if (text[at] === ',') at = skipTrivia(text, at + 1)
  }
  return undefined
}

async function findInJson(text: string): Promise<Find> {
  const { findNodeAtLocation, parseTree } = await import('jsonc-parser')
  const root = parseTree(text)
  return (path, part) => {
    const node = root && findNodeAtLocation(root, [...path])
    return part === 'key' && node?.parent?.type === 'property' ? node.parent.offset : node?.offset
  }
}

async function findInYaml(text: string): Promise<Find> {
  const { isMap, isNode, isSeq, parseDocument } = (await import('yaml')).default
  const { contents } = parseDocument(text, { logLevel: 'silent', prettyErrors: false, uniqueKeys: false })
  const offsetOf = (node: unknown) => (isNode(node) ? node.range?.[0] : undefined)
  return (path, part) => {
    let node: unknown = contents
    let key: unknown
    for (const step of path) {
      if (isMap(node)) {
        const pair = pairOf(node, String(step))
        key = pair?.key
        node = pair?.value ?? (pair && key)
      } else {
        key = undefined
        node = isSeq(node) ? (node as YAMLSeq).items[Number(step)] : undefined
      }
      if (node === undefined) return undefined
    }
    return offsetOf(part === 'key' ? (key ?? node) : node)
  }
}

function pairOf(map: YAMLMap, name: string) {
  return map.items.find(({ key }) => String(key) === name)
}
