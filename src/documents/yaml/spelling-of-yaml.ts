import { isScalar, Scalar } from 'yaml'
import type { KeyPath } from '../document.ts'
import type { Span } from '../splice.ts'
import { descend } from './descend-yaml.ts'
import type { YamlTree } from './parse-yaml.ts'

const styles: readonly unknown[] = [Scalar.PLAIN, Scalar.QUOTE_SINGLE, Scalar.QUOTE_DOUBLE]

/** Where a scalar of one line stands. Of several lines it goes by its indent, and a tag or an anchor counts as well. */
export function spellingOfYaml({ root, text }: YamlTree, path: KeyPath): Span | undefined {
  const found = root && descend(root, path)
  if (!found || found.rest.length > 0 || !isScalar(found.node)) return undefined
  const { type, tag, anchor, range } = found.node
  if (!styles.includes(type) || tag !== undefined || anchor !== undefined) return undefined
  const [start, end] = range
  return /[\r\n]/.test(text.slice(start, end)) ? undefined : { start, end }
}
