import { describe, expect, it } from 'vitest'
import { Message } from '../../../src/texts/message.ts'
import { ledgerOf, lintAt, placesAt } from './lint-at.ts'

describe('lintText finds', () => {
  it.each([
    ['an empty variable', '/x/.env', 'A=b\nOPENAI_BASE_URL=\n', ['2:17 scheme']],
    ['an empty quoted variable', '/x/a.json', '{"env": {"ANTHROPIC_BASE_URL": ""}}', ['1:33 scheme']],
    ['the beginning of a URL', '/HOME/.bashrc', "export OPENAI_BASE_URL='https://'\n", ['1:25 scheme']],
    ['a URL without a scheme', '/x/.env', 'OPENAI_BASE_URL=api.qcode.cc/openai/v1', ['1:17 scheme']],
    ['a scheme with one slash', '/x/.env', 'OPENAI_BASE_URL=https:/api.qcode.cc/openai/v1', ['1:17 scheme']],
    [
      'an empty key of the right table',
      '/HOME/.codex/config.toml',
      '[model_providers.b]\nbase_url = ""\n[model_providers.qcode]\nbase_url = ""\n',
      ['4:13 scheme'],
    ],
    [
      'blanks in quotes',
      '/x/a.py',
      'OpenAI(base_url=" https://api.qcode.cc/openai/v1")',
      ['1:19 whitespace'],
    ],
    [
      'a URL behind a byte order mark',
      '/x/.env',
      '\uFEFFOPENAI_BASE_URL=https://api.qcode.cc/openai/v1/',
      ['1:18 trailing-slash'],
    ],
    [
      'a URL in a file with CRLF',
      '/x/.env',
      'A=b\r\nOPENAI_BASE_URL=https://api.qcode.cc/openai/v1/\r\n',
      ['2:17 trailing-slash'],
    ],
    [
      'escaped slashes',
      '/x/a.json',
      '{"OPENAI_BASE_URL": "https:\\/\\/api.qcode.cc\\/openai"}',
      ['1:22 missing-v1'],
    ],
    [
      'a default of a shell',
      '/x/a.sh',
      'export A=$' + '{ANTHROPIC_BASE_URL:-https://api.qcode.cc/api/v1}',
      ['1:32 doubled-v1'],
    ],
    [
      'a default of code',
      '/x/a.py',
      'os.getenv("OPENAI_BASE_URL", "https://api.qcode.cc/v1")',
      ['1:31 missing-prefix'],
    ],
    [
      'a variable of a container',
      '/x/compose.yaml',
      'environment:\n  - OPENAI_BASE_URL=https://api.qcode.cc/openai\n',
      ['2:21 missing-v1'],
    ],
    [
      'the value of a pair in settings of an editor',
      '/x/.vscode/settings.json',
      '{\n "claudeCode.environmentVariables": [\n  { "name": "A", "value": "https://api.qcode.cc/openai/v1" },\n  {\n   "name": "ANTHROPIC_BASE_URL",\n   "value": "https://api.qcode.cc/openai/v1",\n  },\n ],\n}\n',
      ['6:14 wrong-prefix'],
    ],
    [
      'the value in front of its name, and no name of a neighbour',
      '/x/deploy.yaml',
      '- value: https://api.qcode.cc/openai/v1\n  name: ANTHROPIC_BASE_URL\n- name: A\n  value: https://api.qcode.cc/openai/v1\n- name: ANTHROPIC_BASE_URL\n',
      ['1:10 wrong-prefix'],
    ],
    [
      'a copy of a tool\u2019s file',
      '/x/dotfiles/.claude/settings.json',
      '{"env": {"ANTHROPIC_BASE_URL": "https://api.qcode.cc/api/v1"}}',
      ['1:33 doubled-v1'],
    ],
    [
      'an address that nobody has',
      '/x/.env',
      'ANTHROPIC_BASE_URL=https://qcode.cc/api',
      ['1:20 unknown-host'],
    ],
    [
      'an unknown client that no base fits',
      '/x/some.ini',
      'url = https://api.qcode.cc/v1',
      ['1:7 missing-prefix'],
    ],
    [
      '@ai-sdk/anthropic',
      '/x/a.ts',
      "const a = createAnthropic({ baseURL: 'https://api.qcode.cc/api' })",
      ['1:39 missing-v1'],
    ],
    [
      'a constant above its client',
      '/x/a.py',
      'from openai import OpenAI\nPLACE = "https://api.qcode.cc/openai"\nc = OpenAI(base_url=PLACE)',
      ['2:10 missing-v1'],
    ],
    [
      'two clients in one line',
      '/x/a.py',
      'a, b = OpenAI(base_url="https://api.qcode.cc/openai/v1"), Anthropic(base_url="https://api.qcode.cc/openai/v1")',
      ['1:79 wrong-prefix'],
    ],
  ])('%s', async (_, path, text, places) => {
    expect(await placesAt(path, text)).toEqual(places)
  })

  it('all that is wrong with one URL', async () => {
    expect(await placesAt('/x/.env', 'ANTHROPIC_BASE_URL=http://api.qcode.cc//api/?a=1')).toEqual([
      '1:20 scheme',
      '1:20 query-or-fragment',
      '1:20 double-slash',
      '1:20 trailing-slash',
    ])
  })

  it('the key of a tool among others of the same name', async () => {
    const path = '/HOME/.cline/data/settings/providers.json'
    const settings = (url: string) => ({ settings: { model: 'anthropic/x', baseUrl: url } })
    const providers = {
      other: settings('https://api.qcode.cc/openai/v1'),
      anthropic: settings('https://api.qcode.cc/openai/v1'),
      empty: settings(''),
    }
    const text = JSON.stringify({ providers }, null, 1)
    const problems = await lintAt(path, text)
    expect(problems.map(({ finding }) => `${finding.line} ${finding.rule}`)).toEqual(['12 wrong-prefix'])
  })

  it('a file of endless lines, soon', async () => {
    const long = `${'x'.repeat(300_000)} ${'"https://example.com/a", '.repeat(10_000)}${' '.repeat(100_000)}`
    const text = `{"a": "${long}", "OPENAI_BASE_URL": "https://api.qcode.cc/openai"}`
    expect(await placesAt('/x/a.json', text)).toEqual([expect.stringMatching(/^1:\d+ missing-v1$/)])
    expect(await placesAt('/x/.env', `A=${long}\n`)).toEqual([])
  })

  it('names the path that would be requested, the tools and the right URL', async () => {
    const [problem] = await lintAt('/x/.env', 'ANTHROPIC_BASE_URL=https://asia.qcode.cc/api/v1')
    expect(problem?.finding).toEqual({
      rule: 'doubled-v1',
      severity: 'error',
      tool: expect.stringMatching(/^aider,claude-agent-sdk,claude-code,.*langchain/),
      file: '/x/.env',
      level: null,
      line: 1,
      column: 20,
      url: 'https://asia.qcode.cc/api/v1',
      requests: '/api/v1/v1/messages',
      status: 404,
      message: expect.any(Message),
      fix: 'https://asia.qcode.cc/api',
    })
  })

  it('no fix where the region or the client is open', async () => {
    const open = [
      'ANTHROPIC_BASE_URL=https://qcode.cc/api',
      'SOME_BASE_URL=https://api.qcode.cc',
      'OPENAI_BASE_URL=',
    ]
    for (const text of open) {
      const problems = await lintAt('/x/.env', text)
      expect(problems.map(({ finding }) => finding.fix)).toEqual([null])
    }
  })

  it('a URL of the wrong form whose client is not known, and keeps its path', async () => {
    const [problem] = await lintAt('/x/some.ini', 'base_url = https://us.qcode.cc/openai/v1/')
    expect(problem?.finding.fix).toBe('https://us.qcode.cc/openai/v1')
  })

  it('a password, a query and a key, and shows none of them', async () => {
    const url = 'https://me:secretword@api.qcode.cc/api?token=abcdef'
    const problems = await lintAt('/x/.env', `ANTHROPIC_BASE_URL=${url}`)
    expect(problems.length).toBeGreaterThan(0)
    expect(JSON.stringify(problems.map(({ finding }) => finding))).not.toMatch(/secretword|abcdef/)
  })
})

