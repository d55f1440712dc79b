import { clineProviders, clineProvidersFile } from '../../support/cline-providers.ts'

/** A machine on which a client is run once: what stands in the home and in the environment before. */
export interface RunHome {
  readonly files: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Of a client that cannot do without one. */
  readonly model?: string
  readonly region?: string
  /** Below the home, where the run is started; the home itself unless told. */
  readonly cwd?: string
  /** What variables of the client must say, where the effect does not see that they count. */
  readonly sets?: Readonly<Record<string, string>>
  /** Why the run is refused. */
  readonly refused?: readonly string[]
}

/** A key that is nobody's, and not the gateway's. */
export const foreignKey = 'sk-ant-api03-0000000000000000000000000000'

const elsewhere = 'https://llm.example.com/v1'
const providers = (settings: Parameters<typeof clineProviders>[0]) => ({
  [clineProvidersFile]: JSON.stringify(clineProviders(settings)),
})

/** Projects whose `.env` would let a proxy of theirs read the key. */
function proxies(trusts: string | undefined, model?: string): Record<string, RunHome> {
  const [http, https] = ['HTTP_PROXY=http://127.0.0.1:9\n', 'HTTPS_PROXY=http://127.0.0.1:9\n']
  const common = { cwd: 'project', ...(model && { model }), refused: ['.env', '_PROXY'] }
  return {
    'a project with a proxy, where the gateway is not encrypted': {
      ...common,
      files: { 'project/.env': http },
      region: 'china',
    },
    ...(trusts && {
      'a project with a proxy and certificates': {
        ...common,
        files: { 'project/.env': `${https}${trusts}\n` },
      },
    }),
    'a project with a proxy that sees nothing': {
      files: { 'project/.env': https },
      cwd: 'project',
      ...(model && { model }),
    },
  }
}

