import { UserError } from '../../errors.ts'
import type { Value } from '../document.ts'
import { sameValue } from '../same-value.ts'
import { applySplices, type Splice } from '../splice.ts'
import { parseYaml, type YamlTree } from './parse-yaml.ts'
import { unsupportedYaml } from './yaml-errors.ts'

/**
 * Hands the splices back if they lead to the wanted data. In YAML a line can give its neighbours another meaning: a
 * comment that follows a removed key can become text of a block scalar above it.
 */
export function verifyEdit(tree: YamlTree, splices: Splice[], wanted: Value | undefined): Splice[] {
  const { text, file } = tree
  if (sameValue(readBack(applySplices(text, splices), file), wanted)) return splices
  throw unsupportedYaml(
    text,
    file,
    splices[0]?.start ?? 0,
    'has lines around this place that the edit would change',
  )
}

function readBack(text: string, file: string): Value | undefined {
  try {
    return parseYaml(text, file).data
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}
