import { fields } from '../../src/request/fields.ts'
import { testCatalog } from '../support/test-catalog.ts'
import { canaryKey, oddKey } from './canary-keys.ts'
import type { Journey, Step } from './walk.ts'

const methods = ['file', 'env'].flatMap((method) =>
  ['user', 'project'].map((scope) => ['--method', method, '--scope', scope]),
)
const stores = fields.keyStore.choices().map((store) => ['--key-store', store])

/** Each tool by every method, scope and place of the key, with a key of the known look and with one full of signs. */
export const toolRuns: readonly Journey[] = testCatalog.tools.map(({ id }) => ({
  name: id,
  steps: [...methods, ...stores].flatMap((choice, index) =>
    goThrough(['--tool', id, ...choice], index % 2 === 0 ? canaryKey : oddKey),
  ),
}))

/** Shown, written, told of and taken out; the key comes from standard input. */
function goThrough(choice: readonly string[], key: string): Step[] {
  const given = { input: `${key}\n`, env: { QCODE_API_KEY: '' }, cwd: 'project' }
  const line = [...choice, '--key-file', '-', '--yes', '--no-check']
  return [
    { ...given, args: [...line, '--dry-run', '--diff', '--json'] },
    { ...given, args: [...line, '--diff'], ...(choice.includes('--key-store') && { exit: 0 }) },
    { ...given, args: ['doctor', '--no-check', '--json'], env: { QCODE_API_KEY: key } },
    { ...given, args: ['remove', '--yes', '--json'] },
  ]
}
