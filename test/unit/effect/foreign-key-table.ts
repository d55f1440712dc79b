import type { Situation } from '../doctor/doctor-home.ts'
import { gatewayKey, vendorKey } from '../doctor/trap-table.ts'
import { aiderHome, claudeSettings, claudeText, clineHome, gatewayUrl } from './client-homes.ts'

export const codexTable = (lines: string) => `model_provider = "own"

[model_providers.own]
name = "Own"
base_url = "https://api.qcode.cc/openai"
wire_api = "responses"
${lines}`
export const codex = '.codex/config.toml'
export const withEnvKey = 'env_key = "QCODE_API_KEY"\n'
export const codexEnv = { '.codex/.env': `QCODE_API_KEY=${gatewayKey}\n` }
export const codexVersion = (version: string) => ({ codex: { package: '@openai/codex', version } })
export const ready = { ANTHROPIC_BASE_URL: gatewayUrl, ANTHROPIC_AUTH_TOKEN: gatewayKey }

/** Homes in which a key of somebody else goes to the gateway, and a part of where that is said to stand. */
export const foreignKeyTable: readonly (readonly [string, string, Situation])[] = [
  [
    'Claude Code',
    'settings.json:5',
    {
      files: {
        [claudeSettings]: claudeText({ ...ready, ANTHROPIC_API_KEY: vendorKey }),
      },
    },
  ],
  [
    'Claude Code',
    'settings.json',
    {
      files: {
        [claudeSettings]: claudeText({ ANTHROPIC_BASE_URL: gatewayUrl, ANTHROPIC_AUTH_TOKEN: vendorKey }),
      },
    },
  ],
  [
    'Claude Code',
    '$ANTHROPIC_API_KEY',
    { files: { [claudeSettings]: claudeText(ready) }, env: { ANTHROPIC_API_KEY: vendorKey } },
  ],
  [
    'Claude Code',
    '.bashrc:2',
    {
      files: {
        [claudeSettings]: claudeText(ready),
        '.bashrc': `# mine\nexport ANTHROPIC_API_KEY=${vendorKey}\n`,
      },
    },
  ],
  [
    'Claude Code',
    'settings.local.json',
    {
      files: {
        [claudeSettings]: claudeText(ready),
        'project/.claude/settings.local.json': claudeText({ ANTHROPIC_AUTH_TOKEN: vendorKey }),
      },
    },
  ],
  [
    'Claude Code',
    '.claude.json:1',
    {
      files: {
        [claudeSettings]: claudeText({ ...ready, ANTHROPIC_API_KEY: '' }),
        '.claude.json': `{"primaryApiKey":"${vendorKey}"}`,
      },
    },
  ],
  [
    'Claude Code',
    '.config.json',
    {
      files: {
        [claudeSettings]: claudeText(ready),
        '.claude/.config.json': `{"primaryApiKey":"${vendorKey}"}`,
      },
    },
  ],
  [
    'Claude Code',
    'X-Api-Key',
    {
      files: {
        [claudeSettings]: claudeText({
          ...ready,
          ANTHROPIC_CUSTOM_HEADERS: `x-team: a\nX-Api-Key: ${vendorKey}`,
        }),
      },
    },
  ],
  [
    'Claude Code',
    'Authorization',
    {
      files: {
        [claudeSettings]: claudeText({
          ...ready,
          ANTHROPIC_CUSTOM_HEADERS: `Authorization: Bearer ${vendorKey}`,
        }),
      },
    },
  ],
  [
    'Codex',
    '.env:1',
    {
      files: {
        [codex]: codexTable(withEnvKey.replace('QCODE', 'OPENAI')),
        '.codex/.env': `OPENAI_API_KEY=${vendorKey}\n`,
      },
    },
  ],
  [
    'Codex',
    'config.toml:7',
    { files: { [codex]: codexTable(`experimental_bearer_token = "${vendorKey}"\n`) } },
  ],
  [
    'Codex',
    'config.toml:8',
    {
      files: {
        [codex]: codexTable(`${withEnvKey}http_headers = { "X-API-Key" = "${vendorKey}" }\n`),
        ...codexEnv,
      },
    },
  ],
  [
    'Codex',
    '$OLD_KEY',
    {
      files: {
        [codex]: codexTable(`${withEnvKey}env_http_headers = { "x-api-key" = "OLD_KEY" }\n`),
        ...codexEnv,
      },
      env: { OLD_KEY: vendorKey },
    },
  ],
  [
    'Codex',
    'auth.json',
    {
      files: {
        [codex]: codexTable('requires_openai_auth = true\n'),
        '.codex/auth.json': `{"OPENAI_API_KEY":"${vendorKey}"}`,
      },
    },
  ],
  [
    'Codex',
    'tokens.access_token',
    {
      files: {
        [codex]: codexTable('requires_openai_auth = true\n'),
        '.codex/auth.json': `{"auth_mode":"chatgpt","OPENAI_API_KEY":null,"tokens":{"access_token":"${vendorKey}"}}`,
      },
    },
  ],
  [
    'Codex',
    'auth.json',
    {
      files: { [codex]: codexTable(''), '.codex/auth.json': `{"tokens":{"access_token":"${vendorKey}"}}` },
      programs: codexVersion('0.145.0'),
    },
  ],
  ['Cline', 'providers.json', clineHome({ apiKey: vendorKey })],
  ['Cline', 'x-api-key', clineHome({ headers: { 'x-api-key': vendorKey } })],
  ['Aider', '.aider.conf.yml:2 (anthropic-api-key)', aiderHome(`anthropic-api-key: ${vendorKey}\n`)],
  ['Aider', '.aider.conf.yml:3 (api-key: anthropic)', aiderHome(`api-key:\n  - anthropic=${vendorKey}\n`)],
  [
    'Aider',
    '.aider.conf.yml:2 (api-key: anthropic)',
    aiderHome(`api-key: [openrouter=sk-or-1, anthropic=${vendorKey}]\n`),
  ],
  ['Aider', '.aider.conf.yml:2 (api-key: anthropic)', aiderHome(`api-key: anthropic=${vendorKey}\n`)],
  [
    'Aider',
    '.aider.conf.yml:2 (ANTHROPIC_API_KEY)',
    aiderHome(`set-env: [ANTHROPIC_API_KEY=${vendorKey}]\n`),
  ],
  [
    'Aider',
    '.env:1 (AIDER_API_KEY: anthropic)',
    {
      ...aiderHome(''),
      files: { ...aiderHome('').files, 'project/.env': `AIDER_API_KEY=anthropic=${vendorKey}\n` },
    },
  ],
  ['Aider', '$AIDER_ANTHROPIC_API_KEY', { ...aiderHome(''), env: { AIDER_ANTHROPIC_API_KEY: vendorKey } }],
  [
    'Claude Agent SDK',
    '.env:3',
    {
      files: {
        'project/requirements.txt': 'claude-agent-sdk\n',
        'project/.env': `ANTHROPIC_BASE_URL=${gatewayUrl}\nANTHROPIC_AUTH_TOKEN=${gatewayKey}\nANTHROPIC_API_KEY=${vendorKey}\n`,
      },
    },
  ],
  [
    'LangChain',
    '$ANTHROPIC_AUTH_TOKEN',
    {
      files: { 'project/requirements.txt': 'langchain\n' },
      env: { ANTHROPIC_API_URL: gatewayUrl, ANTHROPIC_API_KEY: gatewayKey, ANTHROPIC_AUTH_TOKEN: vendorKey },
    },
  ],
  [
    'OpenAI SDK',
    '$OPENAI_API_KEY',
    {
      files: { 'project/requirements.txt': 'openai\n' },
      env: { OPENAI_BASE_URL: 'https://api.qcode.cc/openai/v1', OPENAI_API_KEY: vendorKey },
    },
  ],
  [
    'OpenCode',
    'opencode.json:1',
    {
      programs: { opencode: undefined },
      files: {
        '.config/opencode/opencode.jsonc': JSON.stringify({
          provider: { anthropic: { options: { baseURL: `${gatewayUrl}/v1`, apiKey: gatewayKey } } },
        }),
        'project/.opencode/opencode.json': JSON.stringify({
          provider: { anthropic: { options: { headers: { 'x-api-key': vendorKey } } } },
        }),
      },
    },
  ],
  [
    'Qwen Code',
    'settings.json:1',
    {
      programs: { qwen: undefined },
      files: {
        '.qwen/settings.json': JSON.stringify({
          env: { ANTHROPIC_BASE_URL: gatewayUrl, ANTHROPIC_API_KEY: gatewayKey },
          security: { auth: { selectedType: 'anthropic' } },
          model: { generationConfig: { customHeaders: { 'x-api-key': vendorKey } } },
        }),
      },
    },
  ],
  [
    'Kilo CLI',
    'kilo.json:1',
    {
      programs: { kilo: undefined },
      files: {
        '.config/kilo/kilo.json': JSON.stringify({
          provider: {
            anthropic: {
              options: {
                baseURL: `${gatewayUrl}/v1`,
                apiKey: gatewayKey,
                headers: { 'x-api-key': vendorKey },
              },
            },
          },
        }),
      },
    },
  ],
  [
    'Pi',
    'models.json:1',
    {
      programs: { pi: undefined },
      files: {
        '.pi/agent/models.json': JSON.stringify({
          providers: { anthropic: { baseUrl: gatewayUrl, headers: { 'x-api-key': vendorKey } } },
        }),
        '.pi/agent/auth.json': JSON.stringify({ anthropic: { type: 'api_key', key: gatewayKey } }),
      },
    },
  ],
  [
    'OpenClaw',
    'openclaw.json:1',
    {
      programs: { openclaw: undefined },
      files: {
        '.openclaw/openclaw.json': JSON.stringify({
          models: {
            providers: {
              anthropic: { baseUrl: gatewayUrl, apiKey: gatewayKey, headers: { 'x-api-key': vendorKey } },
            },
          },
        }),
      },
    },
  ],
  [
    'Continue CLI',
    'config.yaml:7',
    {
      programs: { cn: undefined },
      files: {
        '.continue/config.yaml': `models:\n  - name: QCode.cc\n    provider: anthropic\n    apiBase: ${gatewayUrl}/v1\n    requestOptions:\n      headers:\n        x-api-key: ${vendorKey}\n`,
        '.continue/.env': `QCODE_API_KEY=${gatewayKey}\n`,
      },
    },
  ],
]
