import { isAlias, isScalar, type Node, visit } from 'yaml'
import type { YamlTree } from './parse-yaml.ts'
import { isSafePlain, renderScalar } from './render-yaml.ts'
import { unsupportedYaml } from './yaml-errors.ts'
import { isBlockScalar } from './yaml-nodes.ts'

/** Whether readers of YAML 1.1 and 1.2 take the value for the same: not so with `yes`, `012` or `1:30`. */
export function readsAlike(value: Node | null): boolean {
  let alike = true
  visit(value, (_, node) => {
    if (isAlias(node)) alike = false
    if (!isScalar(node) || node.type !== 'PLAIN') return
    const source = node.source ?? ''
    if (typeof node.value === 'string') alike &&= isSafePlain(source)
    if (typeof node.value === 'number') alike &&= source === renderScalar(node.value)
  })
  return alike
}

/**
 * Refuses to add a line behind a block scalar without a final line break: the new break would become part of its
 * value for some readers (PyYAML 6.0).
 */
export function refuseOpenEnd({ text, file, root }: YamlTree): void {
  visit(root ?? null, {
    Scalar: (_, node) => {
      const [start, end] = node.range ?? [0, 0]
      const open = isBlockScalar(node) && end === text.length && !text.endsWith('\n')
      if (open && String(node.value).endsWith('\n')) {
        throw unsupportedYaml(text, file, start, 'ends in a block of text without a final line break')
      }
    },
  })
}
