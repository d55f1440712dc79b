/** What may stand in users' files, piece by piece; `ours` are pieces at the keys that the program writes. */
export interface Pieces {
  /** Of each list one piece or none is taken. */
  readonly ours: readonly (readonly string[])[]
  readonly foreign: readonly string[]
}

export const tomlRoots: Pieces = {
  ours: [
    [
      'model_provider = "openai"   # mine',
      '"model_provider" = \'azure\'',
      'model_provider = "qcode"',
      'model_provider = ""',
      'model_provider = 3',
      'model_provider = ["a", "b"]',
    ],
    ['model = "gpt-5" # the big one', "model = 'o3'", 'model=""', 'model = false'],
  ],
  foreign: [
    'approval_policy = "on-request" # ask',
    'notify = [\n  "notify-send",  # two words\n  "Codex",\n]',
    '"odd key \\"x\\"" = 1_000',
    'a.b.c = 2',
    'started = 2024-01-01T10:20:30Z',
    'ratio = 1.5e-7',
    'text = """\nmodel_provider_hint # no comment\n"""',
    "path = 'C:\\Users\\me'",
    'nested = { one = 1, two = [1, 2], three = { four = "x" } }',
    'umlaut = "ä 中 😀"',
  ],
}

export const tomlTables: Pieces = {
  ours: [
    [
      '[model_providers.qcode]\nname = "Old name" # keep me\nbase_url = "https://old.example.com/v1"\nextra = true',
      '[model_providers.qcode]\n',
      '[ model_providers . qcode ]\nenv_key = "OTHER"\nquery_params = { a = "b" }',
      '[model_providers.qcode]\nwire_api = "responses"\nenv_key = "QCODE_API_KEY"',
      '[model_providers.qcode]\nbase_url = 3',
      '[model_providers.qcode.http_headers]\nx = "y"',
      '[model_providers]\nqcode = { name = "inline", base_url = "" }\nother = {}',
    ],
  ],
  foreign: [
    '[model_providers.azure]   # at work\nname = "Azure"\nbase_url = "https://mine.example.com/openai"',
    '["projects"."/home/me/a \\"b\\""]\ntrust_level = "trusted"',
    '[[my_hooks]]\nrun = "one"\n\n[[my_hooks]]\nrun = "two"  # second',
    '[mcp_servers.git.env]\nTOKEN = "mine-1234567890"',
    '[profiles.work]\nmodel_provider = "azure"\nmodel = "gpt-5"',
    '[empty]',
  ],
}

export const claudeEntries: Pieces = {
  ours: [
    [
      '"env": { "ANTHROPIC_BASE_URL": "https://old.example.com/", "BIG": 12345678901234567890 }',
      '"env": {\n    "ANTHROPIC_AUTH_TOKEN": "sk-ant-mine-123456",\n    "FOO": "bar"\n  }',
      '"env": { "ANTHROPIC_API_KEY": "sk-ant-mine-123456" }',
      '"env": { "ANTHROPIC_API_KEY": "" }',
      '"env": { "ANTHROPIC_BASE_URL": "https://api.qcode.cc/api" }',
      '"env": { "ANTHROPIC_BASE_URL": null, "A": [ ] }',
      '"env": {}',
      '"env": null',
      '"env": "text"',
    ],
    ['"model": "opus"', '"model": ""', '"model": 4', '"model": { "a": 1 }'],
  ],
  foreign: [
    '"$schema": "https://json.schemastore.org/claude-code-settings.json"',
    '"permissions": { "allow": ["Bash(git:*)"],   "deny": [] }',
    '"hooks": {}',
    '"TINY": 1.0e-7',
    '"odd \\" key": "\\u00e4 \\\\ 中"',
    '"apiKeyHelper": "/bin/true"',
    '"__proto__": { "x": 1 }',
    '"list": [ 1,\n    2 ]',
  ],
}

const openrouter =
  '"openrouter": { "settings": { "provider": "openrouter", "apiKey": "or-mine-123456" }, "updatedAt": "2026-01-01T00:00:00.000Z" }'

export const providersEntries: Pieces = {
  ours: [
    ['"lastUsedProvider": "openrouter"', '"lastUsedProvider": "anthropic"', '"lastUsedProvider": ""'],
    ['"modes": { "plan": "openrouter" }', '"modes": {}', '"modes": []'],
    [
      `"providers": { ${openrouter} }`,
      `"providers": {\n    ${openrouter},\n    "anthropic": { "settings": { "provider": "anthropic", "apiKey": "sk-ant-mine-1234", "reasoning": {"effort": "high"} }, "updatedAt": "2026-01-01T00:00:00.000Z", "tokenSource": "oauth" }\n  }`,
      '"providers": { "anthropic": { "settings": { "provider": "anthropic", "baseUrl": "https://old.example.com", "model": "claude-old" }, "updatedAt": "2025-01-01T00:00:00Z" } }',
      '"providers": {}',
      '"providers": []',
    ],
    ['"version": 1', '"version": 1', '"version": 1', '"version": 2'],
  ],
  foreign: ['"later": { "field": [1, 2.50] }', '"note": "x"'],
}

