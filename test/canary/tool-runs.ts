import { keyVariables, type Tool } from '../../src/catalog/tool.ts'
import { fields } from '../../src/request/fields.ts'
import { modelFlags, takesKeychain } from '../support/every-tool.ts'
import { testCatalog } from '../support/test-catalog.ts'
import { canaryKey, oddKey } from './canary-keys.ts'
import type { Journey, Step } from './walk.ts'

const methods = ['file', 'env'].flatMap((method) =>
  ['user', 'project'].map((scope) => ['--method', method, '--scope', scope]),
)
// Some clients send the name of a variable that is not set, which stops a set-up.
const stores = fields.keyStore.choices().map((store) => ['--key-store', store, '--allow-problems'])

/** Each tool by every method, scope and place of the key, with a key of the known look and with one full of signs. */
export const toolRuns: readonly Journey[] = testCatalog.tools.map((tool) => ({
  name: tool.id,
  steps: [...methods, ...stores].flatMap((choice, index) =>
    goThrough(
      ['--tool', tool.id, ...modelFlags(tool.id), ...choice],
      index % 2 === 0 ? canaryKey : oddKey,
      exitOf(tool, choice),
    ),
  ),
}))

/** Refused is a store from which the client gets no key; not every tool knows every method and scope. */
function exitOf(tool: Tool, [option, value]: readonly string[]): { exit?: number } {
  if (option !== '--key-store') return {}
  const withoutWay =
    (value === 'env' && keyVariables(tool).length === 0) || (value === 'keychain' && !takesKeychain(tool))
  return { exit: withoutWay ? 2 : 0 }
}

/** Shown, written, told of and taken out; the key comes from standard input. */
function goThrough(choice: readonly string[], key: string, ends: { exit?: number }): Step[] {
  const given = { input: `${key}\n`, env: { QCODE_API_KEY: '' }, cwd: 'project' }
  const line = [...choice, '--key-file', '-', '--yes', '--no-check']
  return [
    { ...given, args: [...line, '--dry-run', '--diff', '--json'] },
    { ...given, args: [...line, '--diff'], ...ends },
    { ...given, args: ['doctor', '--no-check', '--json'], env: { QCODE_API_KEY: key } },
    { ...given, args: ['remove', '--yes', '--json'] },
  ]
}