describe('a tool with several variants in one file', () => {
  const path = '/HOME/.cline/data/globalState.json'
  const text = (url: string) => `{"anthropicBaseUrl": "${url}"}`
  const setup = (variant: string) =>
    ledgerOf({
      tool: 'cline',
      region: 'global',
      gateway: 'https://api.qcode.cc',
      scope: 'user',
      method: 'file',
      variant,
    })

  it('accepts a URL that any of the variants can use', async () => {
    expect(await placesAt(path, text('https://api.qcode.cc/api'))).toEqual([])
    expect(await placesAt(path, text('https://api.qcode.cc/api/v1'))).toEqual([])
    expect(await placesAt(path, text('https://api.qcode.cc/openai'))).toEqual(['1:23 wrong-prefix'])
  })

  it('is judged as the variant that was set up', async () => {
    expect(await placesAt(path, text('https://api.qcode.cc/api'), setup('extension-next'))).toEqual([
      '1:23 missing-v1',
    ])
    expect(await placesAt(path, text('https://api.qcode.cc/api/v1'), setup('cli-1-2'))).toEqual([
      '1:23 doubled-v1',
    ])
  })
})

it.each(['x.constructor', 'x.__proto__', 'x.toString'])('lint broke off at a file named %s', async (name) => {
  expect(await placesAt(`/x/${name}`, 'u = "https://api.qcode.cc/nothing"')).toHaveLength(1)
})