export const globalStateEntries: Pieces = {
  ours: [
    ['"actModeApiProvider": "openrouter"', '"actModeApiProvider": "anthropic"'],
    ['"anthropicBaseUrl": ""', '"anthropicBaseUrl": "https://old.example.com"', '"anthropicBaseUrl": false'],
    ['"welcomeViewCompleted": false', '"welcomeViewCompleted": true'],
    ['"actModeApiModelId": "claude-old"'],
  ],
  foreign: ['"taskHistory": [ { "id": "1" } ]', '"autoApprove": { "enabled": true }'],
}

export const secretsEntries: Pieces = {
  ours: [['"apiKey": "sk-ant-mine-123456"', '"apiKey": ""', '"apiKey": null']],
  foreign: ['"openRouterApiKey": "or-mine-123456"'],
}

export const yamlEntries: Pieces = {
  ours: [
    ['model: sonnet   # by default', 'model:', 'model: ""', 'model: {a: 1}'],
    ['env-file: /elsewhere/my.env  # mine', 'env-file: ""', 'env-file: null', 'env-file: [a, b]'],
  ],
  foreign: [
    'read: [CONVENTIONS.md, "my notes.md"]',
    'alias:\n  - "fast:haiku"\n  # one more\n  - \'slow:opus\'',
    'commit-prompt: |\n  Write a short\n  message.',
    'dark-mode: yes',
    '"quoted key": 0o17',
    'weak-model: &weak anthropic/x\neditor-model: *weak',
    'folded: >-\n  one\n  two',
    'plain: a\n  b c # done',
    'umlaut: ä 中',
  ],
}

export const dotenvLines: Pieces = {
  ours: [
    ['QCODE_API_KEY=cr_old', 'export QCODE_API_KEY="cr_older" # mine', 'QCODE_API_KEY='],
    ['OPENAI_BASE_URL=https://old.example.com/v1', 'OPENAI_BASE_URL=', "OPENAI_BASE_URL='x y' # z"],
    ['OPENAI_API_KEY="sk-mine-123456"', 'OPENAI_API_KEY=sk-a-123456\nOPENAI_API_KEY=sk-b-123456'],
    ['ANTHROPIC_BASE_URL=https://api.qcode.cc/api', 'ANTHROPIC_API_KEY=sk-ant-mine-123456'],
    ['ANTHROPIC_API_BASE=https://old.example.com', 'AIDER_MODEL=sonnet'],
  ],
  foreign: [
    '# keys for work',
    'export GITHUB_TOKEN="ghp_mine # not a comment"',
    'EMPTY=',
    'SINGLE=\'a "b" c\'',
    '',
    'PLAIN=value # comment',
    'MULTI="one\ntwo"',
  ],
}

const block = (line: string) => `# >>> qcode-setup >>>\n${line}\n# <<< qcode-setup <<<`

export const posixLines: Pieces = {
  ours: [
    [
      'export ANTHROPIC_API_KEY=sk-ant-mine-123456',
      block("# note\nif [ -r '/old/env.sh' ]; then . '/old/env.sh'; fi"),
      block('# my own line\necho hello'),
      '# >>> qcode-setup >>>',
    ],
  ],
  foreign: [
    '# my profile',
    "alias ll='ls -l'",
    'export EDITOR=vi   # of course',
    'if [ -f /etc/bash_completion ]; then\n  . /etc/bash_completion\nfi',
    '',
    '\\\n',
    '# qcode-setup >>> is a nice tool',
    'PS1="\\u \\$ "',
  ],
}

export const fishLines: Pieces = {
  ours: [[block("# note\nif test -r '/old/env.fish'; source '/old/env.fish'; end"), block('echo hello')]],
  foreign: ['# my fish', 'set -gx EDITOR vi', 'function ll\n  ls -l $argv\nend', '', "abbr gs 'git status'"],
}

export const powershellLines: Pieces = {
  ours: [[block('Write-Host hello')]],
  foreign: ['# my profile', "$env:EDITOR = 'vi'", 'function ll {\n  Get-ChildItem $args\n}', ''],
}

export const envFileLines: Pieces = {
  ours: [["export OPENAI_API_KEY='old-key-123456'", "export ANTHROPIC_BASE_URL='https://old.example.com'"]],
  foreign: ['# by hand', "export MINE='x'"],
}
