import { expect, it } from 'vitest'
import type { ClientPackage } from '../clients/client-packages.ts'
import { linesToRaise } from '../clients/newest-clients.ts'

const pins = `const codex = ['0.80.0', '0.171.0'].map((version) => npm('codex', '@openai/codex', version))
  npm('openai-js', 'openai', '6.49.0'),
  npm('other', 'other', '6.49.0'),
  { id: 'ai-sdk', packages: { ai: '6.0.1', '@ai-sdk/openai': '3.0.1', node: '24.16.0' } },
  packages: { one: '1.0.0' },
  packages: { two: '1.0.0' },
`

const client = (packages: ClientPackage['packages'], held: readonly string[] = []): ClientPackage => ({
  id: 'client',
  registry: 'npm',
  packages,
  held,
})

it.each<[string, ClientPackage, ClientPackage['packages'], string[]]>([
  [
    'a list of versions',
    client({ '@openai/codex': '0.171.0' }),
    { '@openai/codex': '0.172.0' },
    ["1: const codex = ['0.80.0', '0.172.0'].map((version) => npm('codex', '@openai/codex', version))"],
  ],
  [
    'one of two lines with this version',
    client({ openai: '6.49.0' }),
    { openai: '7.0.0' },
    ["2: npm('openai-js', 'openai', '7.0.0'),"],
  ],
  [
    'several packages on a line, one of them held',
    client({ ai: '6.0.1', '@ai-sdk/openai': '3.0.1', node: '24.16.0' }, ['node']),
    { ai: '7.0.0', '@ai-sdk/openai': '4.0.0', node: '26.0.0' },
    ["4: { id: 'ai-sdk', packages: { ai: '7.0.0', '@ai-sdk/openai': '4.0.0', node: '24.16.0' } },"],
  ],
  [
    'lines of which none is certain',
    client({ three: '1.0.0' }),
    { three: '1.1.0' },
    ["three: '1.0.0' -> '1.1.0'"],
  ],
  ['nothing newer', client({ openai: '6.49.0' }), { openai: '6.49.0' }, []],
])('the pins to raise are told for %s', (_, pin, packages, expected) => {
  const newest = { ...pin, packages }
  expect(linesToRaise({ name: 'client', pin, newest, notes: [] }, pins)).toEqual(expected)
})
