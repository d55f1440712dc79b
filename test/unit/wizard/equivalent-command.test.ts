import { describe, expect, it } from 'vitest'
import { parseArguments } from '../../../src/request/parse-arguments.ts'
import { equivalentCommand } from '../../../src/wizard/complete-input.ts'
import { testCatalog as catalog } from '../../support/test-catalog.ts'
import { createTestHost, testKey } from '../../support/test-host.ts'

function commandFor(args: string[], env: Record<string, string> = {}): string {
  const input = parseArguments(args, { name: 'setup' }, catalog)
  return equivalentCommand(input, { host: createTestHost('/nowhere', { env }), catalog })
}

describe('equivalentCommand', () => {
  it('says all that was chosen, and asks nothing', () => {
    expect(
      commandFor(['--region', 'eu', '--tool', 'codex', '--tool', 'aider', '--model', 'codex=gpt-x']),
    ).toBe('qcode-setup --tool codex --tool aider --region eu --key-file - --model codex=gpt-x --yes')
  })

  it.each([
    ['a key file', ['--key-file', '/k.txt'], {}, 'qcode-setup --key-file /k.txt --yes'],
    ['the variable', [], { QCODE_API_KEY: testKey }, 'qcode-setup --yes'],
    ['no key in files', ['--key-store', 'env'], {}, 'qcode-setup --key-store env --yes'],
  ])('leaves the key out: %s', (_, args, env, expected) => {
    expect(commandFor(args, env)).toBe(expected)
  })

  it('keeps switches and the flags of tools, and the last of a value given twice', () => {
    expect(
      commandFor(['--no-check', '--codex-base', 'openai/v1', '--region', 'us', '--region', 'eu', '--yes']),
    ).toBe('qcode-setup --region eu --key-file - --yes --no-check --codex-base openai/v1')
  })

  it('quotes what a shell would take apart', () => {
    expect(commandFor(['--key-file', "/home/ada/my key's"])).toBe(
      "qcode-setup --key-file '/home/ada/my key'\\''s' --yes",
    )
    expect(commandFor(['--key-file', '~/key'])).toContain("'~/key'")
  })

  it('law: read again, it is the same request', () => {
    const line = commandFor([
      '--tool',
      'codex,aider',
      '--region',
      'cn',
      '--key-file',
      '/k',
      '--scope',
      'user',
    ])
    expect(commandFor(line.split(' ').slice(1))).toBe(line)
  })
})