/** For each tool, homes by what is special of them. `managed-…` are set by an administrator, whom nobody beats. */
export const runHomes: Readonly<Record<string, Readonly<Record<string, RunHome>>>> = {
  'claude-code': {
    fresh: { files: {} },
    'set up elsewhere': {
      files: {
        '.claude/settings.json': JSON.stringify({
          env: { ANTHROPIC_BASE_URL: elsewhere, ANTHROPIC_AUTH_TOKEN: foreignKey },
        }),
      },
    },
    'Bedrock in its settings and in the shell': {
      files: { '.claude/settings.json': JSON.stringify({ env: { CLAUDE_CODE_USE_BEDROCK: '1' } }) },
      env: { CLAUDE_CODE_USE_BEDROCK: '1', CLAUDE_CODE_USE_VERTEX: '1' },
    },
    'another key in its settings and in the shell': {
      files: { '.claude/settings.json': JSON.stringify({ env: { ANTHROPIC_API_KEY: foreignKey } }) },
      env: { ANTHROPIC_API_KEY: foreignKey, ANTHROPIC_BASE_URL: elsewhere },
    },
    'a helper and a header of its own': {
      files: {
        '.claude/settings.json': JSON.stringify({
          apiKeyHelper: `echo ${foreignKey}`,
          env: { ANTHROPIC_CUSTOM_HEADERS: `x-api-key: ${foreignKey}` },
        }),
      },
    },
    'a project with another base URL': {
      files: {
        '.claude/settings.local.json': JSON.stringify({ env: { ANTHROPIC_BASE_URL: elsewhere } }),
      },
    },
    'settings that do not parse': { files: { '.claude/settings.json': '{' } },
    'a key of a Console login, which goes along': {
      files: { '.claude.json': JSON.stringify({ primaryApiKey: foreignKey }) },
      refused: ['primaryApiKey', '.claude.json'],
    },
    'managed settings with another base URL': {
      files: {
        'etc/claude-code/managed-settings.json': JSON.stringify({ env: { ANTHROPIC_BASE_URL: elsewhere } }),
      },
      refused: ['llm.example.com', 'managed-settings.json'],
    },
    'managed settings that force a login': {
      files: { 'etc/claude-code/managed-settings.json': JSON.stringify({ forceLoginMethod: 'claudeai' }) },
      refused: ['forceLoginMethod'],
    },
  },
  codex: {
    fresh: { files: {} },
    'set up elsewhere': {
      files: {
        '.codex/config.toml': `model_provider = "other"\n[model_providers.other]\nname = "o"\nbase_url = "${elsewhere}"\nenv_key = "QCODE_API_KEY"\n`,
        '.codex/.env': `QCODE_API_KEY=${foreignKey}\n`,
      },
    },
    'its login': { files: { '.codex/auth.json': JSON.stringify({ OPENAI_API_KEY: foreignKey }) } },
    'a header in a table of our name': {
      files: {
        '.codex/config.toml': `[model_providers.qcode]\nname = "mine"\nhttp_headers = { "x-api-key" = "${foreignKey}" }\n`,
      },
    },
    'a command for the key in our table': {
      files: {
        '.codex/config.toml':
          '[model_providers.qcode]\nname = "Q"\n[model_providers.qcode.auth]\ncommand = "qcode-setup"\nargs = ["key", "get"]\n',
      },
    },
    'a managed configuration with another provider': {
      files: {
        'etc/codex/managed_config.toml': `model_provider = "other"\n[model_providers.other]\nname = "o"\nbase_url = "${elsewhere}"\n`,
      },
      refused: ['llm.example.com', 'managed_config.toml'],
    },
  },
  cline: {
    fresh: { files: {} },
    ...proxies('NODE_TLS_REJECT_UNAUTHORIZED=0'),
    'set up elsewhere': {
      files: providers({ apiKey: foreignKey, baseUrl: elsewhere }),
    },
    'a header of its own, and a key in the shell': {
      files: providers({ headers: { 'x-api-key': foreignKey } }),
      env: { ANTHROPIC_API_KEY: foreignKey },
    },
  },
  aider: {
    fresh: { files: {} },
    'set up elsewhere': {
      files: { '.aider.conf.yml': 'env-file: /elsewhere/aider.env\nmodel: deepseek/one\n' },
      env: { ANTHROPIC_API_BASE: elsewhere, AIDER_API_KEY: `anthropic=${foreignKey}` },
    },
    'another key in its options': {
      files: {
        '.aider.conf.yml': `anthropic-api-key: ${foreignKey}\napi-key:\n  - anthropic=${foreignKey}\n`,
      },
    },
    'a set-env list with another base URL': {
      files: {
        '.aider.conf.yml': `set-env:\n  - ANTHROPIC_API_BASE=${elsewhere}\n  - ANTHROPIC_API_KEY=${foreignKey}\n`,
      },
    },
    ...proxies('SSL_CERT_FILE=ca.pem'),
    'an env file of the project': {
      files: { '.env': `ANTHROPIC_API_BASE=${elsewhere}\nANTHROPIC_API_KEY=${foreignKey}\n` },
    },
  },
  opencode: {
    fresh: { files: {} },
    'set up elsewhere': {
      files: {
        '.config/opencode/opencode.jsonc': JSON.stringify({
          provider: { anthropic: { options: { baseURL: elsewhere, apiKey: foreignKey } } },
        }),
      },
      env: { ANTHROPIC_API_KEY: foreignKey, ANTHROPIC_BASE_URL: elsewhere },
    },
    ...Object.fromEntries(
      ['opencode.json', '.opencode/opencode.json', '.opencode/opencode.jsonc'].map((path) => [
        `a project with another base URL and a header in ${path}`,
        {
          files: {
            [path]: JSON.stringify({
              provider: {
                anthropic: { options: { baseURL: elsewhere, headers: { 'x-api-key': foreignKey } } },
              },
            }),
          },
        },
      ]),
    ),
  },
  kilo: {
    fresh: { files: {} },
    'set up elsewhere': {
      files: {
        '.config/kilo/kilo.jsonc': JSON.stringify({
          provider: { anthropic: { options: { baseURL: elsewhere, apiKey: foreignKey } } },
        }),
      },
      env: { ANTHROPIC_API_KEY: foreignKey },
    },
  },
  'openai-sdk': {
    fresh: { files: {} },
    'set up elsewhere': { files: {}, env: { OPENAI_BASE_URL: elsewhere, OPENAI_API_KEY: foreignKey } },
    'a header in the shell': { files: {}, env: { OPENAI_CUSTOM_HEADERS: `x-api-key: ${foreignKey}` } },
  },
  langchain: {
    fresh: { files: {} },
    'another token in the shell': {
      files: {},
      env: { ANTHROPIC_AUTH_TOKEN: foreignKey, ANTHROPIC_API_URL: elsewhere },
    },
  },
  'claude-agent-sdk': {
    fresh: { files: {} },
    'another key in the shell': { files: {}, env: { ANTHROPIC_API_KEY: foreignKey } },
    'settings of Claude Code that beat every variable': {
      files: { '.claude/settings.json': JSON.stringify({ env: { ANTHROPIC_BASE_URL: elsewhere } }) },
      refused: ['llm.example.com', 'settings.json'],
    },
  },
  'qwen-code': {
    fresh: { files: {} },
    ...proxies(undefined),
    'another key in its files and in the shell': {
      files: {
        '.qwen/.env': `ANTHROPIC_API_KEY=${foreignKey}\nANTHROPIC_BASE_URL=${elsewhere}\n`,
        '.qwen/settings.json': JSON.stringify({ security: { auth: { selectedType: 'openai' } } }),
      },
      env: { ANTHROPIC_API_KEY: foreignKey, ANTHROPIC_BASE_URL: elsewhere },
    },
  },
  pi: {
    fresh: { files: {} },
    'set up elsewhere': {
      files: {
        '.pi/agent/models.json': JSON.stringify({ providers: { anthropic: { baseUrl: elsewhere } } }),
        '.pi/agent/auth.json': JSON.stringify({ anthropic: { type: 'api_key', key: foreignKey } }),
        '.pi/agent/settings.json': JSON.stringify({ defaultProvider: 'openai' }),
      },
      env: { ANTHROPIC_API_KEY: foreignKey, ANTHROPIC_OAUTH_TOKEN: foreignKey },
    },
    'settings that do not parse': { files: { '.pi/agent/settings.json': '{' } },
  },
  openclaw: {
    fresh: { files: {}, model: 'claude-x' },
    'set up elsewhere': {
      files: {
        '.openclaw/openclaw.json': JSON.stringify({
          models: { providers: { anthropic: { baseUrl: elsewhere, apiKey: foreignKey } } },
        }),
      },
      env: { ANTHROPIC_API_KEY: foreignKey },
      model: 'claude-x',
    },
    'the token of a daemon that goes by its own file': {
      files: {},
      env: { OPENCLAW_GATEWAY_TOKEN: foreignKey },
      model: 'claude-x',
    },
  },
  aichat: {
    fresh: { files: {}, model: 'claude-x' },
    'set up elsewhere': {
      files: {
        '.config/aichat/config.yaml': `model: qcode:m\nclients:\n  - type: claude\n    name: qcode\n    api_base: ${elsewhere}\n    api_key: ${foreignKey}\n`,
        // Beats the shell.
        '.config/aichat/.env': `AICHAT_MODEL=openai:m\nQCODE_API_KEY=${foreignKey}\n`,
      },
      model: 'claude-x',
    },
    'another model in the shell': { files: {}, env: { AICHAT_MODEL: 'openai:m' }, model: 'claude-x' },
  },
  continue: {
    fresh: { files: {}, model: 'claude-x' },
    ...proxies('NODE_EXTRA_CA_CERTS=ca.pem', 'claude-x'),
    'set up elsewhere': {
      files: {
        '.continue/config.yaml': `name: mine\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: QCode.cc\n    provider: anthropic\n    model: m\n    apiBase: ${elsewhere}\n    apiKey: ${foreignKey}\n`,
        '.continue/.env': `QCODE_API_KEY=${foreignKey}\n`,
      },
      model: 'claude-x',
    },
  },
  vibe: {
    fresh: { files: {}, model: 'claude-x' },
    'set up elsewhere': {
      files: {
        '.vibe/config.toml': `active_model = "other"\n[[providers]]\nname = "qcode"\napi_base = "${elsewhere}"\napi_key_env_var = "OTHER"\n`,
        '.vibe/.env': `QCODE_API_KEY=${foreignKey}\n`,
      },
      model: 'claude-x',
    },
    'another model and lists in the shell': {
      files: {},
      env: {
        VIBE_ACTIVE_MODEL: 'other',
        VIBE_PROVIDERS: `[{"name":"qcode","api_base":"${elsewhere}"}]`,
        VIBE_MODELS: `[{"alias":"qcode","name":"${elsewhere}","provider":"other"}]`,
      },
      model: 'claude-x',
    },
    'a file that counts before its own in a folder that is trusted': {
      files: {
        '.vibe/config.toml': `[[providers]]\nname = "qcode"\napi_base = "${elsewhere}"\napi_key_env_var = "QCODE_API_KEY"\n`,
      },
      model: 'claude-x',
      sets: { VIBE_PROVIDERS: 'https://api.qcode.cc/api', VIBE_MODELS: 'claude-x' },
    },
  },
}
